#include <chrono>
#include <cstdio>
#include <thread>

#include "mock_server/cli/commands.h"
#include "mock_server/wire/http_get.h"

namespace heygen::mock {

int probe_ready(const ReadyCommand& command) {
  using Steady = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kBetween{25};
  const auto deadline = Steady::now() + command.timeout;
  std::optional<int> status;
  do {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
    status = wire::http_get_status(command.url, "/_mock/health",
                                   std::max(left, std::chrono::milliseconds{1}));
    if (status == 200) return 0;
    if (!command.wait) break;
    std::this_thread::sleep_for(kBetween);
  } while (Steady::now() < deadline);
  if (status) {
    std::fprintf(stderr, "heygen-mock-server: %s answers %d to /_mock/health: not this mock?\n",
                 command.url.c_str(), *status);
  } else {
    std::fprintf(stderr,
                 "heygen-mock-server: nothing serves at %s; start it, or name another --url\n",
                 command.url.c_str());
  }
  return 1;
}

}  // namespace heygen::mock
