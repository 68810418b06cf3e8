// An allocator for big flat tables that are read at random: from 2 MiB on they lie on huge pages
// where the system has them, so that a look-up that misses the cache does not miss the page table's
// too. Smaller ones come from the heap, as ever.
#pragma once

#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace heygen::mock {

inline constexpr std::size_t kHugePage = std::size_t{2} * 1024 * 1024;  // bytes

template <typename T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <typename U>
  explicit(false) HugePageAllocator(const HugePageAllocator<U>&) noexcept {}

  // Throws std::bad_alloc. That the system gives no huge pages is no error.
  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length{};
    const auto bytes = count * sizeof(T);
    if (bytes < kHugePage) return static_cast<T*>(::operator new(bytes));
    auto* const memory = ::operator new (bytes, std::align_val_t{kHugePage});
#if defined(__linux__)
    (void)::madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }

  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < kHugePage) {
      ::operator delete(memory);
    } else {
      ::operator delete (memory, std::align_val_t{kHugePage});
    }
  }

  bool operator==(const HugePageAllocator&) const = default;
};

}  // namespace heygen::mock
