#include "client_under_test/adapter/line_reader.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace heygen::client {

bool LineReader::fill() {
  std::array<char, 16384> chunk{};
  ssize_t got = 0;
  do {
    got = ::read(fd_, chunk.data(), chunk.size());
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  buffer_.assign(chunk.data(), static_cast<std::size_t>(got));
  at_ = 0;
  return true;
}

LineReader::Outcome LineReader::next(std::string& line) {
  line.clear();
  bool too_long = false;
  while (!ended_) {
    const std::size_t end = buffer_.find('\n', at_);
    const std::size_t length = (end == std::string::npos ? buffer_.size() : end) - at_;
    if (line.size() + length > longest_) {
      too_long = true;
      line.clear();
    }
    if (!too_long) line.append(buffer_, at_, length);
    if (end != std::string::npos) {
      at_ = end + 1;
      return too_long ? Outcome::too_long : Outcome::line;
    }
    if (!fill()) {
      ended_ = true;
      if (too_long) return Outcome::too_long;
      if (!line.empty()) return Outcome::line;
    }
  }
  return Outcome::end;
}

}  // namespace heygen::client
