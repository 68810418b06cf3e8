// Challenges of a 401: the WWW-Authenticate fields (RFC 9110 §11.6.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/server/reply.h"

namespace heygen::conformance {

struct Challenge {
  std::string scheme;                                       // in lower case
  std::vector<std::pair<std::string, std::string>> params;  // names in lower case, values unquoted

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
};

// One field may have several, and what cannot be read in it is passed over.
std::vector<Challenge> challenges_of(std::string_view field);

// Bearer's among all fields of the answer; its parameters when there are several such challenges
// are those of all.
std::optional<Challenge> bearer_challenge(const Reply& reply);

}  // namespace heygen::conformance
