// Sandbox: several processes, one sandbox.
#include <charconv>

#include "mock_server/sandbox/kept.h"
#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {
namespace {

std::uint64_t read_resets(std::string_view note) {
  std::uint64_t number = 0;
  (void)std::from_chars(note.data(), note.data() + note.size(), number);
  return number;
}

}  // namespace

// Goes on with what is kept, or is the one that begins. Another process may begin at the same time:
// one of them is first, and the others go on.
void Sandbox::join(const SandboxBlueprint& blueprint) {
  for (;;) {
    store_->catch_up([this](const Notes& notes) {
      for (const auto& [key, text] : notes) {
        if (key == kept::kResets) resets_ = read_resets(text);
      }
    });
    try {
      go_on(blueprint);
      return;
    } catch (const StoreBehind&) {
      continue;
    }
  }
}

void Sandbox::catch_up() {
  if (!shared_ || !store_->is_behind()) return;
  const auto still = stand_still();
  store_->catch_up([this](const Notes& notes) { adopt(notes); });
}

std::unique_lock<std::mutex> Sandbox::stand_still() {
  return shared_ ? std::unique_lock{still_} : std::unique_lock<std::mutex>{};
}

void Sandbox::adopt(const Notes& notes) {
  for (const auto& [key, text] : notes) {
    if (key == kept::kClock) {
      clock_.restore(kept::read_clock(text));
    } else if (key == Faults::kNote) {
      faults_.take(text);
    } else if (key == kept::kConfig) {
      SandboxConfig config = kept::read_config(text);
      const Policy policy = config.policy();
      const std::lock_guard lock{changing_};
      put(std::make_shared<const Settings>(Settings{std::move(config), policy}));
    } else if (key == kept::kResets && read_resets(text) != resets_) {
      resets_ = read_resets(text);
      drop_own();
    }
  }
}

}  // namespace heygen::mock
