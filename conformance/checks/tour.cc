// One check of each kind, to read first: a callback that must be refused, a value on the wire, a
// fault on the server, concurrency, a patched answer.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/expect.h"
#include "mock_server/core/crypto.h"
#include "mock_server/core/pkce.h"

namespace heygen::conformance {
namespace {

// Another text of that length whose SHA-256 begins with the same 16 bits: where a part of the
// hash is compared, to have a short key, it is the same.
std::string hashing_alike(const std::string& state) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr std::size_t kChanged = 5;
  constexpr std::uint32_t kTries = 1U << 20U;
  if (state.size() < kChanged) return state + "x";
  const auto start = [](std::string_view text) {
    const auto hash = mock::sha256(text);
    return std::pair(hash[0], hash[1]);
  };
  const auto wanted = start(state);
  std::string other = state;
  for (std::uint32_t i = 0; i < kTries; ++i) {
    for (std::size_t at = 0; at < kChanged; ++at) {
      other[other.size() - 1 - at] = kDigits[(i >> (5U * at)) & 31U];
    }
    if (other != state && start(other) == wanted) return other;
  }
  return flip_last(state);
}

// The code stays good: a client that does not look at the state completes the login, and is
// caught by its token request, not by silence.
Verdict state_mismatch(Trial& trial) {
  const auto changed = [](auto change) {
    return [change](CallbackUrl& url) { url.set("state", change(url.get("state"))); };
  };
  std::vector<Spoil> spoils{
      changed(&flip_last), changed([](std::string state) {
        state.front() = state.front() == 'A' ? 'B' : 'A';
        return state;
      }),
      changed([](const std::string& state) { return std::string(state.size(), 'f'); }),
      // Both ends stay, as where only they are looked at.
      changed([](std::string state) {
        char& middle = state[state.size() / 2];
        middle = middle == 'A' ? 'B' : 'A';
        return state;
      }),
      changed(&hashing_alike)};
  for (const std::string_view name : kNamesOfNoState) {
    spoils.push_back(changed([name](const std::string&) { return name; }));
  }
  return expect_callbacks_rejected(trial, spoils);
}

// Several, since a flaw may show with some verifiers only.
Verdict challenge_correct(Trial& trial) {
  for (int i = 0; i < 16; ++i) {
    const Login login = trial.try_login("challenge-" + std::to_string(i));
    const std::string verifier = require_token_request(trial, login).param("code_verifier");
    const std::string challenge = login.begun.param("code_challenge");
    require(trial, !verifier.empty() && !challenge.empty(), "no verifier and challenge were sent");
    if (challenge == mock::s256(verifier)) continue;
    const mock::Challenge sent{mock::ChallengeMethod::s256, challenge};
    return failed("the S256 challenge of the verifier is not what was sent: " +
                  mock::diagnose_mismatch(sent, verifier, {}));
  }
  return passed();
}

Verdict exchanged_once(Trial& trial) {
  trial.control();
  for (const std::string_view error : {"invalid_grant", "invalid_request"}) {
    trial.arm(Fault::at(Endpoint::token).error(error).first(20));
    const Login login = trial.try_login(error);
    trial.disarm();
    if (login.token_requests.size() != 1) {
      return failed("one token request for a code that was refused with " + std::string(error),
                    std::to_string(login.token_requests.size()));
    }
  }
  // Nobody knows whether these spent it: once more may be forgiven.
  constexpr std::size_t kMost = 2;
  for (const int status : {408, 429}) {
    trial.arm(Fault::at(Endpoint::token).status(status).first(20));
    const Login login = trial.try_login("status-" + std::to_string(status));
    trial.disarm();
    if (login.token_requests.size() > kMost) {
      return failed(
          "at most two token requests for a code that was answered with " + std::to_string(status),
          std::to_string(login.token_requests.size()));
    }
  }
  return passed();
}

// The first refresh is held until a second one comes, if one does: whoever refreshes without a
// lock is seen, however quick it is.
Verdict one_refresh_for_many(Trial& trial) {
  constexpr std::size_t kCalls = 20;
  constexpr std::chrono::milliseconds kHeld{40};
  trial.login();
  for (int round = 0; round < 5; ++round) {
    end_access_token(trial);
    trial.arm(Fault::at(Endpoint::refresh).barrier(2, kHeld).first(kCalls));
    const Mark before = trial.mark();
    const auto answers = trial.call_api_at_once(kCalls);
    trial.disarm();
    if (trial.refreshes(before).empty() && !trial.has(Capability::clock)) {
      return not_applicable("the client does not refresh after a 401");
    }
    std::vector<Verdict> verdicts{expect_one_refresh(trial, before)};
    for (const auto& answer : answers) verdicts.push_back(expect_call_succeeds(answer));
    if (Verdict verdict = worst_of(std::move(verdicts)); verdict.result != Result::pass) {
      return verdict;
    }
  }
  return passed();
}

// The server keeps the refresh token as it is and names none: the next expiry shows what was
// kept.
Verdict keeps_refresh_token(Trial& trial) {
  trial.policy("rotation", "omit");
  trial.login();
  const std::string kept = trial.secrets().values(SecretKind::refresh_token).front();
  for (int round = 1; round <= 2; ++round) {
    const auto refreshes = try_refresh(trial);
    if (refreshes.empty() && round == 1) trial.give_up("a dead access token was not refreshed");
    if (refreshes.empty()) return failed("the old refresh token to be used again", "no refresh");
    std::vector<Verdict> verdicts{
        expect_equal("the refresh token", kept, refreshes.front().param("refresh_token")),
        expect_call_succeeds(trial.call_api())};
    if (Verdict verdict = worst_of(std::move(verdicts)); verdict.result != Result::pass) {
      return verdict;
    }
  }
  if (!trial.has(Capability::restart)) return passed();
  // What the process remembers may not be what it has stored.
  trial.restart();
  const auto refreshes = try_refresh(trial);
  if (refreshes.empty()) return failed("a refresh by the next process", "none");
  return expect_equal("the refresh token", kept, refreshes.front().param("refresh_token"));
}

Verdict expires_in_string(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).patch("expires_in", "\"864000\"").once());
  const Login login = trial.try_login();
  if (!login.landed) {
    return failed("a login", "the callback was refused: " + login.landed.failure().message);
  }
  const Mark before = trial.mark();
  return worst_of({expect_usable(trial), expect_refreshes(trial, before, 0, 0)});
}

