// What a fuzz target is: one function that takes any bytes. libFuzzer calls it millions of times
// (the `fuzz` preset), the replay of fixtures/corpora/ calls it in every test run.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace heygen::fuzz {

// Each target's file defines it. The view ends where its memory ends: no byte may be read behind
// it.
void run(std::string_view input);

// A law that must hold whatever the input. A broken one ends the process, which libFuzzer and ctest
// both notice.
inline void require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", law);
  std::abort();
}

// The input up to the separator, which is taken off as well.
inline std::string_view take_until(std::string_view& input, char separator) {
  const auto end = input.find(separator);
  const auto piece = input.substr(0, end);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  return piece;
}

// The first byte, taken off; 0 when there is none.
inline unsigned take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte;
}

}  // namespace heygen::fuzz
