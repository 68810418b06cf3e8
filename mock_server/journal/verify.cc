#include "mock_server/journal/verify.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "mock_server/journal/match.h"
#include "mock_server/journal/render.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kMostMatched = 100;
constexpr std::size_t kMostNearest = 5;

using Entries = std::span<const Journal::EntryPtr>;

std::string exchanges(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " exchange" : " exchanges");
}

std::string wanted_count(const Expectation& expectation) {
  const auto [min, max] = std::pair{expectation.min, expectation.max};
  if (!max) return "at least " + exchanges(min);
  if (*max == 0) return "none";
  if (*max == min) return "exactly " + exchanges(min);
  if (min == 0) return "at most " + exchanges(*max);
  return std::to_string(min) + " to " + exchanges(*max);
}

NearMiss near_miss(const ExchangeMatch& match, const Entry& entry, const Redactor& redactor) {
  const auto mine = redactor_for(entry, redactor);
  return {entry.seq,
          to_utf8(mine.text(entry.request.method) + " " + mine.text(entry.request.path()) + ": " +
                  std::to_string(entry.response.status) + " " + entry.outcome),
          to_utf8(mine.text(entry.why)), differences(match, entry, mine)};
}

// Those that differ least; of equals, the newest.
std::vector<NearMiss> nearest(const ExchangeMatch& match, Entries entries,
                              const Redactor& redactor) {
  std::vector<std::pair<std::size_t, const Entry*>> ranked;
  for (const auto& entry : entries) {
    if (const auto n = count_differences(match, *entry); n > 0) ranked.emplace_back(n, &*entry);
  }
  const auto most =
      ranked.begin() + static_cast<std::ptrdiff_t>(std::min(kMostNearest, ranked.size()));
  std::partial_sort(ranked.begin(), most, ranked.end(), [](const auto& a, const auto& b) {
    return std::pair{a.first, b.second->seq} < std::pair{b.first, a.second->seq};
  });
  std::vector<NearMiss> out;
  for (auto each = ranked.begin(); each != most; ++each) {
    out.push_back(near_miss(match, *each->second, redactor));
  }
  return out;
}

void verify_count(Entries entries, const Expectation& expectation, const Redactor& redactor,
                  Verdict& verdict) {
  for (const auto& entry : entries) {
    if (!matches(*expectation.match, *entry)) continue;
    ++verdict.count;
    verdict.matched.push_back(entry->seq);
  }
  if (verdict.matched.size() > kMostMatched) {
    verdict.matched.erase(verdict.matched.begin(),
                          verdict.matched.end() - static_cast<std::ptrdiff_t>(kMostMatched));
  }
  const bool few = verdict.count < expectation.min;
  const bool many = expectation.max && verdict.count > *expectation.max;
  verdict.message = "wanted " + wanted_count(expectation) + ", found " +
                    (verdict.count == 0 ? "none" : std::to_string(verdict.count));
  verdict.met = !few && !many;
  if (few) verdict.nearest = nearest(*expectation.match, entries, redactor);
}

// The one that fits and came too early is nearer than any that does not fit.
void add_early(Entries before, const ExchangeMatch& match, std::uint64_t last,
               const Redactor& redactor, std::vector<NearMiss>& nearest) {
  const auto early =
      std::ranges::find_if(before, [&](const auto& entry) { return matches(match, *entry); });
  if (early == before.end()) return;
  auto miss = near_miss(match, **early, redactor);
  miss.differs.push_back({"seq", "after " + std::to_string(last), std::to_string((*early)->seq)});
  nearest.insert(nearest.begin(), std::move(miss));
  if (nearest.size() > kMostNearest) nearest.pop_back();
}

void verify_order(Entries entries, const Expectation& expectation, const Redactor& redactor,
                  Verdict& verdict) {
  std::size_t next = 0;  // the first that the step may be
  std::vector<std::uint64_t> found;
  for (const auto& match : expectation.order) {
    const auto rest = entries.subspan(next);
    const auto hit =
        std::ranges::find_if(rest, [&](const auto& entry) { return matches(match, *entry); });
    if (hit == rest.end()) {
      const auto step = found.size();
      verdict.met = false;
      verdict.missing = step;
      verdict.message = "step " + std::to_string(step + 1) + " of " +
                        std::to_string(expectation.order.size()) + " was not found" +
                        (step == 0 ? "" : " after exchange " + std::to_string(found.back()));
      verdict.nearest = nearest(match, rest, redactor);
      if (step > 0) {
        add_early(entries.first(next), match, found.back(), redactor, verdict.nearest);
      }
      break;
    }
    next += static_cast<std::size_t>(hit - rest.begin()) + 1;
    found.push_back((*hit)->seq);
  }
  if (expectation.match) return;
  if (verdict.met) verdict.message = "found in this order";
  verdict.count = found.size();
  verdict.matched = std::move(found);
}

}  // namespace

Verdict verify(const Journal& journal, const Expectation& expectation, const Redactor& redactor) {
  const auto entries = journal.after(expectation.after);
  Verdict verdict;
  verdict.met = true;
  if (expectation.match) verify_count(entries, expectation, redactor, verdict);
  if (verdict.met) verify_order(entries, expectation, redactor, verdict);
  if (const auto dropped = journal.dropped(); dropped > 0 && !verdict.met) {
    verdict.message += "; the journal no longer holds the oldest " + std::to_string(dropped);
  }
  return verdict;
}

nlohmann::ordered_json render_verdict(const Verdict& verdict) {
  nlohmann::ordered_json out{{"met", verdict.met},
                             {"message", verdict.message},
                             {"count", verdict.count},
                             {"matched", verdict.matched}};
  if (verdict.missing) out["missing"] = *verdict.missing;
  auto& misses = out["nearest"] = nlohmann::ordered_json::array();
  for (const auto& miss : verdict.nearest) {
    auto differs = nlohmann::ordered_json::array();
    for (const auto& [field, wanted, got] : miss.differs) {
      nlohmann::ordered_json one{{"field", field}, {"wanted", wanted}, {"got", nullptr}};
      if (got) one["got"] = *got;
      differs.push_back(std::move(one));
    }
    misses.push_back({{"seq", miss.seq},
                      {"exchange", miss.exchange},
                      {"why", miss.why},
                      {"differs", std::move(differs)}});
  }
  return out;
}

}  // namespace heygen::mock
