// Where the access token goes when the API points elsewhere (RFC 6750 §5.3).

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};

const ApiCall kPost{"POST", "/v2/video/generate", R"({"a":1})"};

// The mock answers to another name as well: the same port, another origin.
Verdict expect_other_name_saw_no_secret(Trial& trial, Mark since) {
  const std::string named = origin_of(trial.named_url());
  for (const Seen& seen : trial.seen(since)) {
    if ("http://" + seen.header("Host") != named) continue;
    Verdict verdict = expect_no_secret_in(trial, "a request to another host", seen.whole_request());
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

void call_redirected_to(Trial& trial, const std::string& url, int status, const ApiCall& call) {
  // Where there is no refreshing, what the place before had to say may have ended the login.
  if (trial.state() != LoginState::logged_in) trial.login();
  trial.arm(Fault::at(Endpoint::api).redirect_to(url, status).once());
  const Mark before = trial.mark();
  (void)trial.call_api(kFirst, call);
  require(trial, !trial.api_requests(before).empty(), "no API request was made");
  trial.disarm();
}

// First to another path of the API, from there to another origin.
void call_redirected_twice(Trial& trial) {
  trial.arm(
      Fault::at(Endpoint::api).redirect_to(trial.base_url() + "/v1/some-endpoint", 302).nth(1));
  trial.arm(Fault::at(Endpoint::api).redirect_to(trial.evil().url() + "/api", 302).nth(1));
  (void)trial.call_api();
  trial.disarm();
}

Verdict cross_origin_redirect(Trial& trial) {
  trial.login();
  const Mark start = trial.mark();
  for (const int status : {301, 302, 303, 307, 308}) {
    for (const std::string& url : {trial.evil().url() + "/api", trial.evil().named_url() + "/api",
                                   trial.named_url() + "/v1/some-endpoint"}) {
      call_redirected_to(trial, url, status, {});
    }
  }
  call_redirected_to(trial, trial.evil().url() + "/api", 307, kPost);
  call_redirected_twice(trial);
  Verdict verdict =
      worst_of({expect_evil_saw_no_secret(trial), expect_other_name_saw_no_secret(trial, start)});
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

// Followed or reported; not for ever.
Verdict same_origin_redirect(Trial& trial) {
  constexpr std::size_t kMost = 21;
  trial.login();
  const std::string here = trial.base_url() + "/v1/user/me";
  trial.arm(Fault::at(Endpoint::api).redirect_to(here, 302).once());
  const Mark once = trial.mark();
  (void)trial.call_api();
  trial.disarm();
  for (const Seen& request : trial.api_requests(once)) {
    if (request.bearer()) continue;
    return failed("the token goes along within the origin", "a request without it");
  }
  trial.arm(Fault::at(Endpoint::api).redirect_to(here, 302).first(60));
  const Mark before = trial.mark();
  (void)trial.call_api();
  trial.disarm();
  const std::size_t sent = trial.api_requests(before).size();
  if (sent > kMost) return failed("at most 20 redirects in a row", std::to_string(sent - 1));
  trial.control();
  return passed();
}

Verdict configured_origin_only(Trial& trial) {
  trial.login();
  const std::string own = trial.base_url() + "/v1/some-endpoint";
  const auto from_here = trial.download(own);
  require(trial, from_here.ok(), "a download from the API's own origin failed");
  const Mark start = trial.mark();
  // What begins like the API's address is not at the API (RFC 3986 §3.2.1).
  const std::string base = trial.base_url();
  const std::string lookalike =
      origin_of(base) + "@" + trial.evil().url().substr(std::string_view("http://").size());
  for (const std::string& url :
       {trial.evil().url() + "/video.mp4", trial.evil().named_url() + "/video.mp4",
        trial.evil().url() + std::string(target_of(own)), lookalike + "/video.mp4",
        trial.named_url() + "/v1/some-endpoint"}) {
    (void)trial.download(url);
  }
  trial.arm(Fault::at(Endpoint::api).redirect_to(trial.evil().url() + "/moved.mp4", 302).once());
  (void)trial.download(own);
  trial.disarm();
  return worst_of(
      {expect_evil_saw_no_secret(trial), expect_other_name_saw_no_secret(trial, start)});
}

// Some HTTP libraries add Referer to whatever they follow.
Verdict referer(Trial& trial) {
  const Mark start = trial.mark();
  trial.login();
  call_redirected_to(trial, trial.base_url() + "/v1/some-endpoint", 302, {});
  call_redirected_to(trial, trial.evil().url() + "/api", 302, {});
  if (trial.has(Capability::refresh)) (void)make_refresh(trial);
  (void)trial.call_api();
  std::vector<Seen> all = trial.seen(start);
  for (const Seen& seen : trial.evil().seen()) all.push_back(seen);
  for (const Seen& seen : all) {
    Verdict verdict = expect_no_secret_in(trial, "a Referer header", seen.header("Referer"));
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

constexpr Check kBearerRedirectChecks[] = {
    {.id = "bearer.cross-origin-redirect",
     .title = "The access token does not follow a redirect to another origin",
     .clause = "RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes =
         "301, 302, 303, 307 and 308 of the API to another port, another name, and the same "
         "port under another name; also in two steps",
     .requires_ = "The other origin sees no token.",
     .mend = "Drop Authorization when scheme, host or port changes, or do not follow.",
     .motive = "CVE-2018-1000007, CVE-2022-27774 (curl); forwardemail/superagent#1844",
     .needs = kCall,
     .run = &cross_origin_redirect},
    {.id = "bearer.same-origin-redirect",
     .title = "Redirects within the API end",
     .clause = "RFC 9110 §15.4",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::bearer,
     .provokes = "a redirect of the API to itself, once and for ever",
     .requires_ = "It is followed with the token or reported; at most 20 in a row.",
     .mend = "Follow a few redirects within the origin, or none.",
     .needs = kCall,
     .run = &same_origin_redirect},
    {.id = "bearer.configured-origin-only",
     .title = "The access token is not sent to URLs of other origins that the API returns",
     .clause = "RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "downloads from another port, another name, an address that begins like the "
                 "API's, and by a redirect",
     .requires_ = "No token goes there.",
     .mend = "Attach the token only when scheme, host and port are those of the configured API; "
             "compare parsed URLs, not texts.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::download},
     .run = &configured_origin_only},
    {.id = "referer.no-secrets",
     .title = "No Referer header holds a code or a token",
     .clause = "RFC 9700 §4.2.4; RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login, calls that are redirected here and elsewhere, and a refresh",
     .requires_ = "No request's Referer holds a secret. (For codes the clause says SHOULD NOT; the "
                  "rest is the suite's demand.)",
     .mend = "Switch off automatic Referer headers in the HTTP library.",
     .motive = "CVE-2021-22876 (curl)",
     .needs = kCall,
     .run = &referer},
};

}  // namespace

std::span<const Check> bearer_redirect_checks() { return kBearerRedirectChecks; }

}  // namespace heygen::conformance
