// The vendor's API: whatever an access token or an API key opens.
#include <utility>

#include "mock_server/core/bearer.h"
#include "mock_server/core/quota.h"
#include "mock_server/routes/api_access.h"
#include "mock_server/routes/api_answer.h"
#include "mock_server/routes/api_values.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/envelope.h"
#include "mock_server/routes/fixtures.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/idempotency.h"
#include "mock_server/routes/job.h"
#include "mock_server/routes/table.h"
#include "mock_server/routes/webhook.h"

namespace heygen::mock {
namespace {

Answer deny_access(const Call& call, OAuthError error) {
  Answer answer = api_failure(call, api_error_for(error.status), std::move(error.why));
  // The vendor sends none that anyone reported; RFC 6750 §3 demands it (facts.md).
  answer.response.headers.add("WWW-Authenticate", bearer_challenge(error.code));
  // Who still uses a dead token is what its lineage is asked for.
  if (auto tried = fingerprint_presented(call)) answer.tokens_used.push_back(std::move(*tried));
  return answer;
}

// The answer for a job of that age. A clock that was moved back finds it at its beginning.
const FixtureAnswer& pick(const FixtureJob& job, ApiValues& values, TimePoint now) {
  const std::string quoted = job.id.fill(values.lookup());
  const std::string id =
      quoted.size() > 2 && quoted.front() == '"' ? quoted.substr(1, quoted.size() - 2) : quoted;
  const auto found = read_job(id);
  if (!found) return job.unknown;
  values.set_job(id, *found);
  const bool failed = found->end == VideoPolicy::fail && !job.failed.empty();
  const auto& states = failed ? job.failed : job.states;
  const FixtureJob::State* current = &states.front();
  for (const FixtureJob::State& state : states) {
    if (now - found->start >= state.after) current = &state;
  }
  return current->answer;
}

// The account that calls: the token's user, or, for an API key, the default one.
const User& account_of(const Visit& visit, const Access& access) {
  const User* const known = visit.config.find_user(access.user);
  return known != nullptr ? *known : visit.config.users.front();
}

Answer fill(const Call& call, const Visit& visit, const Fixtures::Match& match,
            const Access& access) {
  const User& account = account_of(visit, access);
  const auto client = find_client(visit.context, access.client_id);
  const Policy policy = client ? policy_for(visit.context, *client) : visit.context.policy;
  const Fixture& fixture = *match.fixture;
  if (fixture.action) return answer_webhook(call, visit, match, account, policy);
  const Job begins{visit.context.now, policy.video_jobs};
  ApiValues values{call, visit, match, account, begins};
  const FixtureAnswer& chosen =
      fixture.job ? pick(*fixture.job, values, visit.context.now) : fixture.answer;
  Answer answer;
  answer.response = json_response(chosen.status, chosen.body.fill(values.lookup()));
  for (const auto& [name, value] : fixture.headers) answer.response.headers.set(name, value);
  if (chosen.status >= 400) answer.outcome = to_string(api_error_for(chosen.status));
  if (fixture.event) {
    expect_event(call, visit, *fixture.event, values, begins, account, policy, answer);
  }
  return answer;
}

Answer wrong_method(const Call& call, const std::string& allowed) {
  Answer answer = api_failure(call, ApiError::method_not_allowed,
                              "this path takes " + allowed + ", not " + call.request.method);
  answer.response.headers.add("Allow", allowed);
  return answer;
}

// heygen_api.md §3: Retry-After, and no X-RateLimit fields.
Answer too_many(const Call& call, const Visit& visit, std::chrono::seconds wait) {
  const Policy& policy = visit.context.policy;
  Answer answer =
      api_failure(call, ApiError::rate_limited,
                  "the account has used up what api_rate allows it in a window of " +
                      std::to_string(policy.api_rate_window.count()) + "s; the next begins in " +
                      std::to_string(wait.count()) + "s by the sandbox's clock");
  answer.response.headers.add("Retry-After", std::to_string(wait.count()));
  return answer;
}

Answer not_found(const Call& call) {
  const auto near = nearest_path(call.request.path());
  return api_failure(call, ApiError::not_found,
                     near.empty() ? "no such API path here; a file in --fixtures adds it"
                                  : "no such path; did you mean " + std::string{near} + "?");
}

Answer answer_api(const Call& call, const Visit& visit, const Fixtures& fixtures) {
  const std::string_view path = call.request.path();
  const std::string allowed = fixtures.allowed_methods(path);
  if (call.request.method == "OPTIONS" && !allowed.empty()) {
    Answer answer;
    answer.response.headers.add("Allow", allowed);
    return answer;
  }
  auto access = check_access(visit.context, access_credentials(call), visit.config.api_keys);
  if (!access) return deny_access(call, std::move(access.error()));
  Answer answer;
  const auto match = fixtures.find(call.request.method, path, access->by_api_key);
  if (const auto wait = over_rate(visit.context, *access, account_of(visit, *access).id)) {
    answer = too_many(call, visit, *wait);
  } else if (call.query.error) {
    answer = api_failure(call, ApiError::invalid_parameter, *call.query.error,
                         "The query is not well-formed: " + *call.query.error);
  } else if (match.fixture != nullptr) {
    const auto decide = [&] { return fill(call, visit, match, *access); };
    const bool repeatable = path.starts_with("/v3/") && call.request.method == "POST";
    answer = repeatable ? answer_once(call, visit, account_of(visit, *access), decide) : decide();
  } else {
    answer = allowed.empty() ? not_found(call) : wrong_method(call, allowed);
  }
  if (!access->token_id.empty()) answer.tokens_used.push_back(access->token_id);
  return answer;
}

}  // namespace

Answer api_failure(const Call& call, ApiError error, std::string why, std::string_view message) {
  Answer answer;
  answer.response = api_error(call.request.path(), error, message);
  answer.outcome = to_string(error);
  answer.why = std::move(why);
  return answer;
}

Answer handle_api(const Call& call, const Visit& visit, const Fixtures& fixtures) {
  Answer answer = answer_api(call, visit, fixtures);
  // Announced on every answer of the old families, as seen at the vendor's (facts.md).
  if (!call.request.path().starts_with("/v3/")) {
    answer.response.headers.add("deprecation", "true");
    answer.response.headers.add("sunset", "Sat, 31 Oct 2026 00:00:00 GMT");
  }
  return answer;
}

}  // namespace heygen::mock
