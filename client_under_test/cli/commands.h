// The commands. Each prints what a person, or with --json a program, wants to know, and returns the
// exit code.
#pragma once

#include <iosfwd>

#include "client_under_test/cli/options.h"
#include "client_under_test/lib/client.h"

namespace heygen::client {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitLoginRequired = 4;

// The CLI has one user.
inline constexpr std::string_view kSession = "default";

struct Terminal {
  std::ostream& out;
  std::ostream& err;
};

// What all commands but the adapter run with.
struct CommandContext {
  const Options& options;
  const Environment& environment;
  const Services& services;
  const Seams& seams;
  Terminal terminal;
};

[[nodiscard]] int run_login(const CommandContext& context);
[[nodiscard]] int run_device_login(const CommandContext& context);
[[nodiscard]] int run_status(const CommandContext& context);
[[nodiscard]] int run_call(const CommandContext& context);
[[nodiscard]] int run_refresh(const CommandContext& context);
[[nodiscard]] int run_logout(const CommandContext& context);

// Prints the error where and how it is wanted, and gives its exit code.
[[nodiscard]] int report(const CommandContext& context, const Error& error);
// "2026-01-31T12:00:00Z"
[[nodiscard]] std::string to_iso(Instant instant);

}  // namespace heygen::client
