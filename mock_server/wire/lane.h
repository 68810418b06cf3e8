// What a thread brings along when it works on connections.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "mock_server/wire/httplib_bridge.h"

namespace heygen::mock::wire {

inline constexpr std::size_t kReadBuffer = std::size_t{32} * 1024;

// Used by its own thread; `steps` alone may be read by others.
struct Lane {
  explicit Lane(LogError log) : bridge(std::move(log)) {}

  HttplibBridge bridge;
  // One buffer a thread instead of one a connection: an idle connection holds none. Not zeroed, so
  // that only what is used becomes resident.
  std::unique_ptr<std::array<char, kReadBuffer>> buffer{new std::array<char, kReadBuffer>};
  // Empty for a thread that must not run handlers; else called before each.
  std::function<void()> before_handler;
  // Odd while a handler runs: who sees the same odd number twice knows that it blocks.
  std::atomic<std::uint64_t> steps{0};
};

}  // namespace heygen::mock::wire
