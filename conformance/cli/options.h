// The command line as one value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/check.h"
#include "conformance/runner/select.h"
#include "conformance/server/target.h"

namespace heygen::conformance {

// Exit codes (contract, §4).
inline constexpr int kExitGood = 0;
inline constexpr int kExitNotGood = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNoSubject = 3;

// What every command that runs checks takes. A report's path is "" when it is not wanted, and "-"
// for the standard output; the console's table then goes to standard error.
struct CommonOptions {
  Selection selection;
  std::size_t jobs = 4;
  std::chrono::milliseconds timeout{5000};
  std::chrono::milliseconds patience{20'000};
  std::string expected_failures;  // a path, or ""
  std::string junit;
  std::string json;
  std::string html;
  std::string markdown;
  std::string sarif;
  std::optional<std::uint64_t> seed;
  bool no_color = false;
};

struct ListCommand {
  std::optional<Side> side;
  Level level = Level::may;
  bool json = false;
};
struct ExplainCommand {
  std::vector<std::string> ids;
};
struct ClientCommand {
  CommonOptions common;
  std::vector<std::string> command;  // the adapter
};
struct CliCommandLine {
  CommonOptions common;  // its timeout is longer: every operation is a process
  std::string login;     // lines for /bin/sh
  std::string call;
  std::optional<std::string> refresh;
  std::optional<std::string> logout;
};
struct ServerCommand {
  CommonOptions common;
  ServerTarget target;
};
struct AppCommand {
  CommonOptions common;
  std::string callback_url;
  std::string start_url;  // these, "" when not given
  std::string call_url;
  std::string logout_url;
  std::string app_log;
  std::string ca;
  bool chromium = false;  // the browser; else one without scripts
  std::string client;
  std::string mock_listen = "127.0.0.1:8765";
  std::string sandbox = "default";
  std::chrono::milliseconds wait{15000};  // for an app that is not there (yet, or any more)
};
struct WatchCommand {
  CommonOptions common;
  std::vector<std::string> clients;  // "ID=REDIRECT_URI[,secret=SECRET]"
  std::string mock_listen = "127.0.0.1:8765";
  std::optional<std::chrono::milliseconds> span;  // absent: until it is stopped
};
struct SelfTestCommand {
  CommonOptions common;            // its selection is not looked at
  std::vector<std::string> flaws;  // globs over ids; none: all
  bool whole_matrix = false;       // every check against every flaw
};
// Hidden: this program as one of its own flawed clients.
struct FlawedAdapterCommand {
  std::string flaw;
};
using Command =
    std::variant<ListCommand, ExplainCommand, ClientCommand, ServerCommand, CliCommandLine,
                 AppCommand, WatchCommand, SelfTestCommand, FlawedAdapterCommand>;

// Help, the version, or what is wrong in one line.
struct Usage {
  std::string text;
  int code = kExitUsage;
};

// What follows the first "--" is the command of the subject, and is not looked at.
std::variant<Usage, Command> parse_options(int argc, const char* const* argv);

}  // namespace heygen::conformance
