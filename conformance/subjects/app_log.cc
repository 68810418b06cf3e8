#include "conformance/subjects/app_log.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "conformance/file_text.h"

namespace heygen::conformance {
namespace {

// An access log gets its line once the answer is out.
constexpr std::chrono::milliseconds kStill{20};
constexpr int kMostLooks = 15;
constexpr std::size_t kMostBytes = std::size_t{1024} * 1024;

}  // namespace

AppLog::AppLog(std::string path) : path_(std::move(path)) {}

std::size_t AppLog::size() const {
  std::error_code error;
  const auto size = path_.empty() ? 0 : std::filesystem::file_size(path_, error);
  return error ? 0 : static_cast<std::size_t>(size);
}

std::string AppLog::since(std::size_t position) const {
  if (path_.empty()) return {};
  std::size_t end = size();
  for (int look = 0; look < kMostLooks; ++look) {
    std::this_thread::sleep_for(kStill);
    if (std::exchange(end, size()) == end) break;
  }
  if (end < position) position = 0;
  position = std::max(position, end - std::min(end, kMostBytes));
  return file_text(path_, position);
}

}  // namespace heygen::conformance
