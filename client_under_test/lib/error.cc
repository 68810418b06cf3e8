#include "client_under_test/lib/error.h"

namespace heygen::client {

std::string_view name_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::state_mismatch:
      return "state_mismatch";
    case ErrorKind::invalid_callback:
      return "invalid_callback";
    case ErrorKind::access_denied:
      return "access_denied";
    case ErrorKind::token_error:
      return "token_error";
    case ErrorKind::transport:
      return "transport";
    case ErrorKind::login_required:
      return "login_required";
    case ErrorKind::unsafe_response:
      return "unsafe_response";
    case ErrorKind::bad_request:
      return "bad_request";
    case ErrorKind::unknown_op:
      return "unknown_op";
    case ErrorKind::store:
      return "store";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace heygen::client
