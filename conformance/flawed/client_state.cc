// Flaws in how state is made.
#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::LoginRules;
using client::RandomSource;
using client::StateInput;

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

std::string hashed_now(const StateInput& input) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(input.now);
  return to_hex(sha256_octets(std::to_string(now.time_since_epoch().count())));
}

// A congruential generator whose whole state is sent.
auto generated_state() {
  return [kept = Kept<std::optional<std::uint64_t>>()](const StateInput& input) {
    return kept.with([&](std::optional<std::uint64_t>& value) {
      constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;
      if (!value) value = std::hash<std::string>{}(random_text(input.random, 8));
      *value += kStep;
      return padded(std::to_string(*value), 20) + padded(std::to_string(*value), 20);
    });
  };
}

auto counted_state_in_base64() {
  return [kept = Kept<std::uint64_t>()](const StateInput& /*input*/) {
    const std::uint64_t count = kept.with([](auto& value) { return ++value; });
    return to_base64url("heygen-login-" + padded(std::to_string(count), 24));
  };
}

std::string timestamp_in_hex(const StateInput& input) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(input.now);
  auto value = static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::string octets;
  for (int octet = 0; octet < 6; ++octet, value >>= 8U) {
    octets.insert(octets.begin(), static_cast<char>(value & 0xFFU));
  }
  return to_hex(octets) + random_hex(input.random, 8);
}

// What Math.random().toString(36).slice(2) comes to.
std::string eleven_of_base36(const StateInput& input) {
  std::string text;
  for (const char c : random_text(input.random, 11)) {
    text.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<unsigned char>(c) % 36]);
  }
  return text;
}

std::string short_state_thrice(const StateInput& input) {
  const std::string text = random_hex(input.random, 8);
  return text + text + text;
}

std::string state_carries_target(const StateInput& input) {
  return client::make_state(input) + "|https://app.example/after-login";
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

constexpr std::array kClientStateFlaws{
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
    Flaw{.id = "cm09d-state-counter-encoded",
         .summary = "state = base64url of a text with a counter in it",
         .intended = {"state.not-monotonic"},
         .variant_of = "cm09-state-counter",
         .plant = replace_made<&LoginRules::make_state, counted_state_in_base64>},
    Flaw{.id = "cm09e-state-equal-steps",
         .summary = "state = a number that grows by a large constant",
         .intended = {"state.not-monotonic"},
         .variant_of = "cm09-state-counter",
         .plant = replace_made<&LoginRules::make_state, generated_state>},
    Flaw{.id = "cm09f-state-timestamp-hex",
         .summary = "state = the time in hexadecimal milliseconds and 64 random bits",
         .intended = {"state.not-monotonic", "state.entropy.min"},
         .variant_of = "cm09-state-counter",
         .plant = replace<&LoginRules::make_state, timestamp_in_hex>},
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
    Flaw{.id = "cm10d-state-hash-of-now",
         .summary = "state = SHA-256 of the milliseconds since 1970",
         .intended = {"state.not-time-seeded"},
         .variant_of = "cm10-state-time-seeded",
         .plant = replace<&LoginRules::make_state, hashed_now>},
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
    Flaw{.id = "cm11d-state-base36",
         .summary = "11 characters of base 36 (57 bits)",
         .intended = {"state.entropy.min"},
         .variant_of = "cm11-state-short",
         .plant = replace<&LoginRules::make_state, eleven_of_base36>},
    Flaw{.id = "cm11e-state-short-thrice",
         .summary = "48 hex digits: 16 random ones, three times",
         .intended = {"state.entropy.min"},
         .variant_of = "cm11-state-short",
         .plant = replace<&LoginRules::make_state, short_state_thrice>},
    Flaw{.id = "cm12-state-is-verifier",
         .summary = "code_verifier reused as state",
         .intended = {"authorize.verifier-not-leaked", "authorize.no-secret"},
         .plant = replace<&LoginRules::make_state, verifier_as_state>},
    Flaw{.id = "cm12b-state-carries-verifier",
         .summary = "code_verifier appended to a random state",
         .intended = {"authorize.verifier-not-leaked", "authorize.no-secret"},
         .variant_of = "cm12-state-is-verifier",
         .plant = replace<&LoginRules::make_state, state_carries_verifier>},
    Flaw{.id = "cm12c-state-wraps-verifier",
         .summary = "state = base64url of a JSON object that holds the code_verifier",
         .intended = {"authorize.verifier-not-leaked", "authorize.no-secret",
                      "state.not-data-bearing"},
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
    Flaw{.id = "cm60c-state-carries-target",
         .summary = "a URL to go to stands behind a random state",
         .intended = {"state.not-data-bearing"},
         .variant_of = "cm60-state-wraps-target",
         .plant = replace<&LoginRules::make_state, state_carries_target>},
};

}  // namespace

std::span<const Flaw> state_flaws() { return kClientStateFlaws; }

}  // namespace heygen::conformance
