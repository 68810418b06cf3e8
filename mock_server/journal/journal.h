// The record of a sandbox's exchanges: a ring bounded in bytes and in entries, oldest out first.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "mock_server/journal/entry.h"
#include "mock_server/journal/packed_entry.h"

namespace heygen::mock {

struct JournalLimits {
  std::size_t bytes = std::size_t{8} * 1024 * 1024;
  std::size_t entries = 20'000;
};

// What several journals hold together. Thread-safe.
struct JournalTotal {
  // Beyond it each keeps `each` bytes of its newest.
  std::size_t most = std::size_t{128} * 1024 * 1024;
  std::size_t each = std::size_t{256} * 1024;
  std::atomic<std::size_t> bytes{0};
};

// Thread-safe. Handles of subscriptions may outlive it.
class Journal {
 public:
  using EntryPtr = std::shared_ptr<const Entry>;

  explicit Journal(JournalLimits limits = {});
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // To be called once at most.
  void count_towards(std::shared_ptr<JournalTotal> total);

  // Numbers the entry, keeps it, tells the subscribers; returns its number.
  std::uint64_t record(const Entry& entry);

  // Those after `seq` that are still kept, oldest first, at most `limit` of them.
  [[nodiscard]] std::vector<EntryPtr> after(std::uint64_t seq, std::size_t limit = SIZE_MAX) const;
  [[nodiscard]] std::uint64_t last_seq() const;
  struct Holding {
    std::size_t entries;
    std::size_t bytes;
  };
  [[nodiscard]] Holding holding() const;
  // How many the limits pushed out since the journal was last cleared.
  [[nodiscard]] std::uint64_t dropped() const;

  // Forgets the entries; numbering goes on, so that "after N" stays true for whoever follows.
  void clear();

  // Calls `tell` with each entry after `seq`, in order, none left out and none twice: those that
  // are kept at once and on this thread, then each new one on the thread that recorded it, until
  // the handle is gone. Recording waits for it, so it must not block; it must not call back into
  // this journal, nor throw.
  //
  // The handle may be destroyed on any thread, also by `tell` itself. Elsewhere its destruction
  // waits for a `tell` that is running: after it, none runs.
  using Subscriber = std::function<void(const EntryPtr&)>;
  [[nodiscard]] std::shared_ptr<void> subscribe(std::uint64_t after_seq, Subscriber tell);

  // The same without a handle, for a far end that goes by itself: ends when `tell` returns false,
  // when `wanted` does (asked whenever somebody else subscribes), or with the journal.
  using Follower = std::function<bool(const EntryPtr&)>;
  void follow(std::uint64_t after_seq, Follower tell, std::function<bool()> wanted);

  [[nodiscard]] std::size_t subscribers() const;

 private:
  class Audience;
  std::uint64_t keep(PackedEntry entry);
  void now_holds(std::size_t bytes);
  [[nodiscard]] bool holds_too_much() const;
  std::uint64_t join(std::uint64_t after_seq, Follower tell, std::function<bool()> wanted);

  const JournalLimits limits_;
  // Its lock is taken before mutex_, and held while an entry is numbered, kept and told: what is
  // told is told in order.
  const std::shared_ptr<Audience> audience_;
  mutable std::mutex mutex_;
  std::deque<PackedEntry> kept_;  // numbered without a gap, the last of them last_seq_
  std::size_t bytes_ = 0;
  std::shared_ptr<JournalTotal> total_;
  std::uint64_t last_seq_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace heygen::mock
