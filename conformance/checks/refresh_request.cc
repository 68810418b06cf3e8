// The refresh request (RFC 6749 §6), and where the refresh token goes.

#include <algorithm>
#include <array>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};

Tokens refresh_tokens(Trial& trial) { return trial.secrets().values(SecretKind::refresh_token); }

Verdict expect_known_params(const Seen& request) {
  constexpr std::array<std::string_view, 6> kKnown{"grant_type",    "refresh_token", "client_id",
                                                   "client_secret", "scope",         "resource"};
  for (const auto& [name, value] : request.form().fields) {
    if (std::ranges::find(kKnown, name) == kKnown.end()) {
      return warned("the refresh request has the parameter " + name +
                    ", which means nothing there");
    }
  }
  return passed();
}

Verdict odd_token_arrives(Trial& trial) {
  constexpr std::string_view kSession = "odd";
  const OddTokens odd = login_with_odd_tokens(trial, kSession);
  if (!odd.login.landed) return passed();
  const Mark before = trial.mark();
  (void)try_refresh(trial, kSession);
  for (const Seen& refresh : trial.refreshes(before)) {
    Verdict same = expect_equal("the refresh token", odd.refresh, refresh.param("refresh_token"));
    if (same.result != Result::pass) return same;
  }
  return passed();
}

Verdict request_shape(Trial& trial) {
  trial.login();
  const std::string held = refresh_tokens(trial).back();
  const Mark before = trial.mark();
  const auto refreshes = try_refresh(trial);
  // What is no form names no grant, and is not known for a refresh by it.
  const auto requests = refreshes.empty() ? trial.code_requests(before) : refreshes;
  require(trial, !requests.empty(), "the client did not refresh");
  const Seen& request = requests.front();
  const mock::wire::Request& raw = request.request();
  std::vector<Verdict> verdicts{expect_equal("the method", "POST", raw.method)};
  if (!raw.query().empty()) verdicts.push_back(failed("no query in the URL", "one"));
  if (!mock::wire::is_form(raw) || request.form().error) {
    verdicts.push_back(failed("a body of application/x-www-form-urlencoded", "another"));
  } else {
    for (const std::string_view name : {"grant_type", "refresh_token"}) {
      verdicts.push_back(expect_form_param(request, name));
    }
    // A client that authenticates by the header names itself there (RFC 6749 §2.3.1); an access
    // token is no client authentication, and may be dead.
    if (request.bearer()) {
      verdicts.push_back(failed("no access token in the refresh request", "Authorization: Bearer"));
    } else if (request.header("Authorization").empty()) {
      verdicts.push_back(expect_form_param(request, "client_id"));
      verdicts.push_back(
          expect_equal("client_id", trial.setup().client_id, request.param("client_id")));
    }
    verdicts.push_back(expect_equal("grant_type", "refresh_token", request.param("grant_type")));
    verdicts.push_back(expect_equal("the refresh token", held, request.param("refresh_token")));
    verdicts.push_back(expect_known_params(request));
  }
  verdicts.push_back(odd_token_arrives(trial));
  return worst_of(std::move(verdicts));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found(1);
  for (const char c : text) {
    if (c != ' ') {
      found.back() += c;
    } else if (!found.back().empty()) {
      found.emplace_back();
    }
  }
  if (found.back().empty()) found.pop_back();
  return found;
}

Verdict expect_within(Trial& trial, std::string_view session, std::string_view granted) {
  const auto all = words(granted);
  for (const Seen& request : make_refresh(trial, session)) {
    for (const std::string& scope : words(request.param("scope"))) {
      if (std::ranges::find(all, scope) != all.end()) continue;
      return failed("no scope but the granted \"" + std::string(granted) + "\"",
                    "\"" + scope + "\"");
    }
  }
  return passed();
}

Verdict scope_not_widened(Trial& trial) {
  Setup setup;
  setup.scope = "openid profile";
  trial.set_up(setup);
  trial.login();
  Verdict asked = expect_within(trial, kFirst, setup.scope);
  if (asked.result != Result::pass) return asked;
  // The user, or the server, granted less than was asked for.
  const Login less = login_answered_with(
      trial, Fault::at(Endpoint::token).patch("scope", R"("openid")").once(), kSecond);
  if (!less.done()) return passed("a login with less than it asked for is refused");
  return expect_within(trial, kSecond, "openid");
}

