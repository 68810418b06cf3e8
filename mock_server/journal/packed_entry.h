// An entry as one block of memory. A journal forgets as much as it records: an entry of thirty
// little strings would be thirty blocks to give back, long after the last cache has lost them.
#pragma once

#include <cstddef>
#include <memory>

#include "mock_server/journal/entry.h"

namespace heygen::mock {

// Immutable; copies share the block, and any thread may read it.
class PackedEntry {
 public:
  // All of the entry but its number, and what of its answer is no data: stream and upgrade.
  explicit PackedEntry(const Entry& entry);

  [[nodiscard]] Entry unpack(std::uint64_t seq) const;
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_for(size_); }

  // What the entry would take in memory, packed.
  [[nodiscard]] static std::size_t bytes(const Entry& entry) noexcept;

 private:
  static std::size_t bytes_for(std::size_t size) noexcept {
    return size + sizeof(PackedEntry) + 4 * sizeof(void*);  // what holds the block, and its head
  }

  std::size_t size_;
  std::shared_ptr<const char[]> block_;
};

}  // namespace heygen::mock
