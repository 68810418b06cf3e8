// What the memory store takes of memory and time: a million live tokens, then refreshes among them.
//   bench-store [TOKENS]      one line of JSON
#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "mock_server/store/memory.h"

namespace {

using namespace heygen::mock;

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:" && status >> word) return std::stoull(word) * 1024;
  }
  return 0;
}

// Distinct values of a length that real ones have; what they are made of does not matter here.
std::string numbered(char kind, std::uint64_t number, std::size_t length) {
  std::string value =
      kind + std::to_string(number * 0x9E3779B97F4A7C15U) + "-" + std::to_string(number) + "-";
  value.resize(length, 'x');
  return value;
}

constexpr TimePoint kNow{std::chrono::milliseconds{1'700'000'000'000}};

TokenSet pair(std::uint64_t number) {
  return {{numbered('a', number, 42), kNow + std::chrono::hours{240}},
          NewToken{numbered('r', number, 48)},
          kNow};
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

struct Refreshes {
  double a_second = 0;
  std::size_t lost = 0;  // live tokens that the store had forgotten
};

// Refreshes one of `live` after the other, in an order that memory does not have.
Refreshes refresh(Store& store, std::vector<std::uint64_t>& live, std::uint64_t& next,
                  std::size_t count) {
  Refreshes out;
  const auto begun = std::chrono::steady_clock::now();
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    at = (at + 7'919) % live.size();
    const auto outcome =
        store.rotate_refresh(numbered('r', live[at], 48), pair(next), Rotation{}, kNow);
    if (!std::holds_alternative<Rotated>(outcome)) ++out.lost;
    live[at] = next++;
  }
  out.a_second = static_cast<double>(count) / seconds_since(begun);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t kRefreshes = 200'000;
  std::size_t tokens = 1'000'000;
  if (argc > 1) {
    const std::string_view text = argv[1];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), tokens);
    if (argc > 2 || parsed.ec != std::errc{} || *parsed.ptr != '\0' || tokens < 2) {
      std::cerr << "usage: bench-store [TOKENS]\n";
      return 2;
    }
  }
  // First, while nothing is free that it could be put into: what it takes is then what grows.
  std::uint64_t next = 0;
  std::vector<std::uint64_t> live(tokens / 2);
  for (auto& number : live) number = next++;
  MemoryStore store;
  const std::size_t before = resident_bytes();
  const auto begun = std::chrono::steady_clock::now();
  for (const auto number : live) {
    store.put_grant("demo", "15ebafd83a8521f0b8d56a14c8a4bd72", "", pair(number));
  }
  const double minted = static_cast<double>(live.size()) / seconds_since(begun);
  const std::size_t after = resident_bytes();
  const Refreshes with_all = refresh(store, live, next, kRefreshes);
  const std::size_t at_the_end = resident_bytes();

  std::vector<std::uint64_t> one{next++};
  MemoryStore small;
  small.put_grant("demo", "15ebafd83a8521f0b8d56a14c8a4bd72", "", pair(one.front()));
  const Refreshes with_one = refresh(small, one, next, kRefreshes);
  std::cout << "{\"tokens\":" << live.size() * 2
            << ",\"bytes_a_token\":" << (after - before) / (live.size() * 2)
            << ",\"bytes_after_refreshes\":" << at_the_end - before
            << ",\"grants_a_second\":" << static_cast<std::uint64_t>(minted)
            << ",\"refreshes_a_second\":" << static_cast<std::uint64_t>(with_all.a_second)
            << ",\"refreshes_a_second_with_one\":" << static_cast<std::uint64_t>(with_one.a_second)
            << ",\"lost\":" << with_one.lost + with_all.lost << "}\n";
  return 0;
}
