// What the API answers, from files: an integrator adds an endpoint by adding one.
#pragma once

#include <string_view>

namespace heygen::mock {

// Immutable once made; safe to use from any thread.
class Fixtures {
 public:
  explicit Fixtures(std::string_view dir = "");
};

}  // namespace heygen::mock
