// The command lines of this machine's processes, for the time that it lives: any user can read
// them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace heygen::conformance {

// At this moment, a line each, the arguments with a space between two: those of the process and of
// all that it started, or of everybody.
[[nodiscard]] std::set<std::string> command_lines(std::optional<std::int64_t> process);

class CommandLines {
 public:
  explicit CommandLines(std::optional<std::int64_t> process);
  ~CommandLines();
  CommandLines(const CommandLines&) = delete;
  CommandLines& operator=(const CommandLines&) = delete;

  // Those that were there at any look so far.
  [[nodiscard]] std::string seen();

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::set<std::string> seen_;
  std::jthread watcher_;
};

}  // namespace heygen::conformance
