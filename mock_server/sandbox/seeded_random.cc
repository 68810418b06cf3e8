#include "mock_server/sandbox/seeded_random.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "mock_server/core/crypto.h"

namespace heygen::mock {

SeededRandom::SeededRandom(std::uint64_t seed, std::string_view name)
    : key_(sha256("heygen-mock seed " + std::to_string(seed) + " " + std::string{name})) {}

void SeededRandom::fill(std::span<std::byte> out) {
  const std::lock_guard lock{mutex_};
  while (!out.empty()) {
    if (used_ == block_.size()) {
      std::string input(key_.begin(), key_.end());
      block_ = sha256(input + std::to_string(counter_++));
      used_ = 0;
    }
    const std::size_t n = std::min(out.size(), block_.size() - used_);
    std::memcpy(out.data(), block_.data() + used_, n);
    used_ += n;
    out = out.subspan(n);
  }
}

}  // namespace heygen::mock
