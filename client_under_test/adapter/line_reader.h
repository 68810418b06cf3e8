// Lines from a file descriptor, bounded.
#pragma once

#include <cstddef>
#include <string>

namespace heygen::client {

class LineReader {
 public:
  enum class Outcome { line, too_long, end };

  // The descriptor stays the caller's.
  explicit LineReader(int fd, std::size_t longest = 1024 * 1024) : fd_(fd), longest_(longest) {}

  // Blocks. Of a line that is too long nothing is kept; a last line without an end counts as one. A
  // read error is the end.
  Outcome next(std::string& line);

 private:
  bool fill();

  const int fd_;
  const std::size_t longest_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace heygen::client
