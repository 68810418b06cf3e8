#include "mock_server/store/token_table.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kFirstSlots = 16;

std::uint64_t hash_of(const Fingerprint& fingerprint) noexcept {
  std::uint64_t hash = 0;
  std::copy(fingerprint.begin(), fingerprint.end(), reinterpret_cast<unsigned char*>(&hash));
  return hash;
}

}  // namespace

// --- by value ----------------------------------------------------------------------------------

TokenRecord* TokenIndex::find(std::string_view value, std::uint64_t hash) const noexcept {
  if (slots_.empty()) return nullptr;
  for (auto at = hash & (slots_.size() - 1); slots_[at].record != nullptr; at = next(at)) {
    if (slots_[at].hash == hash && slots_[at].record->value() == value) return slots_[at].record;
  }
  return nullptr;
}

TokenRecord* TokenIndex::find(std::uint64_t hash) const noexcept {
  if (slots_.empty()) return nullptr;
  auto at = hash & (slots_.size() - 1);
  while (slots_[at].record != nullptr && slots_[at].hash != hash) at = next(at);
  return slots_[at].record;
}

void TokenIndex::insert(TokenRecord& record) {
  if (2 * (used_ + 1) > slots_.size()) {
    Slots before(std::max(2 * slots_.size(), kFirstSlots));
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.record != nullptr) place(slot);
    }
  }
  place({hash_of(record.fingerprint), &record});
  ++used_;
}

void TokenIndex::place(Slot slot) noexcept {
  auto at = slot.hash & (slots_.size() - 1);
  while (slots_[at].record != nullptr) at = next(at);
  slots_[at] = slot;
}

// Whoever was pushed beyond the gap moves back into it, so that no search ends too early.
void TokenIndex::erase(const TokenRecord& record) noexcept {
  const auto mask = slots_.size() - 1;
  auto gap = hash_of(record.fingerprint) & mask;
  while (slots_[gap].record != &record) gap = next(gap);
  for (auto at = next(gap); slots_[at].record != nullptr; at = next(at)) {
    const auto home = slots_[at].hash & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;  // its home is behind the gap
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = {};
  --used_;
}

// --- the table ---------------------------------------------------------------------------------

TokenRecord* TokenTable::find(std::string_view value) const {
  return index_.find(value, hash_of(fingerprint_of(value)));
}

TokenRecord* TokenTable::find(const Fingerprint& fingerprint) const noexcept {
  return index_.find(hash_of(fingerprint));
}

TokenRecord* TokenTable::add(std::string_view value, TokenKind kind, TokenFamily& family) {
  const auto print = fingerprint_of(value);
  if (index_.find(value, hash_of(print)) != nullptr) return nullptr;
  if (value.size() > std::numeric_limits<std::uint32_t>::max()) throw std::bad_alloc{};
  auto* const memory = ::operator new(sizeof(TokenRecord) + value.size());
  auto* const record = ::new (memory) TokenRecord;
  std::copy(value.begin(), value.end(), reinterpret_cast<char*>(record + 1));
  record->length = static_cast<std::uint32_t>(value.size());
  record->fingerprint = print;
  record->kind = kind;
  record->family = &family;
  try {
    index_.insert(*record);
  } catch (...) {
    destroy(record);
    throw;
  }
  record->older = newest_;
  (newest_ == nullptr ? oldest_ : newest_->newer) = record;
  newest_ = record;
  ++size_;

  record->elder = family.youngest;
  if (family.youngest != nullptr) family.youngest->younger = record;
  family.youngest = record;
  (kind == TokenKind::access ? family.access : family.refresh) = record;
  ++family.size;
  return record;
}

void TokenTable::link(TokenRecord& spent, TokenRecord* access, TokenRecord* refresh) noexcept {
  unlink(spent);
  spent.next_access = access;
  spent.next_refresh = refresh;
  if (access != nullptr) access->spent_for_it = &spent;
  if (refresh != nullptr) refresh->spent_for_it = &spent;
}

void TokenTable::unlink(TokenRecord& record) noexcept {
  if (auto* const next = std::exchange(record.next_access, nullptr)) next->spent_for_it = nullptr;
  if (auto* const next = std::exchange(record.next_refresh, nullptr)) next->spent_for_it = nullptr;
}

void TokenTable::erase(TokenRecord& record) noexcept {
  unlink(record);
  if (auto* const spent = record.spent_for_it) {
    if (spent->next_access == &record) spent->next_access = nullptr;
    if (spent->next_refresh == &record) spent->next_refresh = nullptr;
  }
  TokenFamily& family = *record.family;
  if (family.access == &record) family.access = nullptr;
  if (family.refresh == &record) family.refresh = nullptr;
  (record.younger == nullptr ? family.youngest : record.younger->elder) = record.elder;
  if (record.elder != nullptr) record.elder->younger = record.younger;
  --family.size;

  (record.older == nullptr ? oldest_ : record.older->newer) = record.newer;
  (record.newer == nullptr ? newest_ : record.newer->older) = record.older;
  index_.erase(record);
  --size_;
  destroy(&record);
}

void TokenTable::clear() noexcept {
  while (oldest_ != nullptr) {
    auto* const next = oldest_->newer;
    destroy(oldest_);
    oldest_ = next;
  }
  newest_ = nullptr;
  size_ = 0;
  index_.clear();
}

void TokenTable::destroy(TokenRecord* record) noexcept {
  record->~TokenRecord();
  ::operator delete(record);
}

}  // namespace heygen::mock
