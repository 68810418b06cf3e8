// A command on a pseudo-terminal of its own, in a session and process group of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "conformance/subjects/pty_text.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::conformance {

struct PtyOptions {
  std::string command;                   // for /bin/sh -c
  std::vector<std::string> environment;  // "NAME=value", all of it
  std::string directory;                 // where it runs; exists
  mock::wire::UniqueFd pipe;             // read along with the terminal; may be left out
};

// How a command ended.
struct Exit {
  int code = 0;    // of exit()
  int signal = 0;  // or the signal that ended it; 0: none

  [[nodiscard]] bool good() const { return code == 0 && signal == 0; }
  // Did it die of a fault of its own (also when a shell reports that of its child)?
  [[nodiscard]] bool crashed() const;
  [[nodiscard]] std::string describe() const;  // "exit code 1", "signal 11"
};

// Thread-safe. Standard input, output and error are the terminal, which is so wide that nothing is
// wrapped. A child that outlives the command in its process group is killed with it.
class PtyProcess {
 public:
  using OnText = std::function<void(std::string_view plain)>;  // on the reading thread

  struct Started {
    std::unique_ptr<PtyProcess> process;  // or null:
    std::string error;                    // one line
  };
  [[nodiscard]] static Started start(PtyOptions options, OnText on_text);

  ~PtyProcess();  // kill()
  PtyProcess(const PtyProcess&) = delete;
  PtyProcess& operator=(const PtyProcess&) = delete;

  // What has come to light of it.
  struct View {
    const std::string& output;  // all that it has written, as plain text
    const std::string& piped;   // all that came through the pipe
    const std::optional<Exit>& exit;
  };
  // Asks whenever there is more to see, until the answer is yes or the time has passed.
  bool wait_until(const std::function<bool(const View&)>& wanted,
                  std::chrono::milliseconds patience);

  // How it ended, once it has; waits so long for that.
  std::optional<Exit> wait_for(std::chrono::milliseconds patience);
  [[nodiscard]] std::optional<Exit> ended() const;

  // The same, but not for a process that rests: one that has for `idle` neither written nor used
  // the processor, and holds no connection to the port.
  std::optional<Exit> wait_while_busy(std::chrono::milliseconds idle,
                                      std::chrono::milliseconds patience, std::uint16_t port);

  // As if it were typed.
  void type(std::string_view text);

  [[nodiscard]] std::string output() const;

  // SIGKILL to the group; returns when it is gone.
  void kill();

 private:
  PtyProcess(PtyOptions options, OnText on_text);
  std::string spawn();
  void read_all();
  bool take_output();
  bool take_piped();
  void reap();

  const PtyOptions options_;
  const OnText on_text_;
  pid_t pid_ = -1;
  mock::wire::UniqueFd terminal_, pidfd_, wake_;
  TerminalText text_;  // of the reading thread

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::string output_;
  std::string piped_;
  std::size_t written_ = 0;
  bool reaped_ = false;
  std::optional<Exit> exit_;

  std::thread reader_;
};

}  // namespace heygen::conformance
