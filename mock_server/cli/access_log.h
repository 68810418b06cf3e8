// A line for each exchange. It never holds a secret: of the target only the path is shown, and what
// the sandbox knows to be secret is a fingerprint, as in the journal.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mock_server/cli/options.h"
#include "mock_server/journal/entry.h"
#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

// Thread-safe.
class AccessLog {
 public:
  explicit AccessLog(LogFormat format);  // to stderr
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void exchange(const Sandbox& sandbox, const Entry& entry);
  void error(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The line for one exchange, without its end.
std::string access_line(std::string_view sandbox, const Entry& entry, LogFormat format);

}  // namespace heygen::mock
