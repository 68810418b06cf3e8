#include "conformance/checks/after_login.h"

#include <algorithm>

namespace heygen::conformance {
namespace {

// What stands after the scheme, whatever the scheme is.
std::string credentials_of(const Seen& request) {
  const std::string header = request.header("Authorization");
  const std::size_t space = header.find(' ');
  return space == std::string::npos ? header : header.substr(space + 1);
}

}  // namespace

Login login_answered_with(Trial& trial, const Fault& fault, std::string_view session) {
  const std::string id = trial.arm(fault);
  Login login = trial.try_login(session);
  trial.mock().faults().remove(id);
  (void)require_token_request(trial, login);
  return login;
}

Fault exchange_answer(std::string_view body, std::string_view content_type) {
  return Fault::at(Endpoint::token).status(200).body(body, content_type).first(10);
}

OddTokens login_with_odd_tokens(Trial& trial, std::string_view session) {
  const std::string access = "an-access-token-of-nobody";
  const std::string refresh = "1//r+t=of&an%2Fodd";
  trial.add_secret(SecretKind::refresh_token, refresh);
  Login login = login_answered_with(
      trial,
      exchange_answer(R"({"token_type":"Bearer","expires_in":864000,"access_token":")" + access +
                      R"(","refresh_token":")" + refresh + "\"}"),
      session);
  return {access, refresh, std::move(login)};
}

Tokens access_tokens(Trial& trial) { return trial.secrets().values(SecretKind::access_token); }

Verdict expect_only_tokens(Trial& trial, Mark since, const Tokens& good) {
  for (const Seen& request : trial.api_requests(since)) {
    if (request.header("Authorization").empty()) continue;
    if (std::ranges::find(good, credentials_of(request)) != good.end()) continue;
    return failed("no API request with that token", "one with an Authorization header");
  }
  return passed();
}

Verdict expect_token_sent(Trial& trial, std::string_view session, std::string_view token,
                          std::optional<Mark> since) {
  const Mark before = since.value_or(trial.mark());
  (void)trial.call_api(session);
  const auto calls = trial.api_requests(before);
  if (calls.empty()) return failed("an API request with the token", "none");
  return expect_equal("the bearer token", token, calls.front().bearer().value_or(""));
}

Verdict expect_no_login(Trial& trial, std::string_view session) {
  const bool logged_in =
      trial.has(Capability::two_sessions) && trial.state(session) == LoginState::logged_in;
  return logged_in ? failed("no login", "the session is logged in") : passed();
}

Verdict expect_login_unused(Trial& trial, std::string_view session, const Tokens& good,
                            Mark since) {
  (void)trial.call_api(session);
  Verdict unused = expect_only_tokens(trial, since, good);
  if (unused.result != Result::pass) return unused;
  return expect_no_login(trial, session);
}

Verdict expect_logged_in(Trial& trial, const Login& login) {
  if (!login.landed) {
    return failed("a login", "the callback was refused: " + login.landed.failure().message);
  }
  return expect_usable(trial, login.begun.session);
}

bool refreshed_often(Trial& trial, Mark since, std::size_t often) {
  std::size_t seen = 0;
  const auto enough = [&](const Seen& request) {
    seen += request.entry().endpoint == Endpoint::refresh ? 1U : 0U;
    return seen >= often;
  };
  return trial.wait_for(since, enough, kQuietWindow).has_value();
}

void end_access_token(Trial& trial) {
  if (trial.has(Capability::clock)) {
    trial.advance(std::chrono::hours{10 * 24 + 1});
  } else {
    trial.expire_access_tokens();
  }
}

std::vector<Seen> try_refresh(Trial& trial, std::string_view session) {
  const Mark before = trial.mark();
  trial.expire_access_tokens();
  (void)trial.call_api(session);
  if (trial.refreshes(before).empty() && trial.has(Capability::clock)) {
    end_access_token(trial);
    (void)trial.call_api(session);
  }
  if (trial.refreshes(before).empty() && trial.has(Capability::refresh)) {
    (void)trial.refresh(session);
  }
  return trial.refreshes(before);
}

std::vector<Seen> make_refresh(Trial& trial, std::string_view session) {
  auto refreshes = try_refresh(trial, session);
  require(trial, !refreshes.empty(), "the client did not refresh");
  return refreshes;
}

Verdict expect_recovery(Trial& trial, std::string_view session) {
  const auto succeeds = [&] { return expect_call_succeeds(trial.call_api(session)); };
  Verdict first = succeeds();
  if (first.result == Result::pass) return first;
  if (trial.state(session) != LoginState::logged_in) {
    return failed("the login survives a failure that says nothing of it", first.message);
  }
  // A client that holds back for a while is told that the while is over, or asked outright.
  if (trial.has(Capability::clock)) trial.advance(std::chrono::minutes{10});
  if (trial.has(Capability::refresh)) (void)trial.refresh(session);
  const Verdict second = succeeds();
  return second.result == Result::pass
             ? second
             : failed("the login survives a failure that says nothing of it", second.message);
}

}  // namespace heygen::conformance
