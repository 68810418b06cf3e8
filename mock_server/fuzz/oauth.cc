// Logins, refreshes and revocations as a stateful sequence against a model: a code never works
// twice; no token without a valid grant; what is revoked stays dead; whatever the order.
#include "mock_server/fuzz/game.h"
#include "mock_server/store/memory.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

void run(std::string_view input) {
  mock::MemoryStore store;
  const auto profile = static_cast<mock::Profile>(take_byte(input) % 3);
  mock::game::Game game{store, profile};
  // A longer game finds nothing that a shorter one does not, and takes its square.
  const std::string broken = game.play(input.substr(0, 512));
  require(broken.empty(), broken.c_str());
}

}  // namespace heygen::fuzz
