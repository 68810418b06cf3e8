// Bodies that are no token answer at all, and answers that do not come whole.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/flood.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

// Each in a login of its own: no login comes of it, and the next one works.
Verdict expect_all_refused(Trial& trial, const std::vector<Fault>& answers) {
  trial.control();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string session = "odd-" + std::to_string(i + 1);
    const Tokens good = access_tokens(trial);
    const Mark before = trial.mark();
    (void)login_answered_with(trial, answers[i], session);
    Verdict verdict = expect_login_unused(trial, session, good, before);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Verdict not_json(Trial& trial) {
  constexpr std::string_view kForm = "access_token=token-in-a-form&token_type=Bearer&expires_in=60";
  return expect_all_refused(
      trial,
      {exchange_answer(kForm), exchange_answer(kForm, "application/x-www-form-urlencoded"),
       exchange_answer("{"), exchange_answer(""), exchange_answer("null"), exchange_answer("[]"),
       exchange_answer("\"x\""), exchange_answer("access_token: token-in-yaml\ntoken_type: Bearer"),
       exchange_answer(R"({"token_type":"Bearer","access_token":"token-cut-off","expires_in":8)")});
}

Verdict html_with_200(Trial& trial) {
  trial.control();
  constexpr std::string_view kScript = "<script>canary(1)</script>";
  const std::string page = "<!doctype html><html><body>" + std::string(kScript) +
                           "<div id=\"root\"></div></body></html>";
  const std::vector<Fault> faults{exchange_answer(page, "text/html; charset=utf-8"),
                                  exchange_answer(page)};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string session = "page-" + std::to_string(i + 1);
    const Tokens good = access_tokens(trial);
    const Mark before = trial.mark();
    const Login login = login_answered_with(trial, faults[i], session);
    Verdict verdict = expect_login_unused(trial, session, good, before);
    if (verdict.result != Result::pass) return verdict;
    if (login.landed && login.landed->shown().find(kScript) != std::string::npos) {
      return failed("no part of the page is shown as it is", "its script in the callback's page");
    }
  }
  trial.control();
  return passed();
}

Verdict not_json_errors(Trial& trial) {
  std::vector<Fault> faults;
  for (const int status : {403, 404, 500, 502, 503}) {
    faults.push_back(Fault::at(Endpoint::token)
                         .status(status)
                         .body("<html><h1>Error</h1></html>", "text/html")
                         .first(10));
    faults.push_back(Fault::at(Endpoint::token).status(status).body("").first(10));
  }
  // The vendor's own envelope.
  faults.push_back(Fault::at(Endpoint::token)
                       .status(401)
                       .body(R"({"code":400112,"message":"Unauthorized"})")
                       .first(10));
  faults.push_back(Fault::at(Endpoint::token).cut_json().first(10));
  faults.push_back(Fault::at(Endpoint::token)
                       .status(400)
                       .body(R"({"error":{"code":"invalid_parameter","message":"no"}})")
                       .first(10));
  return expect_all_refused(trial, faults);
}

// Taken or refused, but each time alike.
Verdict wrong_content_type(Trial& trial) {
  trial.control();
  for (const std::string_view type : {"text/plain", "text/html", "application/octet-stream"}) {
    const auto attempt = [&](std::string_view name) {
      const Fault fault = exchange_answer(
          R"({"token_type":"Bearer","access_token":"token-of-odd-type","expires_in":600})", type);
      return login_answered_with(trial, fault, std::string(type) + std::string(name)).done();
    };
    if (attempt("-1") != attempt("-2")) {
      return failed("the same outcome each time", "a login one time and none the other");
    }
  }
  trial.control();
  return passed();
}

// Half of the body is sent, and the connection closed; it ends in the refresh token.
std::string long_answer() {
  const std::string token(400, 'r');
  return R"({"token_type":"Bearer","expires_in":864000,"access_token":"token-of-half-an-answer",)"
         R"("refresh_token":")" +
         token + "\"}";
}

Verdict expect_no_cut_refresh_token(Trial& trial, Mark since) {
  for (const Seen& refresh : trial.refreshes(since)) {
    if (refresh.param("refresh_token").starts_with("rrrr")) {
      return failed("no part of a refresh token is sent", "a refresh with one");
    }
  }
  return passed();
}

Verdict truncated_refresh(Trial& trial) {
  constexpr std::string_view kSession = "refreshed";
  trial.login(kSession);
  const Mark before = trial.mark();
  trial.arm(Fault::at(Endpoint::refresh).status(200).body(long_answer()).truncated().first(10));
  (void)try_refresh(trial, kSession);
  trial.disarm();
  (void)try_refresh(trial, kSession);
  return expect_no_cut_refresh_token(trial, before);
}

// What was sent is a whole JSON text, but not the whole answer.
Verdict short_of_its_length(Trial& trial) {
  const std::string object =
      R"({"token_type":"Bearer","access_token":"token-of-a-short-answer","expires_in":600})";
  const Login login = login_answered_with(
      trial, exchange_answer(object + std::string(object.size() + 2, ' ')).truncated(), "short");
  if (trial.has(Capability::two_sessions) && login.done()) {
    return warned("an answer that is shorter than its Content-Length was taken for whole");
  }
  return passed();
}

