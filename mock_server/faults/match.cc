#include "mock_server/faults/match.h"

namespace heygen::mock {
namespace {

bool path_matches(std::string_view pattern, std::string_view path) noexcept {
  if (!pattern.ends_with('*')) return path == pattern;
  pattern.remove_suffix(1);
  return path.starts_with(pattern);
}

// SplitMix64: the ordinal's own number, whatever was drawn before it, so that the same seed fires
// on the same requests though other rules come and go.
std::uint64_t mix(std::uint64_t seed, std::uint64_t ordinal) noexcept {
  std::uint64_t z = seed + ordinal * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// In [0, 1), from the upper 53 bits: all that a double tells apart.
double unit_interval(std::uint64_t bits) noexcept {
  return static_cast<double>(bits >> 11U) * 0x1p-53;
}

struct FiresAt {
  std::uint64_t ordinal;

  bool operator()(const FaultAlways&) const noexcept { return true; }
  bool operator()(const FaultNth& nth) const noexcept { return ordinal == nth.n; }
  bool operator()(const FaultFirst& first) const noexcept { return ordinal <= first.n; }
  bool operator()(const FaultEvery& every) const noexcept {
    return every.n != 0 && ordinal % every.n == 0;
  }
  bool operator()(const FaultAfter& after) const noexcept { return ordinal > after.n; }
  bool operator()(const FaultProbability& chance) const noexcept {
    return unit_interval(mix(chance.seed, ordinal)) < chance.p;
  }
};

}  // namespace

bool in_scope(const FaultScope& scope, const FaultQuery& query) noexcept {
  if (scope.endpoint ? *scope.endpoint != query.endpoint
                     : query.endpoint == Endpoint::none && !scope.path) {
    return false;
  }
  if (scope.grant_type && *scope.grant_type != query.grant_type) return false;
  if (scope.client_id && *scope.client_id != query.client_id) return false;
  return !scope.path || path_matches(*scope.path, query.path);
}

bool fires(const FaultWhen& when, std::uint64_t ordinal) noexcept {
  return std::visit(FiresAt{ordinal}, when);
}

std::optional<std::uint64_t> chances_after(const FaultWhen& when, std::uint64_t matched) noexcept {
  if (const auto* const nth = std::get_if<FaultNth>(&when)) return matched < nth->n ? 1U : 0U;
  if (const auto* const first = std::get_if<FaultFirst>(&when)) {
    return matched < first->n ? first->n - matched : 0U;
  }
  return std::nullopt;
}

}  // namespace heygen::mock
