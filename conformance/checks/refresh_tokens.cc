// The refresh request (RFC 6749 §6), and which tokens are kept, replaced and sent.

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

// --- the request -------------------------------------------------------------------------------

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
    // A client that authenticates by the header names itself there (RFC 6749 §2.3.1).
    if (request.header("Authorization").empty()) {
      verdicts.push_back(expect_form_param(request, "client_id"));
      verdicts.push_back(
          expect_equal("client_id", trial.setup().client_id, request.param("client_id")));
    }
    verdicts.push_back(expect_equal("grant_type", "refresh_token", request.param("grant_type")));
    verdicts.push_back(expect_equal("the refresh token", held, request.param("refresh_token")));
    verdicts.push_back(expect_known_params(request));
  }
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

Verdict scope_not_widened(Trial& trial) {
  Setup setup;
  setup.scope = "openid profile";
  trial.set_up(setup);
  trial.login();
  const auto granted = words(setup.scope);
  for (const Seen& request : make_refresh(trial)) {
    for (const std::string& scope : words(request.param("scope"))) {
      if (std::ranges::find(granted, scope) != granted.end()) continue;
      return failed("no scope but the granted \"" + setup.scope + "\"", "\"" + scope + "\"");
    }
  }
  return passed();
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

// --- which refresh token -------------------------------------------------------------------------

Verdict rotation_replaces(Trial& trial) {
  trial.login();
  std::string newest = refresh_tokens(trial).back();
  for (int round = 0; round < 4; ++round) {
    const Mark before = trial.mark();
    if (round < 3) {
      (void)make_refresh(trial);
    } else {
      (void)trial.refresh();
    }
    for (const Seen& refresh : trial.refreshes(before)) {
      if (refresh.param("refresh_token") != newest) {
        return failed("the refresh token that the last answer brought", "another one");
      }
      newest = json_text(refresh.response(), "refresh_token");
    }
  }
  return expect_usable(trial);
}

// The refresh token stays good at the server, and the answer says nothing, in words.
Verdict empty_refresh_token(Trial& trial) {
  trial.policy("rotation", "omit");
  trial.login();
  const std::string held = refresh_tokens(trial).back();
  for (const std::string_view json : {"\"\"", "null", "\"\""}) {
    trial.arm(Fault::at(Endpoint::refresh).patch("refresh_token", json).first(10));
    const auto refreshes = try_refresh(trial);
    trial.disarm();
    if (refreshes.empty()) return failed("a refresh with the old refresh token", "none");
    Verdict verdict =
        expect_equal("the refresh token", held, refreshes.front().param("refresh_token"));
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_usable(trial);
}

// Made up, so that the server's refresh token is not spent.
Fault refreshed_with(std::string_view member) {
  return Fault::at(Endpoint::refresh)
      .status(200)
      .body("{" + std::string(member) + R"("token_type":"Bearer","expires_in":864000})")
      .first(10);
}

Verdict missing_access_token(Trial& trial) {
  trial.policy("rotation", "omit");
  trial.login();
  const std::string held = refresh_tokens(trial).back();
  for (const std::string_view member : {"", R"("access_token":"",)", R"("access_token":null,)"}) {
    const Tokens good = access_tokens(trial);
    const Mark start = trial.mark();
    trial.arm(refreshed_with(member));
    (void)make_refresh(trial);
    trial.disarm();
    Verdict unused = expect_only_tokens(trial, start, good);
    if (unused.result != Result::pass) return unused;
    const Mark before = trial.mark();
    Verdict recovery = expect_recovery(trial);
    if (recovery.result != Result::pass) return recovery;
    for (const Seen& refresh : trial.refreshes(before)) {
      Verdict kept = expect_equal("the old refresh token", held, refresh.param("refresh_token"));
      if (kept.result != Result::pass) return kept;
    }
  }
  return passed();
}

// --- which access token --------------------------------------------------------------------------

// After a good refresh every API request carries what it brought.
Verdict expect_newest_token(Trial& trial, Mark since) {
  std::string newest;
  for (const Seen& seen : trial.seen(since)) {
    if (seen.entry().endpoint == Endpoint::refresh && seen.status() == 200) {
      newest = json_text(seen.response(), "access_token");
    } else if (seen.entry().endpoint == Endpoint::api && !newest.empty() &&
               seen.bearer() != newest) {
      return failed("the new access token in each request after a refresh", "another one");
    }
  }
  return passed();
}

Verdict uses_new_token(Trial& trial) {
  // The old one stays good, so that nothing but the client itself makes it send the new one.
  trial.policy("old_access", "keep");
  trial.login();
  const Mark before = trial.mark();
  (void)make_refresh(trial);
  for (int call = 0; call < 2; ++call) (void)trial.call_api();
  (void)trial.refresh();
  for (int call = 0; call < 2; ++call) (void)trial.call_api();
  require(trial, trial.refreshes(before).size() >= 2, "the client did not refresh twice");
  require(trial, !trial.api_requests(before).empty(), "no API request was made");
  return worst_of({expect_newest_token(trial, before), expect_usable(trial)});
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
  for (const Seen& seen : trial.seen(before)) {
    if (seen.entry().endpoint != Endpoint::api) continue;
    Verdict verdict = expect_no_secret_in(
        trial, "a request to the API", seen.whole_request(),
        {SecretKind::access_token, SecretKind::state, SecretKind::code, SecretKind::verifier});
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_evil_saw_no_secret(trial);
}

// --- whose -------------------------------------------------------------------------------------

struct Pair {
  std::string access;
  std::string refresh;
};

Pair pair_of(const Seen& answer) {
  return {json_text(answer.response(), "access_token"),
          json_text(answer.response(), "refresh_token")};
}

// What the session sends is its own; afterwards `own` is what it has then.
Verdict expect_own_tokens(Trial& trial, std::string_view session, bool refresh, Pair& own) {
  const Mark before = trial.mark();
  if (refresh) {
    (void)trial.refresh(session);
  } else {
    (void)trial.call_api(session);
  }
  const auto seen = trial.seen(before);
  require(trial, !seen.empty(), "nothing was sent");
  for (const Seen& one : seen) {
    const bool is_refresh = one.entry().endpoint == Endpoint::refresh;
    if (is_refresh && one.param("refresh_token") != own.refresh) {
      return failed("a refresh with the user's own refresh token", "one with another");
    }
    if (is_refresh && one.status() == 200) own = pair_of(one);
    if (one.entry().endpoint == Endpoint::api && one.bearer() != own.access) {
      return failed("each user's own access token", "another one");
    }
  }
  return passed();
}

Verdict user_isolation(Trial& trial) {
  std::array<Pair, 2> own;
  const std::array<std::string_view, 2> sessions{kFirst, kSecond};
  for (std::size_t user = 0; user < 2; ++user) {
    own[user] = pair_of(trial.login(sessions[user]).token_requests.back());
  }
  // Who, and whether by a refresh or by a call; after the first round every access token is dead.
  for (int round = 0; round < 2; ++round) {
    for (const auto& [user, refresh] :
         {std::pair(0U, false), std::pair(0U, true), std::pair(1U, false), std::pair(1U, true),
          std::pair(0U, false), std::pair(1U, false)}) {
      Verdict verdict = expect_own_tokens(trial, sessions[user], refresh, own[user]);
      if (verdict.result != Result::pass) return verdict;
    }
    trial.expire_access_tokens();
  }
  return passed();
}

constexpr Check kChecks[] = {
    {.id = "refresh.request.shape",
     .title = "The refresh request is a POST of grant_type, refresh_token and client_id",
     .clause = "RFC 6749 §6; vendor's guide, step 5",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh",
     .requires_ = "A form with these parameters, once each, and nothing in the URL.",
     .mend = "POST them as application/x-www-form-urlencoded, to either of the vendor's routes.",
     .needs = kRefresh,
     .run = &request_shape},
    {.id = "refresh.scope.not-widened",
     .title = "A refresh asks for no more than was granted",
     .clause = "RFC 6749 §6",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh after a login with the scope \"openid profile\"",
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
    {.id = "refresh.rotation.replaces",
     .title = "A new refresh token replaces the old one",
     .clause = "RFC 6749 §6",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "four refreshes, each of which brings a new refresh token",
     .requires_ = "Each refresh sends the token that the last answer brought.",
     .mend = "Store the refresh_token of every answer that has one.",
     .needs = kRefresh,
     .run = &rotation_replaces},
    {.id = "refresh.rotation.empty-string",
     .title = "An empty refresh_token, or null, does not replace the old one",
     .clause = "RFC 6749 §6",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "refresh answers with refresh_token \"\" and null",
     .requires_ = "The next refresh sends the token that the client has.",
     .mend = "Replace it by a non-empty string only.",
     .needs = kRefresh,
     .run = &empty_refresh_token},
    {.id = "refresh.response-missing-access",
     .title = "A refresh that brings no access token has failed, and costs nothing",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "200 without access_token, then a healthy server",
     .requires_ = "No such token is sent; the old refresh token is kept, and works.",
     .mend = "Judge a refresh answer like that of a login, before anything is replaced.",
     .needs = kRefresh,
     .run = &missing_access_token},
    {.id = "refresh.uses-new-token",
     .title = "After a refresh the new access token is sent",
     .clause = "RFC 6749 §6",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh after a 401 and one on demand, and calls after each",
     .requires_ = "No request after a refresh carries an older token.",
     .mend = "Read the token from the store for each request, the repeated one too.",
     .motive = "codex#2699",
     .needs = kRefresh,
     .run = &uses_new_token},
    {.id = "refresh.token-endpoint-only",
     .title = "The refresh token goes to the authorization server alone",
     .clause = "RFC 6749 §10.4; RFC 9700 §4.14",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "calls, a refresh, a redirect and a download",
     .requires_ = "Neither the API nor another origin sees the refresh token.",
     .mend = "Send it in the body of the refresh and the revocation request, and nowhere else.",
     .needs = kRefresh,
     .run = &token_endpoint_only},
    {.id = "refresh.user-isolation",
     .title = "A refresh of one user leaves the other's tokens alone",
     .clause = "CWE-488",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "two sessions that call and refresh in turns",
     .requires_ = "Each sends its own access token and its own refresh token.",
     .mend = "Keep tokens by session.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::refresh, Capability::two_sessions},
     .run = &user_isolation},
};

}  // namespace

std::span<const Check> refresh_token_checks() { return kChecks; }

}  // namespace heygen::conformance
