// What a client did while somebody used it, as the mock saw it; nobody drove it.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "conformance/seen.h"

namespace heygen::conformance {

class Watched {
 public:
  // In the order of the journal.
  void take(std::shared_ptr<const mock::Entry> entry);

  [[nodiscard]] const std::vector<Seen>& authorizations() const { return authorizations_; }
  [[nodiscard]] const std::vector<Seen>& exchanges() const { return exchanges_; }
  [[nodiscard]] const std::vector<Seen>& refreshes() const { return refreshes_; }
  [[nodiscard]] const std::vector<Seen>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<Seen>& revocations() const { return revocations_; }

  // The authorization request that brought the code of this exchange; null when it was not seen.
  [[nodiscard]] const Seen* origin_of(const Seen& exchange) const;

 private:
  std::vector<Seen> authorizations_;
  std::vector<Seen> exchanges_;
  std::vector<Seen> refreshes_;
  std::vector<Seen> calls_;
  std::vector<Seen> revocations_;
};

// A rule of the catalogue that can be judged by looking. Not applicable while nothing happened that
// it is about; its messages hold no secret.
struct PassiveRule {
  std::string_view id;
  Verdict (*judge)(const Watched& watched);
};
std::span<const PassiveRule> passive_rules();

}  // namespace heygen::conformance