Verdict truncated(Trial& trial) {
  trial.control();
  const Tokens good = access_tokens(trial);
  const Mark before = trial.mark();
  const Mark start = trial.mark();
  (void)login_answered_with(trial, exchange_answer(long_answer()).truncated(), "cut");
  Verdict verdict = expect_login_unused(trial, "cut", good, before);
  if (verdict.result != Result::pass) return verdict;
  if (trial.has(Capability::refresh)) {
    (void)trial.refresh("cut");
    verdict = worst_of({expect_no_cut_refresh_token(trial, start), truncated_refresh(trial)});
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return short_of_its_length(trial);
}

Verdict deep_nesting(Trial& trial) {
  constexpr std::size_t kDepth = 100'000;
  return expect_all_refused(trial, {exchange_answer(std::string(kDepth, '['))});
}

// White space that does not end comes for the token answer.
Verdict huge(Trial& trial) {
  constexpr std::uint64_t kMost = std::uint64_t{64} * 1024 * 1024;
  trial.control();
  Flood flood(kMost);
  const auto configured = trial.configure_with(
      [&](Configuration& configuration) { configuration.token_url = flood.url() + "/token"; });
  require(trial, configured.ok(), "the client could not be given another token endpoint");
  const CallbackUrl url = trial.authorize(trial.begin("flooded"));
  (void)trial.callback(url, "flooded");
  require(trial, flood.requests() > 0, "no token request was made");
  const std::uint64_t taken = flood.taken();
  trial.set_up(trial.setup());
  trial.control();
  if (taken < kMost) return passed();
  return failed("the client stops reading an answer that does not end", "it took all 64 MiB");
}

constexpr Check kResponseBodyChecks[] = {
    {.id = "response.not-json",
     .title = "A 200 that is no JSON object is an error",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a form, YAML, JSON that is cut off or no object, nothing at all",
     .requires_ = "No login, and no token made of parts; the next login works.",
     .mend = "Parse the whole body as JSON, require an object, and refuse everything else.",
     .motive = "golang/oauth2#802",
     .needs = kNeeds,
     .run = &not_json},
    {.id = "response.html-200",
     .title = "A web page with status 200 is an error",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "the vendor's single-page app in place of the token answer, with a script in it",
     .requires_ = "No login; the page is not shown to the user as it is.",
     .mend = "Require JSON; tell the user that the configured URL is no token endpoint.",
     .motive = "app.heygen.com/oauth/token answers so; golang/oauth2#542",
     .needs = kNeeds,
     .run = &html_with_200},
    {.id = "response.error-nonjson-4xx-5xx",
     .title = "An error that is not JSON is an error, and no crash",
     .clause = "RFC 6749 §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "403, 404, 500, 502 and 503 with a page and with nothing, the vendor's envelope, "
                 "JSON that is cut off, an error that is an object",
     .requires_ = "No login; the next one works.",
     .mend = "Parse defensively, and report what cannot be parsed as a failed login.",
     .needs = kNeeds,
     .run = &not_json_errors},
    {.id = "response.wrong-content-type",
     .title = "JSON under another content type is treated alike each time",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::may,
     .phase = Phase::response,
     .provokes = "a good answer as text/plain, text/html and application/octet-stream, twice each",
     .requires_ = "It is taken or refused, and nothing breaks.",
     .mend = "Decide by the content type or by the content, and fail cleanly.",
     .motive = "golang/oauth2#542",
     .needs = kNeeds,
     .run = &wrong_content_type},
    {.id = "response.truncated",
     .title = "An answer that does not come whole is an error",
     .clause = "RFC 9112 §6.3, §8",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "an answer that ends inside the refresh token, at a login and at a refresh; one "
                 "that is shorter than its Content-Length",
     .requires_ = "Nothing of it is stored or sent, and the user gets an answer.",
     .mend = "Compare what came with Content-Length, and never repair JSON that does not parse.",
     .needs = kNeeds,
     .run = &truncated},
    {.id = "response.huge",
     .title = "An answer that does not end is cut off",
     .clause = "CWE-400",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "64 MiB of white space for the token answer",
     .requires_ = "The client closes the connection before the end; the next login works.",
     .mend = "Bound what is read of an answer: a token answer has a few kilobytes.",
     .motive = "golang/oauth2 reads 1 MiB at the most; hyperframes 64 KiB",
     .needs = kNeeds,
     .run = &huge},
    {.id = "response.deep-nesting",
     .title = "A deeply nested answer does not crash the client",
     .clause = "CWE-674; RFC 8259 §9",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "100,000 nested arrays",
     .requires_ = "The login fails, and the next one works.",
     .mend = "Use a JSON parser that bounds its depth.",
     .needs = kNeeds,
     .run = &deep_nesting},
};

}  // namespace

std::span<const Check> response_body_checks() { return kResponseBodyChecks; }

}  // namespace heygen::conformance
