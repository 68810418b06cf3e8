#include "mock_server/tls/server_transport.h"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace heygen::mock::tls {
namespace {

using wire::IoResult;

constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 59\r\n"
    "Connection: close\r\n"
    "\r\n"
    "400 plain HTTP on a TLS port: use https:// or another port\n";

// The alerts by which a client says that it does not like the certificate (RFC 8446 §6.2).
bool is_distrust(int reason) {
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return true;
    default:
      return false;
  }
}

}  // namespace

ServerTransport::ServerTransport(SSL_CTX& context, const BIO_METHOD& method,
                                 const OnHandshake& on_handshake,
                                 std::unique_ptr<wire::Transport> inner)
    : on_handshake_(on_handshake), end_{std::move(inner)}, session_(SSL_new(&context)) {
  if (!session_) fail("beginning a session");
  auto* const bio = make_transport_bio(method, end_).release();
  SSL_set_bio(session_.get(), bio, bio);
  SSL_set_accept_state(session_.get());
}

// Each handshake is reported once. A client that hangs up may have said why: with the end of the
// connection its last words come unread.
ServerTransport::~ServerTransport() {
  if (phase_ != Phase::opening) return;
  handshake();
  if (std::exchange(phase_, Phase::failed) == Phase::opening) report("it did not go on");
}

IoResult ServerTransport::read(std::span<char> into) {
  if (phase_ == Phase::opening) {
    if (const auto result = handshake(); phase_ != Phase::open) return result;
  }
  if (phase_ == Phase::failed) return {IoResult::Kind::broken, 0, true};
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(session_.get(), into.data(), into.size(), &count);
  if (result != 1) return failure(result);
  return {IoResult::Kind::ok, count, false};
}

IoResult ServerTransport::write(std::string_view bytes) {
  if (phase_ != Phase::open) return {IoResult::Kind::broken, 0, true};
  if (bytes.empty()) return {};
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count);
  if (result != 1) return failure(result);
  return {IoResult::Kind::ok, count, false};
}

void ServerTransport::shutdown_write() noexcept {
  if (phase_ == Phase::open) {
    ERR_clear_error();
    SSL_shutdown(session_.get());  // what cannot leave now is not worth waiting for
    ERR_clear_error();
  }
  end_.transport->shutdown_write();
}

IoResult ServerTransport::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_.get());
  if (result != 1) return failure(result);
  phase_ = Phase::open;
  report({});
  return {};
}

IoResult ServerTransport::failure(int result) {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {.kind = IoResult::Kind::again, .bytes = 0, .drained = true, .wants_write = false};
    case SSL_ERROR_WANT_WRITE:
      return {.kind = IoResult::Kind::again, .bytes = 0, .drained = true, .wants_write = true};
    case SSL_ERROR_ZERO_RETURN:
      if (phase_ == Phase::open) return {IoResult::Kind::ended, 0, true};
      break;
    default:
      break;
  }
  const auto code = ERR_peek_error();
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  std::string text = take_error();
  if (std::exchange(phase_, Phase::failed) == Phase::opening) {
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST) {
      text = "it speaks plain HTTP";
      answer_plain_http();
    } else if (is_distrust(reason)) {
      text = "it does not trust the certificate (" + text + ")";
    } else if (text.empty()) {
      text = "it went away";
    }
    report(std::move(text));
  }
  return {IoResult::Kind::broken, 0, true};
}

void ServerTransport::report(std::string reason) {
  if (!on_handshake_) return;
  const char* const name = SSL_get_servername(session_.get(), TLSEXT_NAMETYPE_host_name);
  on_handshake_({.server_name = name == nullptr ? "" : name,
                 .complete = phase_ == Phase::open,
                 .reason = std::move(reason)});
}

// What came is read first: closing a socket with bytes unread is an RST, which may destroy the
// answer.
void ServerTransport::answer_plain_http() {
  std::array<char, 4096> unread{};
  constexpr int kTurns = 16;
  for (int i = 0; i < kTurns && end_.transport->read(unread).kind == IoResult::Kind::ok; ++i) {
  }
  end_.transport->write(kSpeakTls);
  end_.transport->shutdown_write();
}

}  // namespace heygen::mock::tls
