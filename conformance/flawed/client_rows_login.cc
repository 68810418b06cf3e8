// Rows: the authorization request.
#include <set>

#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::Seams;
using client::testing::CountingRandom;
using client::testing::kStart;
using Ask = std::function<std::string(const Maker&)>;

// Of RFC 7636, Appendix B.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

// The authorize URL from the end of its endpoint's host to the state, after a login that ended in
// an error.
std::string url_after(const Maker& make, std::string_view last_error) {
  client::Config config;
  config.authorize_url = "https://as/a?t=1";
  config.client_id = "i+";
  config.redirect_uri = "https://c/?a=1&b=%2F";
  const Seams seams = make();
  (void)seams.login.make_challenge(kVerifier, last_error);
  const client::Challenge challenge{"C", "S256"};
  const std::string url = seams.login.build_authorize_url({config, "S", challenge});
  return url.substr(10);
}

std::string url(const Maker& make) { return url_after(make, ""); }

std::string parameter(std::string text, std::string_view name) {
  text.erase(0, text.find(std::string(name) + "="));
  return text.substr(0, text.find("&code_"));
}

std::string redirect_in_url(const Maker& make) { return parameter(url(make), "redirect_uri"); }
std::string start_of_url(const Maker& make) {
  const std::string text = url(make);
  return text.substr(0, text.find("&redirect_uri"));
}
std::string end_of_url(const Maker& make) {
  const std::string text = url(make);
  return text.substr(text.find("&code_challenge_method"));
}
std::string url_after_refusal(const Maker& make) {
  const std::string text = url_after(make, "unsupported_response_type");
  return text.substr(0, text.find("&client_id"));
}

// What a login sends, when each answer of the token endpoint is this.
Ask sent_when(const client::HttpResponse& answer) {
  return [answer](const Maker& make) {
    client::testing::Rig rig(make());
    rig.transport.answer_with([answer](const auto&) { return answer; });
    (void)rig.client.complete_login("alice", "GET", rig.begin());
    std::string text;
    for (const auto& request : rig.transport.sent()) {
      const std::string grant = client::testing::body_value(request, "grant_type");
      text.append(request.method).append(" ").append(grant).append(" ");
    }
    return text;
  };
}

std::string scope_in_url(const Maker& make) {
  client::Config config = client::testing::test_config();
  config.scope = "a b";
  const client::Challenge challenge{"C", "S256"};
  return client::testing::query_value(make().login.build_authorize_url({config, "S", challenge}),
                                      "scope");
}

std::string state_and_its_check(const Maker& make) {
  client::testing::Rig rig(make());
  rig.transport.answer_with([](const auto&) { return client::testing::tokens(1); });
  const std::string callback = rig.begin();
  const std::string state = client::testing::query_value(callback, "state");
  return (state.empty() ? "none, " : "one, ") +
         outcome(rig.client.complete_login("alice", "GET", callback), "exchanged");
}

// --- state -------------------------------------------------------------------------------------

struct StateSource {
  explicit StateSource(const Maker& make) : seams(make()) {}
  std::string next(client::Instant now = kStart) {
    return seams.login.make_state({random, now, kVerifier});
  }
  Seams seams;
  CountingRandom random;
};

std::string first_state(const Maker& make) { return StateSource(make).next(); }
std::string second_state(const Maker& make) {
  StateSource source(make);
  (void)source.next();
  return source.next();
}

std::string states_of_a_minute(const Maker& make) {
  StateSource source(make);
  std::set<std::string> seen;
  for (int second = 0; second < 8; ++second) {
    seen.insert(source.next(kStart + std::chrono::seconds{second}));
  }
  return std::to_string(seen.size()) + " of 8";
}

std::string steps(const Maker& make) {
  StateSource source(make);
  std::set<std::uint64_t> steps;
  std::uint64_t before = 0;
  for (int i = 0; i < 6; ++i) {
    const std::string text = source.next();
    if (text.find_first_not_of("0123456789") != std::string::npos) return "others";
    const std::uint64_t value = std::stoull(text.substr(0, 20));
    if (i > 0) steps.insert(value - before);
    before = value;
  }
  return steps.size() == 1 ? "the same" : "others";
}