constexpr Check kTourChecks[] = {
    {.id = "callback.state.mismatch-rejected",
     .title = "A callback with a wrong state leads to no token request",
     .clause = "RFC 6749 §10.12; vendor's guide, step 2",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "good authorization responses whose state was changed, its length kept: at its "
                 "ends, in the middle, altogether, and so that its hash begins alike",
     .requires_ = "The client compares the state with the one it sent, and makes no token request.",
     .mend = "Keep the state of each login with the user's session, compare it exactly, and stop "
             "before the code is used.",
     .motive = "eduvpn/python-eduvpn-client#72",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &state_mismatch},
    {.id = "pkce.challenge.correct",
     .title = "The code_challenge is the SHA-256 of the verifier",
     .clause = "RFC 7636 §4.2, §4.6",
     .source = Source::normative,
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "a login; the challenge is computed again from the verifier",
     .requires_ = "code_challenge = BASE64URL(SHA256(ASCII(code_verifier))), without padding.",
     .mend = "Hash the verifier's characters as they are sent, and encode the 32 bytes of the "
             "digest (not its hex text) with the URL alphabet and without '='.",
     .motive = "barryf/micropublish#55 (hex digest)",
     .needs = {Capability::begin, Capability::callback},
     .run = &challenge_correct},
    {.id = "token.exactly-once",
     .title = "A code is sent to the token endpoint once, also after a refusal",
     .clause = "RFC 6749 §4.1.2",
     .source = Source::normative,
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "the token endpoint refuses the code with 400",
     .requires_ = "The client makes one token request for one code, whatever the answer.",
     .mend = "Do not retry a code exchange that the server refused: begin a new login.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &exchanged_once},
    {.id = "response.expires-in.string",
     .title = "expires_in as a string does no harm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "a token answer with \"expires_in\":\"864000\"",
     .requires_ = "The client reads the number or treats the lifetime as unknown; the login works.",
     .mend = "Accept a string that holds digits, and treat anything else as an unknown lifetime.",
     .motive = "SecureAuthCorp/oauth2c#120; golang/oauth2 (PayPal)",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api},
     .run = &expires_in_string},
    {.id = "refresh.rotation.keeps-old",
     .title = "Without a new refresh token the old one stays",
     .clause = "RFC 6749 §6",
     .source = Source::normative,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "refresh answers without a refresh_token, two expiries, and a restart",
     .requires_ = "The client keeps the refresh token it has, and refreshes with it again.",
     .mend = "Replace the stored refresh token only when the answer brings a new one.",
     .motive = "golang/oauth2#398; xoauth#32",
     .needs = {Capability::begin, Capability::callback, Capability::call_api, Capability::refresh},
     .own_process = true,
     .run = &keeps_refresh_token},
    {.id = "refresh.single-flight",
     .title = "Many calls with an expired token cost one refresh",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "20 calls at once after the access token died; the first refresh is held",
     .requires_ = "The client refreshes once, and all calls succeed: a refresh token that is spent "
                  "twice may cost the whole login.",
     .mend = "Put the refresh behind a lock; whoever waited for it uses the token that it brought.",
     .motive = "openclaw#87421; librefang#3625; openid/AppAuth-iOS#716",
     .needs = {Capability::begin, Capability::callback, Capability::call_api, Capability::refresh,
               Capability::concurrency},
     .run = &one_refresh_for_many},
};

}  // namespace

std::span<const Check> tour_checks() { return kTourChecks; }

}  // namespace heygen::conformance
