// The authorize endpoint's answers to a browser.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/checks/page_headers.h"
#include "conformance/checks/page_text.h"
#include "conformance/server/expect.h"
#include "conformance/server/html_form.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

Verdict not_307(ServerTrial& trial) {
  trial.ask_users();
  const Asked asked = trial.ask();
  const Reply page = trial.open(asked.params);
  trial.require(page.ok() && page.is_html(), "there is no consent page");
  const auto judge = [](const Reply& sent, const std::string& after) {
    return sent.status() == 302 || sent.status() == 303
               ? passed()
               : failed("303 (or 302) after " + after, sent.describe());
  };
  const Reply sent = trial.decide(page, Decision::approve);
  trial.require(sent.redirects(), "the consent form led to no redirect: " + sent.describe());
  const Verdict approved = judge(sent, "the consent form");
  if (approved.result != Result::pass) return approved;
  const Reply again = trial.open(trial.ask().params);
  const auto form = find_form(again.body());
  if (!form || !form->post || !form->filled(/*approve=*/false, trial.target().form_fields)) {
    return approved;  // nobody can deny there
  }
  const Reply refused = trial.decide(again, Decision::deny);
  return refused.redirects() ? judge(refused, "a denial by the form") : approved;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What an answer to a browser says of itself.
Verdict judge_headers(const Reply& reply, std::string_view what) {
  const auto wrong = [&](std::string_view expected) {
    return failed(std::string(expected) + " on " + std::string(what), reply.describe());
  };
  if (reply.seen().response().headers.has("Access-Control-Allow-Origin")) {
    return wrong("no Access-Control-Allow-Origin");
  }
  const auto& fields = reply.seen().response().headers;
  if (!forbids_storing(fields)) return wrong("Cache-Control: no-store");
  if (!sends_no_referrer(joined(fields, "Referrer-Policy"))) {
    return wrong("Referrer-Policy: no-referrer (or one that keeps path and query as well)");
  }
  return reply.is_html() && may_be_framed(fields)
             ? wrong("X-Frame-Options or frame-ancestors that keep others out")
             : passed();
}

Verdict no_frame_no_cors(ServerTrial& trial) {
  const mock::wire::Headers headers{{"Origin", "https://attacker.example"},
                                    {"Accept", "text/html"}};
  std::vector<Verdict> verdicts;
  verdicts.push_back(judge_headers(
      trial.open(trial.ask().params.with("client_id", "nobody"), headers), "the error page"));
  verdicts.push_back(judge_headers(trial.open(trial.ask().params, headers), "the first answer"));
  const Reply last = trial.visit(trial.ask().params);
  trial.require(last.redirects(), "a good request brought no redirect");
  verdicts.push_back(judge_headers(last, "the redirect"));
  if (trial.has(Capability::form)) {
    trial.ask_users();
    const Reply page = trial.open(trial.ask().params, headers);
    verdicts.push_back(judge_headers(page, "the consent page"));
    const auto form = page.is_html() ? find_form(page.body()) : std::nullopt;
    if (form && form->post) {
      verdicts.push_back(
          judge_headers(trial.decide(page, Decision::approve), "the answer to the consent form"));
    }
  }
  return worst_of(std::move(verdicts));
}

Verdict error_escaped(ServerTrial& trial) {
  constexpr std::string_view kCanary = "canary4d81e6";
  const std::string canary(kCanary);
  const std::string script = "javascript:" + canary;
  // As a tag; out of an attribute, which a quote alone ends, or a blank; out of a script's string.
  const std::vector<std::string> payloads{"zq\"'><script>" + canary + "</script>",
                                          "zq\" onfocus=" + canary + " autofocus x=\"",
                                          "zq' onfocus=" + canary + " autofocus x='",
                                          "zq onfocus=" + canary + " autofocus x=",
                                          "zq';" + canary + ";'",
                                          "zq\";" + canary + ";\""};
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Reply& reply) {
    verdicts.push_back(passed());
    if (!reply.is_html()) return;
    if (has_live_markup(reply.body(), kCanary)) {
      verdicts.back() = failed("the request's text escaped on the page", "it stands there raw");
    } else if (has_attribute_value(reply.body(), script)) {
      verdicts.back() = failed("no address of a script on the page", "what the request named");
    }
  };
  const Params good = trial.ask().params;
  for (const std::string& payload : payloads) {
    for (const char* const name : {"client_id", "redirect_uri", "response_type", "state", "scope",
                                   "code_challenge_method"}) {
      judge(trial.open(good.with(name, payload)));
    }
  }
  judge(trial.open(good.with("client_id", "nobody").with("state", payloads[0])));
  for (const std::string& uri : {script + "//" + payloads[0], script, " JavaScript:" + canary}) {
    judge(trial.open(good.with("redirect_uri", uri)));
  }
  if (trial.has(Capability::form)) {
    trial.ask_users();
    for (const std::string& payload : payloads) {
      judge(trial.open(good.with("scope", payload).with("state", payload)));
    }
  }
  if (trial.has(Capability::device)) {
    const Reply device = trial.post(trial.target().device_url, {{"client_id", trial.client().id}});
    const std::string page = device.text("verification_uri");
    trial.require(!origin_of(page).empty(), "a device was told no page for its user");
    for (const std::string& payload : payloads) {
      judge(trial.send(
          {"GET",
           page + (contains(page, "?") ? "&" : "?") + Params{{"user_code", payload}}.encoded(),
           {{"Accept", "text/html"}},
           ""}));
    }
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerPageChecks{
    Check{.id = "server.authorize.not-307",
          .title = "After the consent form the browser is sent on by 303",
          .clause = "RFC 9700 §4.12",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "the consent page's form is sent, approving and, where it can, denying",
          .requires_ = "303 or 302: 307 and 308 would post the user's form to the client.",
          .mend = "Redirect with 303 after a POST.",
          .motive = "lastuser#154; louketo#628",
          .needs = {Capability::form},
          .side = Side::server,
          .run_server = &not_307},
    Check{.id = "server.authorize.no-frame-no-cors",
          .title = "Pages cannot be framed, fetched, stored or referred from",
          .clause = "RFC 9700 §4.16, §2.6, §4.2.4",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "the error page, the consent page, the answer to its form and the redirect, "
                      "asked for from another origin",
          .requires_ =
              "X-Frame-Options or frame-ancestors on pages that keep others out; no "
              "Access-Control-Allow-Origin; Referrer-Policy: no-referrer (or same-origin, origin, "
              "strict-origin); Cache-Control: no-store. (The last two are the suite's demand.)",
          .mend = "Send these headers with every answer of the authorize endpoint.",
          .motive = "OAuch HasFrameOptions, ReferrerPolicy",
          .side = Side::server,
          .run_server = &no_frame_no_cors},
    Check{.id = "server.authorize.error-escaped",
          .title = "What a request says cannot run on the server's pages",
          .clause = "CWE-79; RFC 6749 §10.14",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "requests with markup, script and javascript: URLs in client_id, redirect_uri, "
              "state, scope, a device's user_code and others",
          .requires_ = "On every page it is escaped, or not there.",
          .mend = "Escape & < > \" ' in all that a page shows.",
          .side = Side::server,
          .run_server = &error_escaped},
};

}  // namespace

std::span<const Check> server_page_checks() { return kServerPageChecks; }

}  // namespace heygen::conformance
