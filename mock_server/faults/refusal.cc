#include "mock_server/faults/refusal.h"

#include <optional>
#include <utility>

#include "mock_server/core/uri.h"
#include "mock_server/faults/echo.h"
#include "mock_server/faults/natural.h"
#include "mock_server/faults/tamper.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kUnnamedError = "invalid_request";

// The answer leads to the client already: its code gives way to the error.
std::string with_error(std::string_view location, const NaturalError& error) {
  RedirectTampering change;
  change.drop = {"code"};
  change.set = {{"error", *error.oauth_error}};
  if (error.description) change.set.emplace_back("error_description", *error.description);
  return tamper(location, change);
}

// What the request asks for. Nothing where its redirect_uri is no URI that a browser could be sent
// to; whether it is registered is not asked: the rules never saw the request.
std::optional<std::string> asked_redirect(const wire::Request& request, const NaturalError& error) {
  const auto query = wire::parse_form(request.query());
  const std::string* const uri = query.find("redirect_uri");
  if (request.method != "GET" || uri == nullptr || !parse_uri(*uri)) return std::nullopt;
  auto target = append_query(*uri, {{"error", *error.oauth_error}});
  if (error.description) {
    target = append_query(target, {{"error_description", *error.description}});
  }
  if (const auto* const state = query.find("state")) {
    target = append_query(target, {{"state", *state}});
  }
  return target;
}

// RFC 6749 §4.1.2.1.
std::optional<wire::Response> redirected(const Firing& firing, const wire::Request& request,
                                         const wire::Response& present, const NaturalError& error) {
  if (firing.endpoint != Endpoint::authorize) return std::nullopt;
  const int status = error.status.value_or(302);
  if (status < 300 || status > 399) return std::nullopt;
  const std::string* const location = present.headers.find("Location");
  auto target = location != nullptr && is_authorization_response(*location)
                    ? std::optional{with_error(*location, error)}
                    : asked_redirect(request, error);
  if (!target) return std::nullopt;
  wire::Response response;
  response.status = status;
  response.headers = {{"Location", std::move(*target)}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

wire::Response refusal(const Firing& firing, const wire::Request& request,
                       const wire::Response& present) {
  const FaultAction& action = firing.rule->action;
  NaturalError error{action.status, action.oauth_error, action.description};
  if (!error.oauth_error) error.oauth_error = kUnnamedError;
  if (action.echo_secrets) {
    error.description = error.description.value_or("invalid request") + ": " + echo_of(request);
  }
  if (auto response = redirected(firing, request, present, error)) return std::move(*response);
  return natural_answer(firing.endpoint, request, firing.path, error);
}

}  // namespace heygen::mock