// Another process at the same instant, with other randomness.
std::string state_after_restart(const Maker& make) {
  StateSource before(make);
  StateSource after(make);
  (void)client::make_verifier(after.random);
  const std::string first = before.next();
  const bool fresh = before.next() != first;
  return after.next() == first ? (fresh ? "the same sequence" : "one state") : "others";
}

std::string verifier_after_restart(const Maker& make) {
  CountingRandom random;
  const Seams before = make();
  const Seams after = make();
  const std::string first = before.login.make_verifier(random);
  const bool fresh = before.login.make_verifier(random) != first;
  return after.login.make_verifier(random) == first && fresh ? "the same sequence" : "others";
}

// --- PKCE --------------------------------------------------------------------------------------

std::string verifier(const Maker& make) {
  CountingRandom random;
  return make().login.make_verifier(random);
}

std::string verifiers(const Maker& make) {
  const Seams seams = make();
  CountingRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 8; ++i) seen.insert(seams.login.make_verifier(random));
  return std::to_string(seen.size()) + " of 8";
}

std::string verifiers_with_plus_or_slash(const Maker& make) {
  const Seams seams = make();
  CountingRandom random;
  int count = 0;
  for (int i = 0; i < 16; ++i) {
    if (seams.login.make_verifier(random).find_first_of("+/") != std::string::npos) ++count;
  }
  return std::to_string(count) + " of 16";
}

std::string longest_and_shortest(const Maker& make) {
  const Seams seams = make();
  CountingRandom random;
  std::set<std::size_t> seen;
  for (int i = 0; i < 32; ++i) seen.insert(seams.login.make_verifier(random).size());
  return std::to_string(*seen.begin()) + " to " + std::to_string(*seen.rbegin());
}

Ask challenge_after(std::string_view last_error) {
  return [last_error](const Maker& make) {
    const client::Challenge challenge = make().login.make_challenge(kVerifier, last_error);
    return challenge.value + " " + challenge.method;
  };
}

std::string challenge_after_two_refusals(const Maker& make) {
  const Seams seams = make();
  (void)seams.login.make_challenge(kVerifier, "invalid_request");
  return seams.login.make_challenge(kVerifier, "invalid_request").value;
}

std::string verifier_of_first_user(const Maker& make) {
  const Seams seams = make();
  client::PendingLogins pending(seams.pending);
  const client::Instant end = kStart + client::kPendingLifetime;
  pending.add({"alice", "S1", "V1", "", end}, kStart);
  pending.add({"bob", "S2", "V2", "", end}, kStart);
  client::CallbackParams params;
  params.state = "S1";
  const auto login = pending.take("alice", params, kStart);
  return login ? login->verifier : "none";
}

// Which login's verifier goes with the callback of each of two logins.
std::string verifiers_of_two_logins(const Maker& make) {
  const Seams seams = make();
  client::PendingLogins pending(seams.pending);
  const client::Instant end = kStart + client::kPendingLifetime;
  pending.add({"alice", "S1", "V1", "", end}, kStart);
  pending.add({"alice", "S2", "V2", "", end}, kStart);
  std::string text;
  for (const char* state : {"S1", "S2"}) {
    client::CallbackParams params;
    params.state = state;
    const auto login = pending.take("alice", params, kStart);
    text.append(state).append(":").append(login ? login->verifier : "none").append(" ");
  }
  return text;
}

}  // namespace

