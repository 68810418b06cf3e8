#include "mock_server/store/token_table.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> by_age(const TokenTable& table) {
  std::vector<std::string> out;
  for (const auto* each = table.oldest(); each != nullptr; each = TokenTable::newer(*each)) {
    out.emplace_back(each->value());
  }
  return out;
}

std::vector<std::string> of(const TokenFamily& family) {
  std::vector<std::string> out;
  for (const auto* each = family.youngest; each != nullptr; each = TokenTable::elder(*each)) {
    out.emplace_back(each->value());
  }
  return out;
}

TEST(TokenTable, FindsWhatIsInItAndNothingElse) {
  TokenFamily family;
  TokenTable table;
  EXPECT_EQ(table.find("a"), nullptr);
  TokenRecord* const a = table.add("a", TokenKind::access, family);
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(table.find("a"), a);
  EXPECT_EQ(table.find("b"), nullptr);
  EXPECT_EQ(table.add("a", TokenKind::refresh, family), nullptr);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(family.size, 1U);
  EXPECT_EQ(a->fingerprint, fingerprint_of("a"));
  EXPECT_EQ(table.find(fingerprint_of("a")), a);
  EXPECT_EQ(table.find(fingerprint_of("b")), nullptr);
  table.erase(*a);
  EXPECT_EQ(table.find("a"), nullptr);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(family.youngest, nullptr);
}

TEST(TokenTable, AValueMayHoldAnyBytes) {
  TokenFamily family;
  TokenTable table;
  const std::string bytes{"\0\xff", 2};
  table.add(bytes, TokenKind::access, family);
  table.add("", TokenKind::access, family);
  EXPECT_EQ(table.find(bytes)->value(), bytes);
  EXPECT_EQ(table.find("")->value(), "");
}

TEST(TokenTable, AFamilyKnowsItsNewestOfEachKindUntilItIsForgotten) {
  TokenFamily family;
  TokenTable table;
  TokenRecord* const old_access = table.add("a1", TokenKind::access, family);
  TokenRecord* const refresh = table.add("r1", TokenKind::refresh, family);
  TokenRecord* const access = table.add("a2", TokenKind::access, family);
  EXPECT_EQ(family.access, access);
  EXPECT_EQ(family.refresh, refresh);
  table.erase(*old_access);
  EXPECT_EQ(family.access, access);
  table.erase(*access);
  EXPECT_EQ(family.access, nullptr);
  EXPECT_THAT(of(family), ElementsAre("r1"));
}

TEST(TokenTable, WhatATokenWasUsedForIsForgottenWithIt) {
  TokenFamily family;
  TokenTable table;
  TokenRecord* const spent = table.add("r1", TokenKind::refresh, family);
  TokenRecord* const access = table.add("a2", TokenKind::access, family);
  TokenRecord* const refresh = table.add("r2", TokenKind::refresh, family);
  TokenTable::link(*spent, access, refresh);
  table.erase(*refresh);
  EXPECT_EQ(spent->next_access, access);
  EXPECT_EQ(spent->next_refresh, nullptr);
  TokenRecord* const another = table.add("r3", TokenKind::refresh, family);
  TokenTable::link(*spent, nullptr, another);  // used again: in place of the earlier ones
  table.erase(*access);
  EXPECT_EQ(spent->next_refresh, another);
  table.erase(*spent);
  table.erase(*another);  // does not look for who has gone
  EXPECT_EQ(table.size(), 0U);
}

// Against a map that cannot be wrong, in an order of their own: growth, and gaps that close.
TEST(TokenTable, IsWhatAMapAndAListWouldBe) {
  std::mt19937 chance(4711);
  std::map<int, TokenFamily> families;
  TokenTable table;
  std::map<std::string, TokenRecord*> model;
  std::vector<std::string> order;
  for (int step = 0; step < 20'000; ++step) {
    const std::string value = "token-" + std::to_string(chance() % 700);
    const auto known = model.find(value);
    if (chance() % 3 != 0) {
      auto* const added =
          table.add(value, chance() % 2 == 0 ? TokenKind::access : TokenKind::refresh,
                    families[static_cast<int>(chance() % 5)]);
      ASSERT_EQ(added == nullptr, known != model.end());
      if (added == nullptr) continue;
      model[value] = added;
      order.push_back(value);
    } else if (known != model.end()) {
      table.erase(*known->second);
      model.erase(known);
      std::erase(order, value);
    }
  }
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [value, record] : model) ASSERT_EQ(table.find(value), record) << value;
  for (int i = 0; i < 700; ++i) {
    const std::string value = "token-" + std::to_string(i);
    ASSERT_EQ(table.find(value) != nullptr, model.contains(value)) << value;
  }
  EXPECT_EQ(by_age(table), order);
  std::size_t of_families = 0;
  for (const auto& [id, family] : families) {
    EXPECT_EQ(of(family).size(), family.size);
    of_families += family.size;
  }
  EXPECT_EQ(of_families, model.size());
  table.clear();
  EXPECT_THAT(by_age(table), IsEmpty());
  EXPECT_EQ(table.find(order.front()), nullptr);
}

// Beyond what one huge page of the index holds.
TEST(TokenTable, ManyAreFoundAndForgottenLikeFew) {
  constexpr int kMany = 140'000;
  TokenFamily family;
  TokenTable table;
  std::vector<TokenRecord*> records;
  for (int i = 0; i < kMany; ++i) {
    records.push_back(table.add("token-" + std::to_string(i), TokenKind::access, family));
  }
  for (int i = 0; i < kMany; i += 2) table.erase(*records[static_cast<std::size_t>(i)]);
  for (int i = 0; i < kMany; ++i) {
    auto* const expected = i % 2 == 0 ? nullptr : records[static_cast<std::size_t>(i)];
    ASSERT_EQ(table.find("token-" + std::to_string(i)), expected) << i;
  }
  EXPECT_EQ(table.size(), records.size() / 2);
}

TEST(HugePageAllocator, GivesBigBlocksAWholePageOfTheirOwn) {
  HugePageAllocator<std::uint64_t> allocator;
  constexpr std::size_t kBig = kHugePage / sizeof(std::uint64_t);
  auto* const big = allocator.allocate(kBig);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(big) % kHugePage, 0U);
  big[0] = big[kBig - 1] = 1;
  allocator.deallocate(big, kBig);
  auto* const small = allocator.allocate(1);
  *small = 1;
  allocator.deallocate(small, 1);
  EXPECT_THROW((void)allocator.allocate(static_cast<std::size_t>(-1)), std::bad_array_new_length);
}

}  // namespace
}  // namespace heygen::mock
