// What a sandbox keeps of itself in a store that outlives the process. For this folder.
//
//   "start"   what it was started with, as a digest; kOwn: what a call asked for
//   "origin"  of one that a call asked for: seed and first faults, for a reset
//   "config", "clock", "faults" (mock_server/faults/)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/sandbox/config.h"
#include "mock_server/sandbox/sandbox.h"
#include "mock_server/sandbox/virtual_clock.h"

namespace heygen::mock::kept {

inline constexpr std::string_view kStart = "start";
inline constexpr std::string_view kOrigin = "origin";
inline constexpr std::string_view kConfig = "config";
inline constexpr std::string_view kClock = "clock";
inline constexpr std::string_view kOwn = "own";

struct Origin {
  std::optional<std::uint64_t> seed;
  std::vector<FaultRule> faults;
};

std::string write(const SandboxConfig& config);
std::string write(const ClockState& clock);
std::string write(const Origin& origin);

// Throw StoreUnavailable when the bytes are no such note.
SandboxConfig read_config(std::string_view note);
ClockState read_clock(std::string_view note);
Origin read_origin(std::string_view note);

// Another for every other configuration, clients, faults and scenarios.
std::string digest_of(const SandboxBlueprint& blueprint);

}  // namespace heygen::mock::kept
