// OpenSSL's bytes by way of a Transport. For this folder's .cc files.
#pragma once

#include <memory>

#include "mock_server/tls/openssl.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::tls {

using BioMethod = std::unique_ptr<BIO_METHOD, Freer<&BIO_meth_free>>;

// Of all TransportBios; must outlive them. Throws std::runtime_error.
[[nodiscard]] BioMethod make_transport_bio_method();

// What a BIO of that method works on: must stay where it is while the BIO lives.
struct TransportEnd {
  std::unique_ptr<wire::Transport> transport;
  bool ended = false;
};

[[nodiscard]] Bio make_transport_bio(const BIO_METHOD& method, TransportEnd& end);

}  // namespace heygen::mock::tls
