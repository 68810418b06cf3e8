#include "mock_server/sandbox/system_sources.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace heygen::mock {

TimePoint SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

namespace {

void draw(std::span<std::byte> out) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("OpenSSL has no randomness to give");
  }
}

}  // namespace

void SystemRandom::fill(std::span<std::byte> out) {
  const std::lock_guard lock{mutex_};
  if (out.size() > pool_.size()) return draw(out);
  if (out.size() > left_) {
    left_ = 0;
    draw(pool_);
    left_ = pool_.size();
  }
  const auto given = std::span{pool_}.subspan(left_ - out.size(), out.size());
  std::ranges::copy(given, out.begin());
  OPENSSL_cleanse(given.data(), given.size());
  left_ -= out.size();
}

}  // namespace heygen::mock
