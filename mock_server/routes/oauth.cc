#include "mock_server/routes/oauth.h"

#include "mock_server/routes/surface.h"

namespace heygen::mock {

wire::Response answer(const World& world, const wire::Request& request) {
  static const Surface surface;
  static const SandboxConfig config = [] {
    SandboxConfig c;
    c.users.push_back({"15ebafd83a8521f0b8d56a14c8a4bd72", "john.doe@gmail.com", "John", "Doe"});
    c.api_keys.emplace_back("demo-api-key");
    return c;
  }();
  const Context context{world.store, world.random, world.clock.now(), world.policy, world.issuer};
  return surface.answer(surface.read(request), {context, config, world.issuer}).response;
}

}  // namespace heygen::mock
