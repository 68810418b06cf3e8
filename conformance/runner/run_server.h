// Runs checks against one authorization server, several at a time.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "conformance/runner/run.h"
#include "conformance/server/target.h"

namespace heygen::conformance {

struct ServerRunOptions {
  std::size_t jobs = 1;                     // checks at a time
  std::optional<std::uint64_t> seed;        // of its sandboxes; absent: the server's own randomness
  std::chrono::milliseconds timeout{5000};  // of an exchange
  std::string prefix;                       // of sandbox names; runs that share a server differ
  std::stop_token stop;                     // as RunOptions::stop
  OnDone on_done;
};

// In the order of `checks`.
std::vector<CheckOutcome> run_server_checks(std::span<const Check* const> checks,
                                            const ServerTarget& target,
                                            const ServerRunOptions& options);

}  // namespace heygen::conformance
