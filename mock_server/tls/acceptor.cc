#include "mock_server/tls/acceptor.h"

#include <openssl/err.h>

#include <stdexcept>
#include <utility>

#include "mock_server/tls/server_transport.h"

namespace heygen::mock::tls {
namespace {

// OpenSSL's name for an ALPN protocol list: a length before each.
constexpr unsigned char kHttp11[] = "\x08http/1.1";

// What is offered beside HTTP/1.1 is left aside; a client that speaks something else alone is
// refused (RFC 7301 §3.2).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

int choose_certificate(SSL* session, void* argument) {
  auto& leaves = *static_cast<Leaves*>(argument);
  const char* const name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  try {
    const auto leaf = leaves.find(name == nullptr ? "" : name);
    return SSL_use_certificate(session, leaf.get()) == 1 &&
                   SSL_use_PrivateKey(session, &leaves.key()) == 1
               ? 1
               : 0;
  } catch (const std::runtime_error&) {
    return 0;  // OpenSSL's own frames are above: the handshake fails
  }
}

}  // namespace

struct Acceptor::Impl {
  std::unique_ptr<Leaves> leaves;
  OnHandshake on_handshake;
  BioMethod bio_method = make_transport_bio_method();
  Context context{SSL_CTX_new(TLS_server_method())};
};

Acceptor::Acceptor(std::unique_ptr<Leaves> leaves, OnHandshake on_handshake)
    : impl_(std::make_unique<Impl>(Impl{std::move(leaves), std::move(on_handshake)})) {
  auto* const context = impl_->context.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_num_tickets(context, 0) != 1) {
    fail("setting TLS up");
  }
  // A peer that ends without a close_notify tells nothing new: requests say themselves how long
  // they are.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Each connection sees the certificate that is right now: none comes by an earlier session.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // Idle connections hold no buffers; what was written in part may be offered again elsewhere.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_cert_cb(context, choose_certificate, impl_->leaves.get());
  // What cannot be made is known before anybody calls.
  if (!impl_->leaves->find("")) fail("making a certificate");
}

Acceptor::~Acceptor() = default;

std::unique_ptr<wire::Transport> Acceptor::accept(std::unique_ptr<wire::Transport> inner) const {
  return std::make_unique<ServerTransport>(*impl_->context, *impl_->bio_method, impl_->on_handshake,
                                           std::move(inner));
}

}  // namespace heygen::mock::tls
