// Flaws in how state is made, and in how a callback is matched with the login it belongs to.
#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/lib/text.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CallbackParams;
using client::LoginRules;
using client::PendingLogin;
using client::PendingRules;
using client::RandomSource;
using client::StateInput;
using Candidates = std::span<const PendingLogin>;
using Selected = std::optional<PendingLogin>;

// --- comparing -------------------------------------------------------------------------------

Selected newest(Candidates candidates) {
  if (candidates.empty()) return std::nullopt;
  return candidates.back();
}

// The first login that `same` holds for, given its state and the callback's.
template <typename Same>
Selected select_where(Candidates candidates, const CallbackParams& params, Same same) {
  if (!params.state) return std::nullopt;
  const auto found = std::ranges::find_if(
      candidates, [&](const PendingLogin& login) { return same(login.state, *params.state); });
  if (found == candidates.end()) return std::nullopt;
  return *found;
}

Selected any_state(Candidates candidates, const CallbackParams& /*params*/) {
  return newest(candidates);
}

Selected state_of_right_shape(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.size() == sent.size() && client::is_visible_ascii(got);
  });
}

Selected state_in_any_case(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, client::equal_ignoring_case);
}

Selected state_by_its_start(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.substr(0, 16) == sent.substr(0, 16);
  });
}

Selected state_trimmed(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return client::trim(got) == sent;
  });
}

Selected state_decoded_again(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    const auto again = client::form_decode("state=" + got);
    return !again.empty() && again.front().value == sent;
  });
}

Selected state_if_present(Candidates candidates, const CallbackParams& params) {
  return params.state ? client::select_by_state(candidates, params) : newest(candidates);
}

Selected state_if_filled(Candidates candidates, const CallbackParams& params) {
  const bool empty = params.state && params.state->empty();
  return empty ? newest(candidates) : client::select_by_state(candidates, params);
}

// Nothing was begun, so the state to expect is "": and so is the one that came.
Selected nothing_equals_nothing(Candidates candidates, const CallbackParams& params) {
  if (candidates.empty() && params.state && params.state->empty()) return PendingLogin{};
  return client::select_by_state(candidates, params);
}

Selected no_login_needed(Candidates candidates, const CallbackParams& params) {
  return candidates.empty() ? PendingLogin{} : client::select_by_state(candidates, params);
}

Selected state_by_received_length(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return sent.starts_with(got);
  });
}

Selected state_contained(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.find(sent) != std::string::npos;
  });
}

bool belongs_to_anybody(const PendingLogin& /*login*/, std::string_view /*session*/) {
  return true;
}

// --- spending ----------------------------------------------------------------------------------

void keep_login(std::vector<PendingLogin>& /*logins*/, const PendingLogin& /*used*/) {}

// The login is deleted where the code is exchanged, and an error never gets there.
void state_kept_on_error(client::Seams& seams) {
  const Kept<bool> is_error;
  seams.pending.select = [is_error](Candidates candidates, const CallbackParams& params) {
    is_error.set(params.error.has_value());
    return client::select_by_state(candidates, params);
  };
  seams.pending.consume = [is_error](std::vector<PendingLogin>& logins, const PendingLogin& used) {
    if (!is_error.get()) client::consume_login(logins, used);
  };
}

auto spend_at_second_use() {
  return [uses = Kept<std::map<std::string, int>>()](std::vector<PendingLogin>& logins,
                                                     const PendingLogin& used) {
    const int count = uses.with([&](auto& by_state) { return ++by_state[used.state]; });
    if (count >= 2) client::consume_login(logins, used);
  };
}

void remember_for_ever(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  fresh.expires_at = client::Instant::max();
  client::remember_login(logins, std::move(fresh));
}

void remember_for_a_week(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  fresh.expires_at += std::chrono::weeks{1};
  client::remember_login(logins, std::move(fresh));
}

// --- making ------------------------------------------------------------------------------------

std::string constant_state(const StateInput& /*input*/) { return "heygen"; }

auto state_per_process() {
  return [kept = Kept<std::string>()](const StateInput& input) {
    return kept.with([&](std::string& state) {
      if (state.empty()) state = client::make_state(input);
      return state;
    });
  };
}

