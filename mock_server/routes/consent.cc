// The consent page (approve=ask), and the decision made on it: POST /oauth/consent.
#include "mock_server/core/crypto.h"
#include "mock_server/core/uri.h"
#include "mock_server/routes/authorize_answers.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/page.h"
#include "mock_server/routes/page_guard.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kConsentPath = "/oauth/consent";
// RFC 9700 §4.12: 303 makes a GET of what follows; 307 would send the form along.
constexpr int kSeeOther = 303;

// Where the browser will go, as far as a person needs to know it: no path, no query.
std::string origin_of(std::string_view uri) {
  const auto parts = parse_uri(uri);
  if (!parts) return std::string{uri.substr(0, uri.find(':'))};
  std::string origin{parts->scheme};
  origin.append("://").append(parts->host);
  if (parts->port) origin.append(":").append(*parts->port);
  return origin;
}

}  // namespace

Answer ask_for_consent(const Visit& visit, const AuthorizeRequest& request) {
  const PendingConsent decision =
      open_page(visit, {"", "", request.code, request.redirect_to, request.state, "", {}},
                request.policy.pending_ttl);
  View view;
  view.texts = {{"title", "Approve access"},
                {"client", request.code.client_id},
                {"consent", decision.id},
                {"csrf", decision.csrf},
                {"action", std::string{base_path(visit.base)}.append(kConsentPath)}};
  view.lists = {{"scopes", scope_items(request.code.scope)},
                {"users", user_items(visit.config)},
                {"several", View::when(visit.config.users.size() > 1)},
                {"return_to", View::maybe(origin_of(request.redirect_to))}};
  Answer answer;
  answer.response = page(200, "consent.html", std::move(view));
  bind_page(answer.response, decision, visit, kConsentPath);
  answer.why = "the page waits for the user's decision (approve: ask)";
  return answer;
}

Answer handle_consent(const Call& call, const Visit& visit, const Fixtures&) {
  const ErrorsPolicy errors = visit.context.policy.errors;
  auto choice = read_choice(call, visit.config);
  auto decision = choice ? check_page(call, visit) : Result<PendingConsent>{choice.error()};
  if (!decision) return refuse_for_reader(call, std::move(decision.error()), errors);
  const auto client = find_client(visit.context, decision->request.client_id);
  if (!client || !decision->user_code.empty()) {
    return refuse_for_reader(
        call, make_error(ErrorId::authorize_consent_gone, "the client is gone"), errors);
  }
  const AuthorizeRequest request{decision->request, decision->redirect_to, decision->state,
                                 policy_for(visit.context, *client)};
  Answer answer = choice->approved ? send_code(visit, request, choice->user, kSeeOther)
                                   : send_error(deny(visit.context, request), kSeeOther);
  // Last, so that a store that fails before leaves the page as it was. A code that was made for a
  // decision that somebody else has taken meanwhile is told to nobody.
  if (auto error = take_page(*decision, visit)) {
    return refuse_for_reader(call, std::move(*error), errors);
  }
  release_page(answer.response, decision->id, visit, kConsentPath);
  return answer;
}

}  // namespace heygen::mock
