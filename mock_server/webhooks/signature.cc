#include "mock_server/webhooks/signature.h"

#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "mock_server/core/crypto.h"

namespace heygen::mock {

std::string webhook_signature(std::string_view body, std::string_view secret) {
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(body.data());
  if (::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes, body.size(),
             mac.data(), &size) == nullptr ||
      size != mac.size()) {
    throw std::runtime_error("OpenSSL cannot compute an HMAC");
  }
  return hex(mac);
}

}  // namespace heygen::mock
