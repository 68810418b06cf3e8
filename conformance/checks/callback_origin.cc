// Who the response comes from, and how often it comes: the issuer (RFC 9207), the pinned endpoint,
// the replay (RFC 6749 §4.1.2).

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

// What a server at these addresses would call itself, where no issuer can be configured.
std::string issuer_of(const Trial& trial) {
  return trial.setup().issuer.value_or(trial.base_url());
}

Setup with_issuer() {
  Setup setup;
  setup.issuer = "https://issuer.example/tenant";
  return setup;
}

// RFC 9207 §2.4: simple string comparison.
Verdict issuer_mismatch(Trial& trial) {
  trial.set_up(with_issuer());
  const auto names = [](std::string_view issuer) {
    return [issuer](CallbackUrl& url) { url.set("iss", issuer); };
  };
  const auto two = [](std::string_view first, std::string_view second) {
    return [first, second](CallbackUrl& url) {
      url.set("iss", first);
      url.append("iss", second);
    };
  };
  return expect_callbacks_rejected(
      trial, {names("https://evil.example"), names("https://evil.example/tenant"),
              names("https://issuer.example/tenant/"), names("https://issuer.example/"),
              names("https://issuer.example/tenant.evil.example"),
              names("http://issuer.example/tenant"), names("HTTPS://ISSUER.EXAMPLE/TENANT"),
              two("https://issuer.example/tenant", "https://evil.example"),
              two("https://evil.example", "https://issuer.example/tenant")});
}

// Nobody announces one here. Whether a client is able to log in at all shows with one.
Verdict issuer_absent(Trial& trial) {
  CallbackUrl url = trial.authorize(trial.begin("without"));
  url.drop("iss");
  const auto landed = trial.callback(url, "without");
  if (landed && trial.state("without") == LoginState::logged_in) return passed();
  CallbackUrl with = trial.authorize(trial.begin("with"));
  with.set("iss", issuer_of(trial));
  const auto second = trial.callback(with, "with");
  if (second && trial.state("with") == LoginState::logged_in) {
    return failed("a login without iss", "only one with it succeeds");
  }
  trial.give_up("a good login did not succeed, with iss or without");
}

Verdict issuer_match(Trial& trial) {
  if (trial.has(Capability::issuer)) trial.set_up(with_issuer());
  const CallbackUrl good = trial.authorize(trial.begin("with"));
  CallbackUrl url = good;
  url.set("iss", issuer_of(trial));
  const auto landed = trial.callback(url, "with");
  if (landed && trial.state("with") == LoginState::logged_in) return passed();
  // The control is a login without: with an issuer configured the mock names it by itself.
  CallbackUrl without = trial.authorize(trial.begin("without"));
  without.drop("iss");
  if (trial.callback(without, "without") && trial.state("without") == LoginState::logged_in) {
    // Who knows no issuer cannot tell the right one, and may discard the response (RFC 9207 §2.4).
    if (!trial.has(Capability::issuer)) {
      return not_applicable("it was told no issuer, and refuses a response that names one");
    }
    return failed("a login with the right iss", "only one without it succeeds");
  }
  trial.give_up("a good login did not succeed, with iss or without");
}

Verdict endpoint_pinned(Trial& trial) {
  trial.control();
  const std::string evil = trial.evil().url();
  // Some vendors do name the user's region in the response.
  const std::array<std::string_view, 14> endpoints{
      "token_endpoint",  "token_url",           "token_uri", "token_server", "as",       "server",
      "accounts-server", "api_domain",          "api_base",  "base_url",     "location", "region",
      "instance_url",    "authorization_server"};
  const std::vector<Spoil> spoils{[&](CallbackUrl& url) {
                                    for (const auto name : endpoints) url.append(name, evil + "/t");
                                  },
                                  [&](CallbackUrl& url) {
                                    url.append("redirect_uri", evil + "/c");
                                    url.append("client_id", "another-client");
                                  },
                                  [&](CallbackUrl& url) { url.set("iss", evil); }};
  const Mark before = trial.mark();
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    const std::string session = "mixed-up-" + std::to_string(i + 1);
    CallbackUrl url = trial.authorize(trial.begin(session));
    spoils[i](url);
    (void)trial.callback(url, session);
  }
  if (!trial.evil().seen().empty()) {
    return failed("the configured token endpoint alone",
                  "a request to the origin that the response named");
  }
  for (const Seen& request : trial.code_requests(before)) {
    if (request.param("client_id") == "another-client" ||
        request.param("redirect_uri").starts_with(evil)) {
      return failed("the configured client_id and redirect_uri", "those of the response");
    }
  }
  trial.control();
  return passed();
}

