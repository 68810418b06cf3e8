// The tokens of a MemoryStore by value, in the order they were issued, and by family.
//
// Made for a million of them: a token is one block of memory, its value behind it, and the index
// is one flat array. Looking one up, adding and forgetting touch as few cache lines as can be.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/core/crypto.h"
#include "mock_server/core/types.h"
#include "mock_server/store/huge_pages.h"

namespace heygen::mock {

struct TokenFamily;

struct TokenRecord {
  TokenRecord(const TokenRecord&) = delete;
  TokenRecord& operator=(const TokenRecord&) = delete;

  [[nodiscard]] std::string_view value() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), length};
  }
  [[nodiscard]] bool used() const noexcept { return used_at.has_value(); }

  TokenFamily* family = nullptr;
  TimePoint issued_at;
  TimePoint expires_at = kNever;
  std::optional<TimePoint> used_at;  // of a refresh token, when it was spent for these two,
  TokenRecord* next_access = nullptr;
  TokenRecord* next_refresh = nullptr;  // which may be forgotten before it
  std::uint32_t generation = 0;
  Fingerprint fingerprint{};
  std::optional<Fingerprint> parent;  // what it was given for
  TokenKind kind = TokenKind::access;
  RevokedBy revoked_by = RevokedBy::nobody;
  bool spent = false;  // for good: no clock brings it back

 private:
  friend class TokenTable;
  friend class TokenIndex;
  TokenRecord() = default;

  std::uint32_t length = 0;
  TokenRecord* older = nullptr;
  TokenRecord* newer = nullptr;
  TokenRecord* elder = nullptr;  // of its family
  TokenRecord* younger = nullptr;
  TokenRecord* spent_for_it = nullptr;  // the record that has this one as its next
};

// The tokens of one grant.
struct TokenFamily {
  TokenRecord* youngest = nullptr;
  TokenRecord* access = nullptr;   // the newest of each kind, or null
  TokenRecord* refresh = nullptr;  // once forgotten
  std::uint32_t size = 0;
};

// By fingerprint, which is a hash that nobody can aim at: open addressing with linear probing, half
// empty at least.
class TokenIndex {
 public:
  [[nodiscard]] TokenRecord* find(std::string_view value, std::uint64_t hash) const noexcept;
  [[nodiscard]] TokenRecord* find(std::uint64_t hash) const noexcept;
  void insert(TokenRecord& record);  // which is not there yet
  void erase(const TokenRecord& record) noexcept;
  void clear() noexcept { *this = {}; }
  // Calls `visit` with those in the slots from `at` on; returns the slot to go on at, or nothing.
  template <typename Visit>
  std::optional<std::size_t> visit_some(std::size_t at, std::size_t slots, Visit visit) const {
    const auto end = std::min(slots_.size(), at + slots);
    for (; at < end; ++at) {
      if (slots_[at].record != nullptr) visit(*slots_[at].record);
    }
    return at < slots_.size() ? std::optional{at} : std::nullopt;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    TokenRecord* record = nullptr;
  };
  [[nodiscard]] std::size_t next(std::size_t slot) const noexcept {
    return (slot + 1) & (slots_.size() - 1);
  }
  void place(Slot slot) noexcept;

  using Slots = std::vector<Slot, HugePageAllocator<Slot>>;
  Slots slots_;  // as many as a power of two
  std::size_t used_ = 0;
};

// Not thread-safe. A record stays where it is until it is erased.
class TokenTable {
 public:
  TokenTable() = default;
  ~TokenTable() { clear(); }
  TokenTable(const TokenTable&) = delete;
  TokenTable& operator=(const TokenTable&) = delete;

  [[nodiscard]] TokenRecord* find(std::string_view value) const;
  [[nodiscard]] TokenRecord* find(const Fingerprint& fingerprint) const noexcept;
  // Null when the value is there already. The family must outlive its tokens.
  TokenRecord* add(std::string_view value, TokenKind kind, TokenFamily& family);
  // Notes that `spent` was used for these two (either may be null), in place of earlier ones.
  static void link(TokenRecord& spent, TokenRecord* access, TokenRecord* refresh) noexcept;
  void erase(TokenRecord& record) noexcept;
  void clear() noexcept;

  // All of them, in no order, some at a time: see TokenIndex::visit_some. Those that come or go
  // between two calls may be left out or met twice.
  template <typename Visit>
  std::optional<std::size_t> visit_some(std::size_t at, std::size_t slots, Visit visit) const {
    return index_.visit_some(at, slots, std::move(visit));
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] TokenRecord* oldest() const noexcept { return oldest_; }
  [[nodiscard]] static TokenRecord* newer(const TokenRecord& record) noexcept {
    return record.newer;
  }
  [[nodiscard]] static TokenRecord* elder(const TokenRecord& record) noexcept {
    return record.elder;  // of its family
  }

 private:
  static void unlink(TokenRecord& record) noexcept;
  static void destroy(TokenRecord* record) noexcept;

  TokenIndex index_;
  TokenRecord* oldest_ = nullptr;
  TokenRecord* newest_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace heygen::mock
