// GET /oauth/authorize (RFC 6749 §3.1), and the same at /v1/oauth/authorize.
#include "mock_server/core/authorize.h"

#include <array>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/authorize_answers.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/page.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

constexpr std::array<std::string_view, 7> kAuthorizeOnce{
    "response_type", "client_id",      "redirect_uri",         "state",
    "scope",         "code_challenge", "code_challenge_method"};

}  // namespace

Answer send_error(AuthorizeRedirect error, int status) {
  Answer answer;
  answer.response = redirect(status, std::move(error.location));
  answer.outcome = error.error.code;
  answer.why = std::move(error.error.why);
  return answer;
}

Answer send_code(const Visit& visit, const AuthorizeRequest& request, std::string_view user,
                 int status) {
  Approved approved = approve(visit.context, request, user);
  Answer answer;
  answer.response = redirect(status, std::move(approved.location));
  answer.tokens_issued.push_back(fingerprint(approved.code));
  return answer;
}

Answer handle_authorize(const Call& call, const Visit& visit, const Fixtures&) {
  const ErrorsPolicy errors = visit.context.policy.errors;
  const wire::Form& query = call.query;
  if (query.error) {
    return refuse_for_reader(
        call,
        make_error(ErrorId::parameters_malformed, "the query is not well-formed: " + *query.error,
                   *query.error),
        errors);
  }
  AuthorizeParams params{param_copy(query, "response_type"),
                         param_copy(query, "client_id"),
                         param_copy(query, "redirect_uri"),
                         param_copy(query, "state"),
                         param_copy(query, "scope"),
                         param_copy(query, "code_challenge"),
                         param_copy(query, "code_challenge_method")};
  if (const auto twice = find_duplicate(query, kAuthorizeOnce); !twice.empty())
    params.duplicated = twice;

  AuthorizeOutcome outcome = check_authorize(visit.context, params);
  if (auto* const refused = std::get_if<AuthorizeRefused>(&outcome)) {
    return refuse_for_reader(call, std::move(refused->error), errors);
  }
  if (auto* const sent = std::get_if<AuthorizeRedirect>(&outcome)) {
    return send_error(std::move(*sent), 302);
  }
  const auto& request = std::get<AuthorizeRequest>(outcome);
  switch (visit.config.approve) {
    case Approve::ask:
      return ask_for_consent(visit, request);
    case Approve::deny:
      return send_error(deny(visit.context, request), 302);
    case Approve::automatic:
      break;
  }
  return send_code(visit, request, visit.config.users.front().id, 302);
}

}  // namespace heygen::mock
