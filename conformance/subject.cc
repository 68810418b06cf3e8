#include "conformance/subject.h"

namespace heygen::conformance {

std::string_view to_string(LoginState state) noexcept {
  switch (state) {
    case LoginState::logged_in:
      return "logged_in";
    case LoginState::login_required:
      return "login_required";
    case LoginState::pending:
      return "pending";
  }
  return "pending";
}

}  // namespace heygen::conformance
