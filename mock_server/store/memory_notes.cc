// MemoryStore: what the sandbox keeps of itself.
#include "mock_server/store/memory.h"

namespace heygen::mock {

std::optional<std::string> MemoryStore::find_note(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto it = notes_.find(key);
  return it == notes_.end() ? std::nullopt : std::optional{it->second};
}

void MemoryStore::keep(const std::vector<Client>& clients, const Notes& notes) {
  const std::lock_guard lock(mutex_);
  for (const Client& client : clients) {
    clients_.insert_or_assign(client.id, std::make_shared<const Client>(client));
  }
  for (const auto& [key, text] : notes) notes_.insert_or_assign(key, text);
}

std::uint64_t MemoryStore::count_up(std::string_view key, std::uint64_t limit) {
  const std::lock_guard lock(mutex_);
  std::uint64_t& count = counts_[std::string{key}];
  return count < limit ? ++count : 0;
}

std::uint64_t MemoryStore::count(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto it = counts_.find(key);
  return it == counts_.end() ? 0 : it->second;
}

}  // namespace heygen::mock
