// What can go wrong, as a value. A message is one line, safe to show and to log: it never holds a
// code, state, verifier or token, nor any text of a token endpoint's answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/clock.h"

namespace heygen::client {

enum class ErrorKind {
  state_mismatch,    // the callback belongs to no login of this session
  invalid_callback,  // the callback is malformed, or the server reports a failure in it
  access_denied,     // the user, or the server for the user, said no
  token_error,       // the token endpoint refused, or answered what is not a token
  transport,         // no complete answer was received
  login_required,    // there is no usable token: log in (again)
  unsafe_response,   // the answer holds what must not be used
  bad_request,       // the caller's mistake
  unknown_op,
  store,    // the token store cannot be read or written
  internal  // a defect of this program
};

[[nodiscard]] std::string_view name_of(ErrorKind kind) noexcept;

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string oauth_error{};          // RFC 6749 §4.1.2.1 or §5.2, when the server named one
  int status = 0;                     // of the HTTP answer, 0 when there was none
  std::optional<Instant> retry_at{};  // RFC 9110 §10.2.3: not before
};

}  // namespace heygen::client
