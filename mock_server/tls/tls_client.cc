#include "mock_server/tls/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <charconv>

#include "mock_server/tls/certificate.h"
#include "mock_server/tls/openssl.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::tls::testing {
namespace {

wire::UniqueFd connect_to(std::uint16_t port) {
  wire::UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const timeval patience{.tv_sec = 20, .tv_usec = 0};  // a test that waits longer has failed
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fd.reset();
  }
  return fd;
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

// Byte for byte, so that nothing of the TLS behind it is read.
std::string head_of_answer(int fd) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && ::recv(fd, &byte, 1, 0) == 1) head += byte;
  return head;
}

}  // namespace

struct TlsClient::Impl {
  wire::UniqueFd fd;
  Context context{SSL_CTX_new(TLS_client_method())};
  Session session;
  bool connected = false;
  std::string error;
  std::string proxy_answer;
  std::string buffer;

  void trust(const TlsClientOptions& options) const {
    SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (options.ca_pem.empty()) return;
    const auto ca = certificate_from_pem(options.ca_pem);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), ca.get());
  }

  void name(const TlsClientOptions& options) const {
    if (options.name.empty()) return;
    if (is_address(options.name)) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), options.name.c_str());
      return;
    }
    SSL_set_tlsext_host_name(session.get(), options.name.c_str());
    SSL_set1_host(session.get(), options.name.c_str());
  }

  bool fill() {
    std::array<char, 16384> bytes{};
    std::size_t count = 0;
    if (SSL_read_ex(session.get(), bytes.data(), bytes.size(), &count) != 1) return false;
    buffer.append(bytes.data(), count);
    return true;
  }
};

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options)
    : impl_(std::make_unique<Impl>()) {
  impl_->fd = connect_to(port);
  if (!options.connect_to.empty()) {
    const auto request =
        "CONNECT " + options.connect_to + " HTTP/1.1\r\nHost: " + options.connect_to + "\r\n\r\n";
    ::send(impl_->fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
    impl_->proxy_answer = head_of_answer(impl_->fd.get());
    if (!impl_->proxy_answer.starts_with("HTTP/1.1 200 ")) return;
  }
  SSL_CTX_set_min_proto_version(impl_->context.get(), options.min_version);
  SSL_CTX_set_max_proto_version(impl_->context.get(), options.max_version);
  // So that versions of old can be asked for at all.
  if (options.max_version != 0) SSL_CTX_set_security_level(impl_->context.get(), 0);
  impl_->trust(options);
  impl_->session.reset(SSL_new(impl_->context.get()));
  impl_->name(options);
  if (!options.alpn.empty()) {
    SSL_set_alpn_protos(impl_->session.get(),
                        reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned>(options.alpn.size()));
  }
  SSL_set_fd(impl_->session.get(), impl_->fd.get());
  ERR_clear_error();
  impl_->connected = SSL_connect(impl_->session.get()) == 1;
  if (impl_->connected) return;
  const auto verdict = SSL_get_verify_result(impl_->session.get());
  impl_->error = verdict == X509_V_OK ? take_error() : X509_verify_cert_error_string(verdict);
}

TlsClient::~TlsClient() {
  if (connected()) SSL_shutdown(impl_->session.get());
}

bool TlsClient::connected() const noexcept { return impl_->connected; }
const std::string& TlsClient::error() const noexcept { return impl_->error; }
std::string TlsClient::proxy_answer() const { return impl_->proxy_answer; }
std::string TlsClient::version() const { return SSL_get_version(impl_->session.get()); }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->session.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::certificate_pem() const {
  return to_pem(*SSL_get0_peer_certificate(impl_->session.get()));
}

bool TlsClient::send(std::string_view bytes) {
  std::size_t count = 0;
  return SSL_write_ex(impl_->session.get(), bytes.data(), bytes.size(), &count) == 1;
}

std::string TlsClient::response() {
  auto& buffer = impl_->buffer;
  while (buffer.find("\r\n\r\n") == std::string::npos && impl_->fill()) {
  }
  constexpr std::string_view kField = "Content-Length: ";
  const auto at = buffer.find(kField);
  std::size_t length = 0;
  if (at != std::string::npos) {
    std::from_chars(buffer.data() + at + kField.size(), buffer.data() + buffer.size(), length);
  }
  const auto size = buffer.find("\r\n\r\n") + 4 + length;
  while (buffer.size() < size && impl_->fill()) {
  }
  auto response = buffer.substr(0, size);
  buffer.erase(0, size);
  return response;
}

std::string TlsClient::rest() {
  while (impl_->fill()) {
  }
  return std::move(impl_->buffer);
}

}  // namespace heygen::mock::tls::testing
