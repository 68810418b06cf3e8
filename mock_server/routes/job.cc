#include "mock_server/routes/job.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kTimeDigits = 12;  // 2^48 milliseconds: the years 1970 to 10889
constexpr std::size_t kBodyDigits = 24;
constexpr std::size_t kCheckDigits = 8;

std::string check_digits(std::string_view body, VideoPolicy end) {
  const Sha256 digest = sha256(std::string{body} + (end == VideoPolicy::fail ? " fails" : ""));
  return hex(std::span{digest}.first(kCheckDigits / 2));
}

}  // namespace

std::string new_job_id(RandomSource& random, const Job& job) {
  const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(
      job.start.time_since_epoch().count(), 0, (std::int64_t{1} << 48) - 1));
  std::array<unsigned char, kBodyDigits / 2> bytes{};
  for (std::size_t i = 0; i < kTimeDigits / 2; ++i) {
    bytes[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  }
  random.fill(std::as_writable_bytes(std::span{bytes}).subspan(kTimeDigits / 2));
  std::string id = hex(bytes);
  id += check_digits(id, job.end);
  return id;
}

std::optional<Job> read_job(std::string_view id) {
  if (id.size() != kBodyDigits + kCheckDigits) return std::nullopt;
  const auto body = id.substr(0, kBodyDigits);
  Job job;
  if (id.substr(kBodyDigits) != check_digits(body, job.end)) job.end = VideoPolicy::fail;
  if (id.substr(kBodyDigits) != check_digits(body, job.end)) return std::nullopt;
  std::int64_t ms = 0;
  const char* const end = body.data() + kTimeDigits;
  if (std::from_chars(body.data(), end, ms, 16).ptr != end) return std::nullopt;
  job.start = TimePoint{std::chrono::milliseconds{ms}};
  return job;
}

}  // namespace heygen::mock
