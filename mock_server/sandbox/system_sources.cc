#include "mock_server/sandbox/system_sources.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace heygen::mock {

TimePoint SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemRandom::fill(std::span<std::byte> out) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("OpenSSL has no randomness to give");
  }
}

}  // namespace heygen::mock
