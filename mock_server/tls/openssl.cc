#include "mock_server/tls/openssl.h"

#include <openssl/err.h>

#include <stdexcept>

namespace heygen::mock::tls {

std::string take_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "" : reason;
}

void fail(const char* what) {
  throw std::runtime_error(std::string("TLS: ") + what + " failed (" + take_error() + ")");
}

}  // namespace heygen::mock::tls