// Two at once; the first token request is held until a second one comes, if one does.
Verdict expect_one_exchange(Trial& trial, std::string_view session) {
  constexpr std::chrono::milliseconds kHeld{60};
  const CallbackUrl url = trial.authorize(trial.begin(session));
  trial.arm(Fault::at(Endpoint::token).barrier(2, kHeld).first(2));
  const Mark before = trial.mark();
  (void)trial.callbacks({url, url}, session);
  trial.disarm();
  const std::size_t sent = trial.code_requests(before).size();
  require(trial, sent > 0, "no token request was made");
  return sent == 1 ? passed()
                   : failed("one token request for two callbacks at once", std::to_string(sent));
}

// Loaded again after the login, twice, and loaded twice at once.
Verdict replayed(Trial& trial) {
  const Login login = trial.login();
  const Mark before = trial.mark();
  for (int again = 0; again < 2; ++again) (void)trial.callback(login.callback);
  const Verdict verdict = expect_no_token_request(trial, before);
  if (verdict.result != Result::pass) return verdict;
  if (trial.has(Capability::concurrency)) {
    const Verdict at_once = expect_one_exchange(trial, "at-once");
    if (at_once.result != Result::pass) return at_once;
  }
  trial.control();
  return passed();
}

Verdict submitted_twice(Trial& trial) {
  trial.control();
  for (int round = 1; round <= 2; ++round) {
    const Verdict verdict = expect_one_exchange(trial, "round-" + std::to_string(round));
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

constexpr Check kCallbackOriginChecks[] = {
    {.id = "callback.iss.mismatch-rejected",
     .title = "A response of another issuer is refused",
     .clause = "RFC 9207 §2.4; RFC 9700 §4.4.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "good responses whose iss is another issuer than the configured one, or nearly it",
     .requires_ = "The client refuses each.",
     .mend = "Compare iss with the issuer you were configured for, byte for byte.",
     .motive = "jellyfin-plugin-sso#125",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::issuer},
     .run = &issuer_mismatch},
    {.id = "callback.iss.absent-tolerated",
     .title = "A response without iss is taken",
     .clause = "RFC 9207 §2.4; vendor's guide",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response without iss, of a server that announces none",
     .requires_ = "The login succeeds.",
     .mend = "Demand iss only of servers whose metadata announces it.",
     .needs = kLogin,
     .run = &issuer_absent},
    {.id = "callback.iss.match-accepted",
     .title = "The right iss does not break the login",
     .clause = "RFC 6749 §4.1.2; RFC 9207 §2.4",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response with the server's own iss",
     .requires_ = "The login succeeds.",
     .mend = "Compare iss with the configured issuer.",
     .needs = kLogin,
     .run = &issuer_match},
    {.id = "callback.mixup.token-endpoint-pinned",
     .title = "Nothing in the response changes where the code goes",
     .clause = "RFC 6749 §4.1.2; RFC 9700 §4.4.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "responses that name a token endpoint, an issuer, a client_id and a redirect_uri "
                 "of another origin",
     .requires_ = "That origin sees no request, and the token request is as configured.",
     .mend = "Take endpoints from the configuration alone.",
     .needs = kLogin,
     .run = &endpoint_pinned},
    {.id = "callback.replay",
     .title = "The same callback twice leads to one token request",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "the callback of a finished login is delivered again; then one twice at once",
     .requires_ = "The client sends the code no second time.",
     .mend = "Spend the pending login when its callback arrives; a second one finds nothing.",
     .needs = kLogin,
     .run = &replayed},
    {.id = "callback.double-submit-parallel",
     .title = "Two callbacks at once lead to one token request",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "the same callback twice at once, while the token endpoint takes its time",
     .requires_ = "One token request.",
     .mend = "Take the pending login out of its store in one step, before the code is sent.",
     .motive = "heygen-cli's loopback server delivers once",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::concurrency},
     .run = &submitted_twice},
};

}  // namespace

std::span<const Check> callback_origin_checks() { return kCallbackOriginChecks; }

}  // namespace heygen::conformance
