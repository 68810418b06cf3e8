// How the state is made (RFC 6749 §10.10, §10.12).

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/pages.h"
#include "conformance/checks/samples.h"
#include "conformance/expect.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kBegin{Capability::begin};
constexpr std::size_t kSamples = 64;

Verdict state_present(Trial& trial) {
  return trial.begin().param("state").empty() ? failed("a state", "none, or an empty one")
                                              : passed();
}

Verdict state_unique(Trial& trial) {
  auto states = draw_samples(trial, "state", kSamples / 2);
  if (trial.has(Capability::callback)) {
    const auto more = draw_after_failures(trial, "state");
    states.insert(states.end(), more.begin(), more.end());
  }
  // A link to the start, from anywhere, that names a state.
  constexpr std::string_view kPlanted = "planted-state-0123456789-abcdefghijklmnop";
  const auto lured = trial.begin_with({.query = "state=" + std::string(kPlanted)}, "lured");
  if (lured && lured->param("state").find(kPlanted) != std::string::npos) {
    return failed("a fresh state in each request", "the one that the link to the start named");
  }
  std::set<std::string_view> known;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (known.insert(states[i]).second) continue;
    return failed("a fresh state in each request",
                  "the one of request " + std::to_string(i + 1) + " was sent before");
  }
  return passed();
}

std::string rounded(double bits) { return std::to_string(std::lround(bits)) + " bits"; }

Verdict entropy_min(Trial& trial) {
  constexpr double kAdvised = 159;  // RFC 6749 §10.10: 2^-160 SHOULD; with room for chance
  const auto states = draw_samples(trial, "state", kSamples);
  const std::set<std::string> different(states.begin(), states.end());
  if (different.size() < states.size()) {
    return failed("a state of its own for each of " + std::to_string(states.size()) + " logins",
                  std::to_string(different.size()) + " different ones");
  }
  const double bits = entropy_bound(states);
  if (bits < kLeastBits) return failed("a state of 128 bits", "at the most " + rounded(bits));
  const std::string most = "its states can carry at the most " + rounded(bits);
  if (bits < kAdvised) return warned(most + "; 160 are advised, 128 are demanded");
  return passed(most + " (length and alphabet show weakness only, never strength)");
}

// --- drawn from the time -------------------------------------------------------------------------

// A text that is a hash of the second or the millisecond in which it was made.
bool is_hash_of_time(std::string_view text, mock::TimePoint from, mock::TimePoint to) {
  for (auto at = from; at <= to; at += std::chrono::milliseconds{1}) {
    const auto ms = at.time_since_epoch().count();
    for (const auto number : {ms, ms / 1000}) {
      const mock::Sha256 digest = mock::sha256(std::to_string(number));
      const std::string hex = mock::hex(digest);
      const std::string base64 = mock::base64url(digest);
      if (text.size() >= 16 && (hex.starts_with(text) || base64.starts_with(text))) return true;
    }
  }
  return false;
}

// Processes that are started one after the other, and told the same time before each login: whoever
// makes a value of the time, or of nothing, makes it again.
Verdict not_time_seeded(Trial& trial) {
  constexpr int kProcesses = 4;
  constexpr int kLogins = 3;
  std::map<std::string, int> process_of;
  trial.mock().clock().freeze();
  for (int process = 1; process <= kProcesses; ++process) {
    if (process > 1) trial.restart();
    for (int i = 0; i < kLogins; ++i) {
      trial.advance(std::chrono::seconds{0});
      const auto before =
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
      const Begun begun = trial.begin("seeded-" + std::to_string(i));
      const auto after =
          std::chrono::ceil<std::chrono::milliseconds>(std::chrono::system_clock::now());
      for (const std::string_view param : {"state", "code_challenge"}) {
        const std::string value = begun.param(param);
        if (value.empty()) continue;
        if (is_hash_of_time(value, before, after)) {
          return failed(std::string(param) + " that nobody can guess", "a hash of the time");
        }
        const auto [known, fresh] = process_of.emplace(value, process);
        if (fresh) continue;
        const std::string where = known->second == process
                                      ? "for another login at the same time"
                                      : "by an earlier process, at the same time of its clock";
        return failed(std::string(param) + " of a secure source of randomness",
                      "one that was sent before " + where);
      }
    }
  }
  require(trial, !process_of.empty(), "no state and no code_challenge were sent");
  return passed();
}