Verdict redirect_not_followed(Trial& trial) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const std::string session = "redirect-" + std::to_string(status);
    trial.login(session);
    trial.arm(
        Fault::at(Endpoint::refresh).redirect_to(trial.evil().url() + "/t", status).first(10));
    (void)make_refresh(trial, session);
    trial.disarm();
  }
  Verdict verdict = expect_evil_saw_no_secret(trial);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

// The revocation request carries the refresh token as well.
void redirect_revocations(Trial& trial) {
  for (const int status : {302, 307, 308}) {
    const std::string session = "revoked-" + std::to_string(status);
    trial.login(session);
    trial.arm(Fault::at(Endpoint::revoke).redirect_to(trial.evil().url() + "/r", status).first(10));
    (void)trial.logout(session);
    trial.disarm();
  }
}

Verdict token_endpoint_only(Trial& trial) {
  trial.login();
  const Mark before = trial.mark();
  const auto calls = [&] {
    (void)trial.call_api();
    (void)trial.call_api(kFirst, {"POST", "/v2/video/generate", R"({"a":1})"});
  };
  calls();
  trial.arm(Fault::at(Endpoint::api).redirect_to(trial.evil().url() + "/api", 302).once());
  (void)trial.call_api();
  trial.disarm();
  (void)make_refresh(trial);
  calls();
  if (trial.has(Capability::download)) (void)trial.download(trial.evil().url() + "/video.mp4");
  if (trial.has(Capability::logout)) redirect_revocations(trial);
  for (const Seen& seen : trial.seen(before)) {
    if (seen.entry().endpoint != Endpoint::api) continue;
    Verdict verdict = expect_no_secret_in(
        trial, "a request to the API", seen.whole_request(),
        {SecretKind::access_token, SecretKind::state, SecretKind::code, SecretKind::verifier});
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_evil_saw_no_secret(trial);
}

constexpr Check kRefreshRequestChecks[] = {
    {.id = "refresh.request.shape",
     .title = "The refresh request is a POST of grant_type, refresh_token and client_id",
     .clause = "RFC 6749 §6, §3.2; vendor's guide, step 5",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh; another whose token has characters that mean something in a form",
     .requires_ = "A form with these parameters, once each and unchanged, and nothing in the URL.",
     .mend = "POST them as application/x-www-form-urlencoded, to either of the vendor's routes.",
     .needs = kRefresh,
     .run = &request_shape},
    {.id = "refresh.scope.not-widened",
     .title = "A refresh asks for no more than was granted",
     .clause = "RFC 6749 §6",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh after logins that asked for the scope \"openid profile\"",
     .requires_ = "scope is left out, or holds nothing else.",
     .mend = "Leave scope out of the refresh request.",
     .needs = kRefresh,
     .run = &scope_not_widened},
    {.id = "refresh.no-redirect-follow",
     .title = "A redirect of the refresh endpoint is not followed with secrets",
     .clause = "RFC 6749 §10.4",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "301, 302, 303, 307 and 308 to another origin",
     .requires_ = "The other origin sees no token.",
     .mend = "Switch redirects off for requests to the token endpoint.",
     .motive = "Gitlawb/zero#729",
     .needs = kRefresh,
     .run = &redirect_not_followed},
    {.id = "refresh.token-endpoint-only",
     .title = "The refresh token goes to the authorization server alone",
     .clause = "RFC 6749 §10.4; RFC 9700 §4.14",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes =
         "calls, a refresh, a redirect, a download, and logouts whose revocation is redirected",
     .requires_ = "Neither the API nor another origin sees the refresh token.",
     .mend = "Send it in the body of the refresh and the revocation request, and nowhere else.",
     .needs = kRefresh,
     .run = &token_endpoint_only},
};

}  // namespace

std::span<const Check> refresh_request_checks() { return kRefreshRequestChecks; }

}  // namespace heygen::conformance
