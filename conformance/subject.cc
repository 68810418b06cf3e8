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

std::string Landing::shown() const {
  std::string text = body;
  for (const Landing& next : followed) text += "\n" + next.shown();
  return text;
}

Pending<Landing> Subject::visit(std::string_view /*session*/, std::string_view /*method*/,
                                std::string_view /*url*/) {
  return Pending<Landing>([]() -> Outcome<Landing> {
    return Failure{Failure::Origin::unsupported, "", "it has no browser"};
  });
}

Pending<Done> Subject::copy_cookies(std::string_view /*session*/, std::string_view /*copy*/) {
  return Pending<Done>([]() -> Outcome<Done> {
    return Failure{Failure::Origin::unsupported, "", "it has no cookies"};
  });
}

}  // namespace heygen::conformance
