// Opening the user's browser.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "client_under_test/cli/options.h"

namespace heygen::client {

// The commands to try, in order: each of $BROWSER's colon-separated entries, then xdg-open. An
// entry takes the URL where it says %s, else as its last argument. No shell reads any of it.
[[nodiscard]] std::vector<std::vector<std::string>> browser_commands(const Environment& environment,
                                                                     const std::string& url);

// A started browser command. Its output is thrown away. It is not waited for: some run as long as
// the browser does.
class BrowserProcess {
 public:
  // Nothing when no command could be started.
  static std::optional<BrowserProcess> start(const std::vector<std::vector<std::string>>& commands);

  // True once, when the command has ended and said that it failed.
  [[nodiscard]] bool has_failed();

 private:
  explicit BrowserProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;  // 0 when it has been waited for
};

}  // namespace heygen::client
