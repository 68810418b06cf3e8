#include "mock_server/cli/allocator.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace heygen::mock {

// Left alone, glibc takes for large what is larger than the largest block that was ever freed, up
// to 32 MiB: after the first long body all others lie in the heaps of the threads, which keep what
// a thousand peers once sent.
void give_back_large_blocks() noexcept {
#ifdef __GLIBC__
  constexpr int kLarge = 128 * 1024;
  constexpr int kSpare = 4 * 1024 * 1024;  // so that a heap does not shrink and grow all the time
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kSpare);
#endif
}

}  // namespace heygen::mock
