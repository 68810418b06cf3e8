// Runs the program's commands for one subject, keeps what they write, and ends them.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/subject.h"
#include "conformance/subjects/cli_browser.h"
#include "conformance/subjects/cli_environment.h"
#include "conformance/subjects/pty.h"

namespace heygen::conformance {

// What was written, bounded: the oldest is cut off. Thread-safe.
class CliLog {
 public:
  void append(std::string_view text);
  [[nodiscard]] std::size_t size() const;  // counts what was cut off
  [[nodiscard]] std::string since(std::size_t size) const;

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::size_t cut_ = 0;
};

// A command that runs, and the browser it may ask for.
struct CliRun {
  std::filesystem::path shims;
  std::unique_ptr<PtyProcess> process;

  CliRun() = default;
  CliRun(const CliRun&) = delete;
  CliRun& operator=(const CliRun&) = delete;
  ~CliRun();  // kills it
};

// Thread-safe.
class CliShell {
 public:
  CliShell();
  ~CliShell();  // kills what runs
  CliShell(const CliShell&) = delete;
  CliShell& operator=(const CliShell&) = delete;

  // From now on; `environment` comes on top.
  void configure(const Configuration& configuration, std::vector<std::string> environment);
  [[nodiscard]] Configuration configuration() const;

  // Starts a command for a user whose home is that folder, which is made. What it writes goes to
  // the log as it comes, or is left to the caller.
  enum class Output { to_log, to_caller };
  Outcome<std::shared_ptr<CliRun>> start(std::string_view command,
                                         const std::filesystem::path& home, Output output,
                                         const Placeholders& more = {});

  // Takes in what the program has written to log files (*.log) below that home.
  void collect_log_files(const std::filesystem::path& home);
  [[nodiscard]] CliLog& log() { return *log_; }
  [[nodiscard]] const CliLog& log() const { return *log_; }

  // SIGKILL to all that runs, and nothing starts any more until revive().
  void kill();
  void revive();
  [[nodiscard]] bool killed() const;

 private:
  std::filesystem::path next_folder();

  const std::filesystem::path scratch_;  // of browser shims; not below any home
  const std::shared_ptr<CliLog> log_ = std::make_shared<CliLog>();

  mutable std::mutex mutex_;  // of what follows
  Configuration configuration_;
  std::vector<std::string> environment_;
  std::vector<std::weak_ptr<CliRun>> runs_;
  std::map<std::filesystem::path, std::uintmax_t> log_files_;  // how far each was read
  int folders_ = 0;
  bool killed_ = false;
};

Failure killed_by_suite();

}  // namespace heygen::conformance
