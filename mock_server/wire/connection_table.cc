#include "mock_server/wire/connection_table.h"

#include <algorithm>
#include <utility>

namespace heygen::mock::wire {

Connection* ConnectionTable::take(const ConnectionContext& context, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() - free_.size() >= limit) return nullptr;
  if (free_.empty()) return &connections_.emplace_back(context);
  auto* connection = free_.back();
  free_.pop_back();
  return connection;
}

void ConnectionTable::give_back(Connection& connection) {
  const std::lock_guard lock(mutex_);
  free_.push_back(&connection);
  if (free_.size() == connections_.size()) none_open_.notify_all();
}

std::size_t ConnectionTable::open() const {
  const std::lock_guard lock(mutex_);
  return connections_.size() - free_.size();
}

std::vector<Connection*> ConnectionTable::all() {
  const std::lock_guard lock(mutex_);
  std::vector<Connection*> found;
  found.reserve(connections_.size());
  for (auto& connection : connections_) found.push_back(&connection);
  return found;
}

std::vector<Connection*> ConnectionTable::longest_waiting(std::size_t count) {
  std::vector<std::pair<IoTime, Connection*>> waiting;
  for (auto* connection : all()) {
    if (const auto since = connection->waiting_since()) waiting.emplace_back(*since, connection);
  }
  count = std::min(count, waiting.size());
  const auto middle = waiting.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(waiting.begin(), middle, waiting.end());
  std::vector<Connection*> found;
  found.reserve(count);
  std::transform(waiting.begin(), middle, std::back_inserter(found),
                 [](const auto& entry) { return entry.second; });
  return found;
}

bool ConnectionTable::wait_until_none_is_open(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return none_open_.wait_for(lock, timeout, [this] { return free_.size() == connections_.size(); });
}

}  // namespace heygen::mock::wire
