// A child process in a process group of its own, its three streams in our hands.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mock_server/wire/unique_fd.h"

namespace heygen::conformance {

// What exec takes: a null pointer after the last. Good as long as the texts are.
[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts);

struct ProcessOptions {
  std::vector<std::string> command;      // argv; the program is looked up on PATH
  std::vector<std::string> environment;  // "NAME=value", on top of ours
  std::size_t longest_line = std::size_t{8} * 1024 * 1024;
  std::size_t kept_log = std::size_t{1024} * 1024;
};

// Thread-safe. Lines of its standard output go to `on_line`, its standard error to the log. When a
// line comes to light, what was written to standard error before it is in the log already.
class Process {
 public:
  using OnLine = std::function<void(Process&, std::string_view line)>;  // on the reading thread
  // Once, on the reading thread, after the last line: why nothing more will come.
  using OnEnd = std::function<void(const std::string& why)>;

  struct Started {
    std::unique_ptr<Process> process;  // or null:
    std::string error;                 // one line that names the mend
  };
  [[nodiscard]] static Started start(ProcessOptions options, OnLine on_line, OnEnd on_end);

  // Kills the whole group, waits for the process, and for the reading thread.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The line and its end; false when it could not be written in that time.
  bool write_line(std::string_view line, std::chrono::milliseconds timeout);

  // SIGKILL to the group; returns when the process is gone and on_end was called. Not from either
  // callback.
  void kill();

  // What stands on its standard output without a line end at its end goes in here as well.
  [[nodiscard]] std::size_t log_size() const;
  [[nodiscard]] std::string log_since(std::size_t size) const;
  // For the driver: output that was no answer.
  void add_to_log(std::string_view text);

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  Process(ProcessOptions options, OnLine on_line, OnEnd on_end);
  std::string spawn();
  void read_all();
  bool drain_log();
  bool take_output();
  std::string reap();

  const ProcessOptions options_;
  const OnLine on_line_;
  const OnEnd on_end_;
  pid_t pid_ = -1;
  mock::wire::UniqueFd in_, out_, err_, wake_;

  std::mutex write_mutex_;
  std::string partial_;  // of the reading thread
  bool broken_ = false;  // so too: a line without end

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable ended_changed_;
  std::string log_;
  std::size_t log_cut_ = 0;
  bool ended_ = false;
  bool reaped_ = false;
  bool killed_ = false;

  std::thread reader_;
};

}  // namespace heygen::conformance
