// The mock's own store with a verb or two that go wrong: a class that overrides them.
#pragma once

#include <memory>
#include <utility>

#include "conformance/flawed/server_seams.h"
#include "mock_server/store/memory.h"

namespace heygen::conformance {

// A store of that kind for each sandbox.
template <typename Flawed, typename... Given>
MakeStore store_of(Given... given) {
  return [given...] { return std::make_unique<Flawed>(given...); };
}

}  // namespace heygen::conformance
