// An app's log file, as it grows.
#pragma once

#include <cstddef>
#include <string>

namespace heygen::conformance {

// Reads the file when asked. Positions count from where it stood at the beginning; a file that was
// cut off or replaced is read from its start again.
class AppLog {
 public:
  explicit AppLog(std::string path);  // "": no log

  [[nodiscard]] std::size_t size() const;
  // At most a megabyte, the newest. Waits a moment for lines that are written after the answer:
  // until the file stands still.
  [[nodiscard]] std::string since(std::size_t position) const;

 private:
  const std::string path_;
};

}  // namespace heygen::conformance
