// The vendor's OAuth surface: a request is read, a rule of the core decides, the answer is written.
#pragma once

#include "mock_server/core/context.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// What the routes need of a world. All references must outlive the calls.
struct World {
  Store& store;
  RandomSource& random;
  const Clock& clock;
  Policy policy;
  std::string issuer;
};

// Thread-safe as far as the world's parts are, and they are.
wire::Response answer(const World& world, const wire::Request& request);

}  // namespace heygen::mock