Verdict not_monotonic(Trial& trial) {
  using std::chrono::days;
  const auto states = draw_samples(trial, "state", kSamples);
  if (have_equal_steps(states)) {
    return failed("states that do not follow from one another", "numbers with equal steps");
  }
  // A time beside enough randomness does no harm.
  if (entropy_bound(states) >= kLeastBits) return passed();
  if (are_sorted(states)) {
    return failed("states in no order", "each is greater, or each smaller, than the one before");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (hold_time(states, now - days{1}, now + days{1})) {
    return failed("states of randomness alone", "the time, and little else");
  }
  return passed();
}

// --- what it tells -------------------------------------------------------------------------------

bool has_mail_address(std::string_view text) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
  };
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view domain = text.substr(at + 1, end - at - 1);
    if (at > 0 && is_word(text[at - 1]) && domain.find('.', 1) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// What a reader of the URL would learn; nothing when it is noise.
std::string told_by(std::string_view text) {
  constexpr std::array<std::string_view, 10> kTargets{
      "\"next\"",     "\"redirect",  "\"return",   "\"url\"",  "\"target\"",
      "\"returnTo\"", "redirect_to", "return_to=", "return=/", "next="};
  constexpr std::array<std::string_view, 6> kUsers{"\"user",  "\"email\"", "\"sub\"",
                                                   "user_id", "user=",     "email="};
  if (text.find("://") != std::string_view::npos) return "a URL";
  if (has_mail_address(text)) return "an e-mail address";
  for (const std::string_view word : kTargets) {
    if (text.find(word) != std::string_view::npos) return "where to go after the login";
  }
  for (const std::string_view word : {"verifier", "\"secret", "_token\""}) {
    if (text.find(word) != std::string_view::npos) return "a secret";
  }
  for (const std::string_view word : kUsers) {
    if (text.find(word) != std::string_view::npos) return "who the user is";
  }
  return "";
}

// Of the cookies that the session's browser was given, one that stands in the states of both
// logins, beside something else: a cookie for the state itself differs from login to login.
bool name_session(Trial& trial, const std::string& first, const std::string& second) {
  constexpr std::size_t kTelling = 8;
  for (const auto& [name, value] : cookies_of(trial.shown())) {
    const auto stands_in = [&value = value](const std::string& state) {
      return state.size() > value.size() && state.find(value) != std::string::npos;
    };
    if (value.size() >= kTelling && stands_in(first) && stands_in(second)) return true;
  }
  return false;
}

Verdict not_data_bearing(Trial& trial) {
  const Begun begun = trial.begin();
  const std::string state = begun.param("state");
  require(trial, !state.empty(), "no state was sent");
  for (const std::string& text : readings_of(state)) {
    if (const std::string told = told_by(text); !told.empty()) {
      return failed("a state that tells nothing", told + " in it, for all to read");
    }
    if (text.find(trial.session_name(begun.session)) != std::string::npos) {
      return failed("a state that tells nothing", "the name of the user's session in it");
    }
  }
  if (name_session(trial, state, trial.begin().param("state"))) {
    return failed("a state that tells nothing", "the session's cookie in it");
  }
  return passed();
}

constexpr Check kStateRandomChecks[] = {
    {.id = "state.present",
     .title = "The authorization request carries a state",
     .clause = "vendor's guide, steps 1 and 2; RFC 6749 §4.1.1",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "a login is begun",
     .requires_ = "state is there and not empty.",
     .mend = "Send a fresh random state with each request.",
     .motive = "CVE-2017-1000069 (bitly/oauth2_proxy#336); vercel/ai#13384",
     .needs = kBegin,
     .run = &state_present},
    {.id = "state.unique-per-request",
     .title = "Each authorization request has a fresh state",
     .clause = "RFC 6749 §10.12; RFC 9700 §2.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "37 logins are begun, in four sessions and after failures of each kind, and one "
                 "by a link that names a state",
     .requires_ = "No state is sent twice, and none is the link's.",
     .mend = "Draw the state anew for each request.",
     .motive = "sigbit/mcp-auth-proxy#30; CVE-2025-68481",
     .needs = kBegin,
     .run = &state_unique},
    {.id = "state.entropy.min",
     .title = "The state can carry 128 bits",
     .clause = "RFC 6749 §10.10, §10.12",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "64 logins are begun; length, alphabet and what stays the same are counted",
     .requires_ = "At least 128 bits (the 122 of a UUID are let pass with a warning); 160 are "
                  "advised.",
     .mend = "Draw 32 bytes from the system's secure source, and send them in base64url.",
     .motive = "cline/linear-mcp#34 (Math.random)",
     .needs = kBegin,
     .run = &entropy_min},
    {.id = "state.not-time-seeded",
     .title = "State and challenge do not repeat with the time",
     .clause = "RFC 6749 §10.10, §10.12; RFC 7636 §7.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "four processes, told the same time, begin three logins each",
     .requires_ = "No state and no challenge comes twice, and none is a hash of the time.",
     .mend = "Use the system's secure random source; never a generator that the time seeds.",
     .motive = "stynx-code#32; ioBroker.vw-connect#413",
     .needs = {Capability::begin, Capability::restart},
     .own_process = true,
     .run = &not_time_seeded},
    {.id = "state.not-monotonic",
     .title = "The state is no counter and no timestamp",
     .clause = "RFC 6749 §10.10, §10.12",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "64 logins are begun one after the other",
     .requires_ = "No constant steps; no order and no date, unless enough randomness is beside it.",
     .mend = "Draw the state from the system's secure random source.",
     .motive = "Snyk, OAuth study: predictable states",
     .needs = kBegin,
     .run = &not_monotonic},
    {.id = "state.not-data-bearing",
     .title = "The state tells nothing",
     .clause = "RFC 6749 §10.8; RFC 9700 §4.7.1, §4.11.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::state,
     .provokes = "a login is begun; the state is read as text, base64, hexadecimal and JSON, and "
                 "compared with the browser's cookies",
     .requires_ = "No URL, redirect target, user, secret or session's name can be read in it.",
     .mend = "Keep what belongs to the login on your side, found by the state, or encrypt it.",
     .motive = "bitly/oauth2_proxy#336; Osmantic/ODS#1790",
     .needs = kBegin,
     .run = &not_data_bearing},
};

}  // namespace

std::span<const Check> state_random_checks() { return kStateRandomChecks; }

}  // namespace heygen::conformance
