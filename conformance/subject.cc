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

Pending<Landing> Subject::visit_with(std::string_view /*session*/, std::string_view /*url*/,
                                     const HeaderFields& /*headers*/) {
  return Pending<Landing>([]() -> Outcome<Landing> {
    return Failure{Failure::Origin::unsupported, "", "its requests are its own"};
  });
}

Pending<std::string> Subject::begin_login_with(std::string_view /*session*/,
                                               const Additions& /*additions*/) {
  return Pending<std::string>([]() -> Outcome<std::string> {
    return Failure{Failure::Origin::unsupported, "", "it begins logins its own way"};
  });
}

std::vector<Landing> Subject::shown(std::string_view /*session*/) const { return {}; }

Pending<Done> Subject::copy_cookies(std::string_view /*session*/, std::string_view /*copy*/) {
  return Pending<Done>([]() -> Outcome<Done> {
    return Failure{Failure::Origin::unsupported, "", "it has no cookies"};
  });
}

}  // namespace heygen::conformance
