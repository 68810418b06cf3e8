// The chunked transfer coding, read a piece at a time (RFC 9112 §7.1). Extensions and trailers are
// discarded; both are bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/wire/head.h"

namespace heygen::mock::wire {

inline constexpr std::size_t kMaxChunkLine = 256;  // size, extensions and CRLF
inline constexpr std::size_t kMaxTrailerBytes = std::size_t{8} * 1024;

// Not thread-safe.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;
    bool done = false;
    std::optional<Refusal> refusal;
  };

  // Appends decoded bytes to `body`, never beyond `body_limit`; stops after the last trailer.
  Step feed(std::string_view bytes, std::size_t body_limit, std::string& body);

 private:
  enum class Expect : std::uint8_t { size_line, data, data_end, trailer };

  std::optional<Refusal> on_size_line(std::string_view line, std::size_t room);
  std::optional<Refusal> on_trailer_line(std::string_view line, bool& done);

  Expect expect_ = Expect::size_line;
  std::size_t remaining_ = 0;  // of the current chunk
  std::size_t trailer_bytes_ = 0;
  std::string line_;  // the part of a line that has come so far
};

}  // namespace heygen::mock::wire
