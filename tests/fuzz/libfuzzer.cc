// The entry that libFuzzer asks for.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  heygen::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