std::vector<Row> login_rows() {
  const std::string redirect = "redirect_uri=https%3A%2F%2Fc%2F%3Fa%3D1%26b%3D%252F&state=S";
  const std::string start = "/a?t=1&response_type=code&client_id=i%2B";
  const std::string end = "&code_challenge_method=S256";
  const std::string state = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const std::string next_state = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
  const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  return {
      {"cm23-redirect-unencoded", redirect_in_url, redirect,
       "redirect_uri=https://c/?a=1&b=%2F&state=S"},
      {"cm23b-redirect-encoded-as-a-whole", redirect_in_url, redirect,
       "redirect_uri=https://c/?a=1&b=%252F&state=S"},
      {"cm23c-redirect-percent-left", redirect_in_url, redirect,
       "redirect_uri=https%3A%2F%2Fc%2F%3Fa%3D1%26b%3D%2F&state=S"},
      {"cm23d-redirect-encoded-twice", redirect_in_url, redirect,
       "redirect_uri=https%253A%252F%252Fc%252F%253Fa%253D1%2526b%253D%25252F&state=S"},
      {"cm65-endpoint-query-lost", start_of_url, start, "/a?response_type=code&client_id=i%2B"},
      {"cm65b-endpoint-second-question-mark", start_of_url, start,
       "/a?t=1?response_type=code&client_id=i%2B"},
      {"cm65c-endpoint-fragment", end_of_url, end, "&code_challenge_method=S256#login"},
      {"cm66-response-type-hybrid", start_of_url, start,
       "/a?t=1&response_type=code%20token&client_id=i%2B"},
      {"cm66b-response-type-twice", end_of_url, end,
       "&code_challenge_method=S256&response_type=id_token"},
      {"cm67-client-id-raw", start_of_url, start, "/a?t=1&response_type=code&client_id=i+"},
      {"cm67b-client-id-encoded-twice", start_of_url, start,
       "/a?t=1&response_type=code&client_id=i%252B"},
      {"cm68-state-twice", end_of_url, end, "&code_challenge_method=S256&state=S"},
      {"cm68b-client-id-twice", end_of_url, end, "&code_challenge_method=S256&client_id=i%2B"},
      {"cm69-secret-in-authorize-url", end_of_url, end,
       "&code_challenge_method=S256&client_secret=undefined"},
      {"cm69b-api-key-in-authorize-url", end_of_url, end, "&code_challenge_method=S256&key=none"},
      {"cm70-implicit-fallback", url_after_refusal, "/a?t=1&response_type=code",
       "/a?t=1&response_type=token"},
      {"cm70b-password-fallback",
       sent_when(client::testing::json_answer(400, R"({"error":"unsupported_grant_type"})")),
       "POST authorization_code ", "POST authorization_code POST password "},
      {"cm71-state-absent", state_and_its_check, "one, exchanged", "none, exchanged"},
      {"cm200-scope-commas", scope_in_url, "a b", "a,b"},
      {"cm200b-scope-encoded-twice", scope_in_url, "a b", "a%20b"},
      {"cm201-empty-parameters", end_of_url, end,
       "&code_challenge_method=S256&prompt=&login_hint="},
      {"cm202-authorize-fetched", sent_when(client::testing::tokens(1)), "POST authorization_code ",
       "GET  POST authorization_code "},

      {"cm08-state-constant", first_state, state, "heygen"},
      {"cm08b-state-per-process", states_of_a_minute, "8 of 8", "1 of 8"},
      {"cm08c-state-cached-a-minute", states_of_a_minute, "8 of 8", "1 of 8"},
      {"cm09-state-counter", second_state, next_state, "00000000000000000000000000000002"},
      {"cm09b-state-counter-prefixed", second_state, next_state,
       "000102030405060708090a0b000000000002"},
      {"cm09c-state-timestamp", first_state, state, "1767225600000000102"},
      {"cm09d-state-counter-encoded", second_state, next_state,
       "aGV5Z2VuLWxvZ2luLTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMg"},
      {"cm09e-state-equal-steps", steps, "others", "the same"},
      {"cm09f-state-timestamp-hex", first_state, state, "019b76daa8000001020304050607"},
      {"cm10-state-time-seeded", state_after_restart, "others", "the same sequence"},
      {"cm10b-verifier-unseeded", verifier_after_restart, "others", "the same sequence"},
      {"cm10c-state-hash-of-time", state_after_restart, "others", "the same sequence"},
      {"cm10d-state-hash-of-now", state_after_restart, "others", "one state"},
      {"cm11-state-short", first_state, state, "000102"},
      {"cm11b-state-short-behind-prefix", first_state, state,
       "heygen-oauth-login-state-of-my-app-00010203"},
      {"cm11c-state-twenty-digits", first_state, state, "01234567890123456789"},
      {"cm11d-state-base36", first_state, state, "0123456789a"},
      {"cm11e-state-short-thrice", first_state, state,
       "000102030405060700010203040506070001020304050607"},
      {"cm12-state-is-verifier", first_state, state, std::string(kVerifier)},
      {"cm12b-state-carries-verifier", first_state, state,
       "000102030405060708090a0b0c0d0e0f.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
      {"cm12c-state-wraps-verifier", first_state, state,
       "eyJub25jZSI6IjAwMDEwMjAzMDQwNTA2MDcwODA5MGEwYjBjMGQwZTBmIiwidmVyaWZpZXIiOiJkQmpmdEplWjRDVlA"
       "tbUI5MksyN3VoYlVKVTFwMXJfd1cxZ0ZXRk9FalhrIn0"},
      {"cm60-state-wraps-target", first_state, state,
       "eyJub25jZSI6IjAwMDEwMjAzMDQwNTA2MDcwODA5MGEwYjBjMGQwZTBmIiwibmV4dCI6Imh0dHBzOi8vYXBwLmV4YW1"
       "wbGUvYWZ0ZXItbG9naW4_dGFiPXZpZGVvcyJ9"},
      {"cm60b-state-names-user", first_state, state,
       "alice@example.com.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
      {"cm60c-state-carries-target", first_state, state,
       state + "|https://app.example/after-login"},

      {"cm13-verifier-constant", verifiers, "8 of 8", "1 of 8"},
      {"cm13b-verifier-for-eight-logins", verifiers, "8 of 8", "1 of 8"},
      {"cm14-verifier-42", longest_and_shortest, "43 to 43", "42 to 42"},
      {"cm14b-verifier-129", longest_and_shortest, "43 to 43", "129 to 129"},
      {"cm14c-verifier-uuid", verifier, state, "00010203-0405-4607-0809-0a0b0c0d0e0f"},
      {"cm14d-verifier-length-varies", longest_and_shortest, "43 to 43", "36 to 51"},
      {"cm15-verifier-plus-slash", verifier, state, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
      {"cm15b-verifier-plus-slash-unpadded", verifiers_with_plus_or_slash, "0 of 16", "2 of 16"},
      {"cm15c-verifier-padded", verifier, state, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
      {"cm62-verifier-of-digits", verifier, state, "0123456789012345678901234567890123456789012"},
      {"cm62b-verifier-mostly-constant", verifier, state,
       "heygen-oauth-code-verifier-of-my-app-000102030405"},
      {"cm62c-verifier-twice", verifier, state,
       "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"},
      {"cm16-challenge-padded", challenge_after(""), challenge + " S256",
       "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM= S256"},
      {"cm16b-challenge-plus-slash", challenge_after(""), challenge + " S256",
       "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM S256"},
      {"cm17-challenge-hex", challenge_after(""), challenge + " S256",
       "MTNkMzFlOTYxYTFhZDhlYzJmMTZiMTBjNGM5ODJlMDg3NmE4NzhhZDZkZjE0NDU2NmVlMTg5NGFjYjcwZjljMw "
       "S256"},
      {"cm17b-challenge-of-decoded", challenge_after(""), challenge + " S256",
       "38v3YOi6zQgk1xkqk6Y5dvSDoBHqZrTh3mmWHxxWvyk S256"},
      {"cm17c-challenge-hashed-twice", challenge_after(""), challenge + " S256",
       "DSmbHrVIcI0EU05-BQxCe1bt-hXRNjejSEvdYbq_g4Q S256"},
      {"cm17d-challenge-is-hex", challenge_after(""), challenge + " S256",
       "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3 S256"},
      {"cm17e-challenge-of-a-line", challenge_after(""), challenge + " S256",
       "AzV44Od887h21WZgjhInEFjKMEPzzLOPAksJ5Pf1eoc S256"},
      {"cm18-method-plain", challenge_after(""), challenge + " S256",
       std::string(kVerifier) + " plain"},
      {"cm18b-method-absent", challenge_after(""), challenge + " S256", challenge + " "},
      {"cm18c-method-small-letter", challenge_after(""), challenge + " S256", challenge + " s256"},
      {"cm20-pkce-fallback", challenge_after("invalid_request"), challenge + " S256", " "},
      {"cm20b-pkce-fallback-to-plain", challenge_after("invalid_request"), challenge + " S256",
       std::string(kVerifier) + " plain"},
      {"cm20c-pkce-fallback-at-second", challenge_after_two_refusals, challenge, ""},
      {"cm63-challenge-absent", challenge_after(""), challenge + " S256", " "},
      {"cm21-verifier-global", verifiers_of_two_logins, "S1:V1 S2:V2 ", "S1:V2 S2:V2 "},
      {"cm21b-verifier-of-the-first", verifiers_of_two_logins, "S1:V1 S2:V2 ", "S1:V1 S2:V1 "},
      {"cm21c-verifier-for-all-users", verifier_of_first_user, "V1", "V2"},
  };
}

}  // namespace heygen::conformance::testing