auto state_per_minute() {
  struct Cached {
    client::Instant made{};
    std::string state{};
  };
  return [kept = Kept<Cached>()](const StateInput& input) {
    return kept.with([&](Cached& cached) {
      const auto age = input.now - cached.made;
      if (cached.state.empty() || age < age.zero() || age >= std::chrono::minutes{1}) {
        cached = {input.now, client::make_state(input)};
      }
      return cached.state;
    });
  };
}

std::string padded(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), '0').append(text);
}

auto counted_state() {
  return [count = Kept<std::uint64_t>()](const StateInput& /*input*/) {
    return padded(std::to_string(count.with([](auto& value) { return ++value; })), 32);
  };
}

auto counted_state_behind_a_prefix() {
  struct Counter {
    std::string prefix{};
    std::uint64_t count = 0;
  };
  return [kept = Kept<Counter>()](const StateInput& input) {
    return kept.with([&](Counter& counter) {
      if (counter.prefix.empty()) counter.prefix = random_hex(input.random, 12);
      return counter.prefix + padded(std::to_string(++counter.count), 12);
    });
  };
}

std::string timestamp_state(const StateInput& input) {
  return std::to_string(input.now.time_since_epoch().count()) + random_hex(input.random, 3);
}

std::int64_t seconds_of(client::Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

std::string drawn_from(std::mt19937& generator) {
  std::string octets;
  for (int word = 0; word < 8; ++word) {
    auto value = generator();
    for (int octet = 0; octet < 4; ++octet, value >>= 8U) {
      octets.push_back(static_cast<char>(value & 0xFFU));
    }
  }
  return to_base64url(octets);
}

auto time_seeded_state() {
  return [kept = Kept<std::optional<std::mt19937>>()](const StateInput& input) {
    return kept.with([&](std::optional<std::mt19937>& generator) {
      if (!generator) {
        generator.emplace(static_cast<std::mt19937::result_type>(seconds_of(input.now)));
      }
      return drawn_from(*generator);
    });
  };
}

auto verifier_never_seeded() {
  return [kept = Kept<std::mt19937>()](RandomSource& /*random*/) { return kept.with(drawn_from); };
}

auto hashed_time_state() {
  return [count = Kept<int>()](const StateInput& input) {
    const int login = count.with([](int& value) { return ++value; });
    return to_base64url(
        sha256_octets(std::to_string(seconds_of(input.now)) + "/" + std::to_string(login)));
  };
}

std::string short_state(const StateInput& input) { return random_hex(input.random, 3); }

std::string short_state_behind_a_prefix(const StateInput& input) {
  return "heygen-oauth-login-state-of-my-app-" + random_hex(input.random, 4);
}

std::string twenty_digits(const StateInput& input) { return random_digits(input.random, 20); }

std::string verifier_as_state(const StateInput& input) { return std::string(input.verifier); }

std::string state_carries_verifier(const StateInput& input) {
  return random_hex(input.random, 16) + "." + std::string(input.verifier);
}

std::string state_wraps_verifier(const StateInput& input) {
  return to_base64url(json_of(
      {{"nonce", random_hex(input.random, 16)}, {"verifier", std::string(input.verifier)}}));
}

std::string state_wraps_target(const StateInput& input) {
  return to_base64url(json_of({{"nonce", random_hex(input.random, 16)},
                               {"next", "https://app.example/after-login?tab=videos"}}));
}

std::string state_names_user(const StateInput& input) {
  return "alice@example.com." + client::make_state(input);
}

constexpr std::array kFlaws{
    Flaw{.id = "cm01-state-ignored",
         .summary = "accepts any state in the callback",
         .intended = {"callback.state.mismatch-rejected"},
         .plant = replace<&PendingRules::select, any_state>},
    Flaw{.id = "cm01b-state-shape-only",
         .summary = "accepts any state that has the right length and alphabet",
         .intended = {"callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_of_right_shape>},
    Flaw{.id = "cm01c-state-case-folded",
         .summary = "compares state without regard to case",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_in_any_case>},
    Flaw{.id = "cm01d-state-first-16",
         .summary = "compares the first 16 characters of state",
         .intended = {"callback.state.prefix-rejected", "callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_by_its_start>},
    Flaw{.id = "cm01e-state-trimmed",
         .summary = "trims blanks off the state before it compares",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_trimmed>},
    Flaw{.id = "cm01f-state-decoded-twice",
         .summary = "percent-decodes the state a second time before it compares",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_decoded_again>},
    Flaw{.id = "cm02-state-optional",
         .summary = "checks state only if it is present",
         .intended = {"callback.state.missing-rejected"},
         .plant = replace<&PendingRules::select, state_if_present>},
    Flaw{.id = "cm02b-state-optional-when-empty",
         .summary = "checks state only if it is not empty",
         .intended = {"callback.state.empty-rejected"},
         .variant_of = "cm02-state-optional",
         .plant = replace<&PendingRules::select, state_if_filled>},
    Flaw{.id = "cm03-state-empty-equal",
         .summary = "compares '' with '' when no login is pending",
         .intended = {"callback.state.empty-rejected"},
         .plant = replace<&PendingRules::select, nothing_equals_nothing>},
    Flaw{.id = "cm03b-unsolicited-accepted",
         .summary = "exchanges the code of a callback though no login is pending",
         .intended = {"callback.state.unsolicited-rejected", "callback.state.session-bound"},
         .variant_of = "cm03-state-empty-equal",
         .plant = replace<&PendingRules::select, no_login_needed>},
    Flaw{.id = "cm04-state-prefix-compare",
         .summary = "compares as many characters of state as were received",
         .intended = {"callback.state.prefix-rejected"},
         .plant = replace<&PendingRules::select, state_by_received_length>},
    Flaw{.id = "cm04b-state-contained",
         .summary = "looks for the state anywhere in what was received",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_contained>},
    Flaw{.id = "cm06-state-global",
         .summary = "pending states in one global set, not per session",
         .intended = {"callback.state.session-bound"},
         .plant = replace<&PendingRules::belongs_to, belongs_to_anybody>},
    Flaw{.id = "cm07-state-not-consumed",
         .summary = "does not delete the state after use",
         .intended = {"callback.state.single-use"},
         .plant = replace<&PendingRules::consume, keep_login>},
    Flaw{.id = "cm07b-state-kept-on-error",
         .summary = "deletes the state after a code, but not after an error",
         .intended = {"callback.state.consumed-on-error"},
         .variant_of = "cm07-state-not-consumed",
         .plant = state_kept_on_error},
    Flaw{.id = "cm07c-state-usable-twice",
         .summary = "deletes the state at its second use",
         .intended = {"callback.state.single-use", "callback.replay"},
         .variant_of = "cm07-state-not-consumed",
         .plant = replace_made<&PendingRules::consume, spend_at_second_use>},
    Flaw{.id = "cm08-state-constant",
         .summary = "state = \"heygen\" for each login",
         .intended = {"state.unique-per-request"},
         .plant = replace<&LoginRules::make_state, constant_state>},
    Flaw{.id = "cm08b-state-per-process",
         .summary = "one random state for all logins of a process",
         .intended = {"state.unique-per-request"},
         .variant_of = "cm08-state-constant",
         .plant = replace_made<&LoginRules::make_state, state_per_process>},
    Flaw{.id = "cm08c-state-cached-a-minute",
         .summary = "one random state for all logins of a minute",
         .intended = {"state.unique-per-request"},
         .variant_of = "cm08-state-constant",
         .plant = replace_made<&LoginRules::make_state, state_per_minute>},
    Flaw{.id = "cm09-state-counter",
         .summary = "state = ++counter, zero padded to 32 digits",
         .intended = {"state.not-monotonic"},
         .plant = replace_made<&LoginRules::make_state, counted_state>},
    Flaw{.id = "cm09b-state-counter-prefixed",
         .summary = "state = a random text of the process, then a counter",
         .intended = {"state.not-monotonic", "state.entropy.min"},
         .variant_of = "cm09-state-counter",
         .plant = replace_made<&LoginRules::make_state, counted_state_behind_a_prefix>},
    Flaw{.id = "cm09c-state-timestamp",
         .summary = "state = the time in milliseconds and six random digits",
         .intended = {"state.not-monotonic", "state.entropy.min"},
         .variant_of = "cm09-state-counter",
         .plant = replace<&LoginRules::make_state, timestamp_state>},
    Flaw{.id = "cm10-state-time-seeded",
         .summary =
             "a Mersenne twister seeded with the time: same states after a restart at that time",
         .intended = {"state.not-time-seeded"},
         .plant = replace_made<&LoginRules::make_state, time_seeded_state>},
    Flaw{.id = "cm10b-verifier-unseeded",
         .summary =
             "verifiers from a Mersenne twister that nobody seeded: the same after each restart",
         .intended = {"state.not-time-seeded"},
         .variant_of = "cm10-state-time-seeded",
         .plant = replace_made<&LoginRules::make_verifier, verifier_never_seeded>},
    Flaw{.id = "cm10c-state-hash-of-time",
         .summary = "state = SHA-256 of the time and a counter",
         .intended = {"state.not-time-seeded"},
         .variant_of = "cm10-state-time-seeded",
         .plant = replace_made<&LoginRules::make_state, hashed_time_state>},
    Flaw{.id = "cm11-state-short",
         .summary = "6 hex digits from a CSPRNG (24 bits)",
         .intended = {"state.entropy.min"},
         .plant = replace<&LoginRules::make_state, short_state>},
    Flaw{.id = "cm11b-state-short-behind-prefix",
         .summary = "43 characters of which the last 8 are random",
         .intended = {"state.entropy.min"},
         .variant_of = "cm11-state-short",
         .plant = replace<&LoginRules::make_state, short_state_behind_a_prefix>},
    Flaw{.id = "cm11c-state-twenty-digits",
         .summary = "20 random decimal digits (66 bits)",
         .intended = {"state.entropy.min"},
         .variant_of = "cm11-state-short",
         .plant = replace<&LoginRules::make_state, twenty_digits>},
    Flaw{.id = "cm12-state-is-verifier",
         .summary = "code_verifier reused as state",
         .intended = {"authorize.verifier-not-leaked"},
         .plant = replace<&LoginRules::make_state, verifier_as_state>},
    Flaw{.id = "cm12b-state-carries-verifier",
         .summary = "code_verifier appended to a random state",
         .intended = {"authorize.verifier-not-leaked"},
         .variant_of = "cm12-state-is-verifier",
         .plant = replace<&LoginRules::make_state, state_carries_verifier>},
    Flaw{.id = "cm12c-state-wraps-verifier",
         .summary = "state = base64url of a JSON object that holds the code_verifier",
         .intended = {"authorize.verifier-not-leaked", "state.not-data-bearing"},
         .variant_of = "cm12-state-is-verifier",
         .plant = replace<&LoginRules::make_state, state_wraps_verifier>},
    Flaw{.id = "cm60-state-wraps-target",
         .summary = "state = base64url of a JSON object that holds where to go after the login",
         .intended = {"state.not-data-bearing"},
         .plant = replace<&LoginRules::make_state, state_wraps_target>},
    Flaw{.id = "cm60b-state-names-user",
         .summary = "state begins with the user's e-mail address",
         .intended = {"state.not-data-bearing"},
         .variant_of = "cm60-state-wraps-target",
         .plant = replace<&LoginRules::make_state, state_names_user>},
    Flaw{.id = "cm61-pending-immortal",
         .summary = "a login that was begun waits for ever",
         .intended = {"callback.state.expires"},
         .plant = replace<&PendingRules::remember, remember_for_ever>},
    Flaw{.id = "cm61b-pending-a-week",
         .summary = "a login that was begun waits for a week",
         .intended = {"callback.state.expires"},
         .variant_of = "cm61-pending-immortal",
         .plant = replace<&PendingRules::remember, remember_for_a_week>},
};

}  // namespace

std::span<const Flaw> state_flaws() { return kFlaws; }

}  // namespace heygen::conformance
