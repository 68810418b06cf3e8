#include "mock_server/wire/chunked.h"

#include <algorithm>

#include "mock_server/wire/syntax.h"

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kMaxSizeDigits = 16;

}  // namespace

std::optional<Refusal> ChunkedDecoder::on_size_line(std::string_view line, std::size_t room) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  while (digits < line.size() && hex_value(line[digits]) >= 0) {
    if (digits == kMaxSizeDigits) return Refusal{400, "a chunk size has too many digits"};
    size = size * 16 + static_cast<std::uint64_t>(hex_value(line[digits]));
    ++digits;
  }
  const auto extension = line.substr(digits);
  if (digits == 0 || (!extension.empty() && extension.front() != ';')) {
    return Refusal{400, "a chunk size is not a hexadecimal number"};
  }
  if (!kFieldValue.all(extension)) {
    return Refusal{400, "a chunk extension has a control character"};
  }
  if (size > room) return Refusal{413, "the body is too large"};
  remaining_ = size;
  expect_ = size == 0 ? Expect::trailer : Expect::data;
  return std::nullopt;
}

std::optional<Refusal> ChunkedDecoder::on_trailer_line(std::string_view line, bool& done) {
  if (line.empty()) {
    done = true;
    return std::nullopt;
  }
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > kMaxTrailerBytes) return Refusal{431, "the trailer is too large"};
  Headers discarded;
  return read_field_line(line, FramingLimits{}, discarded);
}

ChunkedDecoder::Step ChunkedDecoder::feed(std::string_view bytes, std::size_t body_limit,
                                          std::string& body) {
  Step step;
  const auto refuse = [&step](Refusal refusal) {
    step.refusal = refusal;
    return step;
  };
  while (step.consumed < bytes.size()) {
    const auto rest = bytes.substr(step.consumed);
    if (expect_ == Expect::data) {
      const auto piece = rest.substr(0, std::min(remaining_, rest.size()));
      body.append(piece);
      remaining_ -= piece.size();
      step.consumed += piece.size();
      if (remaining_ == 0) expect_ = Expect::data_end;
      continue;
    }

    // The other three are lines, which end in CRLF and nothing less.
    const auto newline = rest.find('\n');
    const auto piece = rest.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    line_.append(piece);
    step.consumed += piece.size();
    if (expect_ == Expect::data_end && !std::string_view{"\r\n"}.starts_with(line_)) {
      return refuse({400, "a chunk is longer than its size"});
    }
    const auto limit = expect_ == Expect::trailer ? kMaxTrailerBytes : kMaxChunkLine;
    if (line_.size() > limit) {
      return refuse(expect_ == Expect::trailer ? Refusal{431, "the trailer is too large"}
                                               : Refusal{400, "a chunk size line is too long"});
    }
    if (newline == std::string_view::npos) break;
    if (!line_.ends_with("\r\n")) return refuse({400, "a line ends in a bare LF"});

    const auto line = std::string_view{line_}.substr(0, line_.size() - 2);
    std::optional<Refusal> refusal;
    if (expect_ == Expect::size_line) {
      refusal = on_size_line(line, body_limit - std::min(body_limit, body.size()));
    } else if (expect_ == Expect::trailer) {
      refusal = on_trailer_line(line, step.done);
    } else {
      expect_ = Expect::size_line;
    }
    line_.clear();
    if (refusal) return refuse(*refusal);
    if (step.done) break;
  }
  return step;
}

}  // namespace heygen::mock::wire
