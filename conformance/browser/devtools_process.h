// Chromium as a child process in a process group of its own, spoken to through two pipes
// (--remote-debugging-pipe): no port is opened, and it ends by itself when we are gone.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mock_server/wire/unique_fd.h"

namespace heygen::conformance {

class DevToolsProcess {
 public:
  struct Started {
    std::unique_ptr<DevToolsProcess> process;  // or null:
    std::string error;                         // one line that names the mend
  };
  // All that it writes goes below the folder, its profile too; hosts beyond loopback are not
  // resolved but for those that are named.
  [[nodiscard]] static Started start(const std::filesystem::path& folder,
                                     const std::vector<std::string>& hosts);

  ~DevToolsProcess();  // end()
  DevToolsProcess(const DevToolsProcess&) = delete;
  DevToolsProcess& operator=(const DevToolsProcess&) = delete;

  [[nodiscard]] int to_it() const { return to_it_.get(); }
  [[nodiscard]] int from_it() const { return from_it_.get(); }
  // The last that it wrote to standard error that looks like a reason.
  [[nodiscard]] std::string last_words() const;
  // SIGKILL to the group; reading from it ends then. Twice does no harm.
  void end();

 private:
  DevToolsProcess(std::filesystem::path folder, pid_t pid, mock::wire::UniqueFd to_it,
                  mock::wire::UniqueFd from_it);

  const std::filesystem::path folder_;
  pid_t pid_;
  const mock::wire::UniqueFd to_it_, from_it_;
};

// The browser's program on PATH; "" when there is none.
std::string find_chromium();

}  // namespace heygen::conformance
