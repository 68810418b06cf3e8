#include "mock_server/journal/packed_entry.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace heygen::mock {
namespace {

template <typename T>
concept Plain = std::is_trivially_copyable_v<T>;

// The three walks over an entry: how much it takes, into the block, and out of it. Each is given
// numbers (`plain`) and texts, in the order of `walk`.
class Counter {
 public:
  template <Plain T>
  void plain(const T&) noexcept {
    size_ += sizeof(T);
  }
  void text(std::string_view text) noexcept { size_ += sizeof(std::uint32_t) + text.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_ = 0;
};

class Writer {
 public:
  explicit Writer(char* to) noexcept : to_(to) {}
  template <Plain T>
  void plain(const T& value) noexcept {
    std::memcpy(to_, &value, sizeof(T));
    to_ += sizeof(T);
  }
  void text(std::string_view text) noexcept {
    plain(static_cast<std::uint32_t>(text.size()));  // no message is over 4 GiB
    to_ = std::copy(text.begin(), text.end(), to_);
  }

 private:
  char* to_;
};

class Reader {
 public:
  explicit Reader(const char* from) noexcept : from_(from) {}
  template <Plain T>
  void plain(T& value) noexcept {
    std::memcpy(&value, from_, sizeof(T));
    from_ += sizeof(T);
  }
  void text(std::string& text) {
    std::uint32_t size = 0;
    plain(size);
    text.assign(from_, size);
    from_ += size;
  }

 private:
  const char* from_;
};

template <typename Walk>
void texts(Walk& walk, const std::vector<std::string>& all) {
  walk.plain(all.size());
  for (const auto& text : all) walk.text(text);
}
void texts(Reader& walk, std::vector<std::string>& all) {
  std::size_t count = 0;
  walk.plain(count);
  all.resize(count);
  for (auto& text : all) walk.text(text);
}

template <typename Walk>
void fields(Walk& walk, const wire::Headers& headers) {
  walk.plain(headers.size());
  for (const auto& [name, value] : headers) {
    walk.text(name);
    walk.text(value);
  }
}
void fields(Reader& walk, wire::Headers& headers) {
  std::size_t count = 0;
  walk.plain(count);
  for (std::string name, value; count > 0; --count) {
    walk.text(name);
    walk.text(value);
    headers.add(name, value);
  }
}

template <typename Walk>
void tunnel(Walk& walk, const std::optional<wire::Tunnel>& tunnel) {
  walk.plain(tunnel.has_value());
  if (!tunnel) return;
  walk.text(tunnel->target);
  walk.text(tunnel->user);
}
void tunnel(Reader& walk, std::optional<wire::Tunnel>& tunnel) {
  bool there = false;
  walk.plain(there);
  if (!there) return;
  tunnel.emplace();
  walk.text(tunnel->target);
  walk.text(tunnel->user);
}

// Entry is const for the walks into the block, and not for the one out of it.
template <typename Walk, typename E>
void walk_entry(Walk& walk, E& entry) {
  walk.plain(entry.time);
  walk.plain(entry.wall);
  walk.plain(entry.endpoint);
  auto& request = entry.request;
  walk.text(request.method);
  walk.text(request.target);
  fields(walk, request.headers);
  walk.text(request.body);
  walk.text(request.peer.address);
  walk.plain(request.peer.port);
  walk.plain(request.peer.loopback);
  walk.text(request.scheme);
  tunnel(walk, request.tunnel);
  walk.text(entry.client_id);
  walk.text(entry.grant_type);
  auto& response = entry.response;
  walk.plain(response.status);
  fields(walk, response.headers);
  walk.text(response.body);
  walk.plain(response.delivery);
  walk.text(entry.outcome);
  walk.text(entry.why);
  walk.text(entry.fault_id);
  texts(walk, entry.tokens_used);
  texts(walk, entry.tokens_issued);
}

std::size_t size_of(const Entry& entry) noexcept {
  Counter counter;
  walk_entry(counter, entry);
  return counter.size();
}

}  // namespace

PackedEntry::PackedEntry(const Entry& entry) : size_(size_of(entry)) {
  auto block = std::make_shared_for_overwrite<char[]>(size_);
  Writer writer(block.get());
  walk_entry(writer, entry);
  block_ = std::move(block);
}

std::size_t PackedEntry::bytes(const Entry& entry) noexcept { return bytes_for(size_of(entry)); }

Entry PackedEntry::unpack(std::uint64_t seq) const {
  Entry entry;
  entry.seq = seq;
  Reader reader(block_.get());
  walk_entry(reader, entry);
  return entry;
}

}  // namespace heygen::mock
