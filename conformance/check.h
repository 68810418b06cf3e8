// A check: a rule of the catalogue as data, and the function that judges it.
//
// To add one: write its function in the file of checks/ that is named for its phase, and a row in
// that file's array; nothing else. (A new file also gets a line in checks/CMakeLists.txt, one in
// checks/checks.h and one in catalogue.cc.) What a function may do is in trial.h, the vocabulary it
// ends with in expect.h; checks/tour.cc shows one of each kind. Checks of a server have theirs in
// server/trial.h and server/expect.h. Then prove it: a row in flawed/ with the flaw that it must
// catch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/capabilities.h"

namespace heygen::conformance {

enum class Level : std::uint8_t { must, should, may };

// Who says so: N the clause itself, V the vendor's guide or own client, I our judgement.
enum class Source : std::uint8_t { normative, vendor, judgement };

enum class Side : std::uint8_t { client, server };  // whom the check judges

// The order of a report.
enum class Phase : std::uint8_t {
  authorize,
  state,
  pkce,
  callback,
  token,
  response,
  refresh,
  bearer,
  secrecy,
  logout,
  device,
  server,
};

enum class Result : std::uint8_t {
  pass,
  fail,
  warn,            // a SHOULD or a MAY that does not hold
  not_applicable,  // the subject cannot be asked
  inconclusive,    // not provoked, or the positive control failed: never a pass
  error,           // the suite itself failed
};

std::string_view to_string(Level level) noexcept;    // "must"
std::string_view to_string(Source source) noexcept;  // "N"
std::string_view to_string(Side side) noexcept;      // "client"
std::string_view to_string(Phase phase) noexcept;    // "token"
std::string_view to_string(Result result) noexcept;  // "not-applicable"
std::optional<Level> parse_level(std::string_view name) noexcept;
std::optional<Side> parse_side(std::string_view name) noexcept;

// How a check ended. `message` is a sentence or two for the person who mends the subject; it may
// hold secrets until the trial has scrubbed it.
struct Verdict {
  Result result = Result::error;
  std::string message;
};

Verdict passed(std::string message = "");
Verdict failed(std::string message);
// "expected …; seen: …"
Verdict failed(std::string_view expected, std::string_view seen);
Verdict warned(std::string message);
Verdict inconclusive(std::string message);
Verdict not_applicable(std::string message);

// The worst of them: fail, then error, inconclusive, warn, pass, not applicable; of equals the
// first.
Verdict worst_of(std::vector<Verdict> verdicts);

class Trial;
class ServerTrial;

struct Check {
  std::string_view id;      // "callback.state.mismatch-rejected": never changes its meaning
  std::string_view title;   // one line: "A callback with a wrong state is rejected"
  std::string_view clause;  // "RFC 6749 §10.12"; several by "; "
  Source source = Source::normative;
  Level level = Level::must;
  Phase phase = Phase::authorize;
  std::string_view provokes;     // what the suite does
  std::string_view requires_;    // what the subject has to do
  std::string_view mend;         // the likely fix, shown with a failure
  std::string_view motive = "";  // real reports of this mistake
  Capabilities needs = {};
  Side side = Side::client;
  // The subject must be a process of its own, started for this check: it will be killed, or what it
  // keeps in memory matters.
  bool own_process = false;
  // It may wait for the subject's own time-out: it is begun before the others.
  bool waits = false;
  // Of a server: the check is a good login itself, so that none is tried before and after it.
  bool unframed = false;
  Verdict (*run)(Trial&) = nullptr;               // of a client's check
  Verdict (*run_server)(ServerTrial&) = nullptr;  // of a server's
};

}  // namespace heygen::conformance
