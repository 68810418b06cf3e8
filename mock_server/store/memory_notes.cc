// MemoryStore: notes.
#include "mock_server/store/memory.h"

namespace heygen::mock {

std::optional<std::string> MemoryStore::find_note(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto it = notes_.find(key);
  return it == notes_.end() ? std::nullopt : std::optional{it->second};
}

void MemoryStore::put_note(std::string_view key, std::string_view text) {
  const std::lock_guard lock(mutex_);
  notes_.insert_or_assign(std::string{key}, std::string{text});
}

std::uint64_t MemoryStore::count_up(std::string_view key, std::uint64_t limit) {
  const std::lock_guard lock(mutex_);
  std::uint64_t& count = counts_[std::string{key}];
  return count < limit ? ++count : 0;
}

}  // namespace heygen::mock
