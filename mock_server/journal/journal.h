// The record of a sandbox's exchanges: a ring bounded in bytes and in entries, oldest out first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "mock_server/journal/entry.h"

namespace heygen::mock {

struct JournalLimits {
  std::size_t bytes = std::size_t{8} * 1024 * 1024;
  std::size_t entries = 20'000;
};

// Thread-safe.
class Journal {
 public:
  using EntryPtr = std::shared_ptr<const Entry>;

  explicit Journal(JournalLimits limits = {}) : limits_(limits) {}

  // Numbers the entry, keeps it, tells the subscribers; returns its number.
  std::uint64_t record(Entry entry);

  // Those after `seq` that are still kept, oldest first, at most `limit` of them.
  [[nodiscard]] std::vector<EntryPtr> after(std::uint64_t seq,
                                            std::size_t limit = SIZE_MAX) const;
  [[nodiscard]] std::uint64_t last_seq() const;
  [[nodiscard]] std::uint64_t dropped() const;  // how many the limits pushed out

  // Forgets the entries; numbering goes on, so that "after N" stays true for whoever follows.
  void clear();

  // Calls `tell` with each new entry, on the thread that recorded it, until the handle is gone.
  // It must not block and must not call back into this journal.
  using Subscriber = std::function<void(const EntryPtr&)>;
  class Subscription;
  // Entries after `seq` that are kept are told at once, before any new one.
  [[nodiscard]] std::shared_ptr<void> subscribe(std::uint64_t after_seq, Subscriber tell);

 private:
  struct Kept {
    EntryPtr entry;
    std::size_t bytes;
  };
  void trim();

  const JournalLimits limits_;
  mutable std::mutex mutex_;
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_seq_ = 0;
  std::uint64_t dropped_ = 0;
  std::shared_ptr<std::map<std::uint64_t, Subscriber>> subscribers_ =
      std::make_shared<std::map<std::uint64_t, Subscriber>>();
  std::uint64_t next_subscriber_ = 0;
};

}  // namespace heygen::mock
