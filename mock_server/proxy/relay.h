// Open tunnels: bytes are passed on as they come, in both directions.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "mock_server/wire/thread.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::proxy {

// Thread-safe. Each tunnel has a thread for as long as it is open: there are few, since they are
// asked for on purpose and bounded.
class Relay {
 public:
  static constexpr std::size_t kMost = 256;

  Relay() = default;
  ~Relay() { stop(); }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] bool full() const;
  // Until both sides have ended, one breaks, or nothing passes for ten minutes. `early` goes to
  // `far` first. When there is no room any more, both are closed.
  void join(std::unique_ptr<wire::Transport> near, std::unique_ptr<wire::Transport> far,
            std::string early);
  // Ends every tunnel; later ones are closed at once.
  void stop();

 private:
  struct Tunnel {
    std::unique_ptr<wire::Transport> near;
    std::unique_ptr<wire::Transport> far;
    std::string early;
    bool done = false;
    wire::Thread thread;  // last: joined before the transports go
  };
  void run(Tunnel& tunnel);
  void reap();  // with the lock held

  mutable std::mutex mutex_;
  std::list<Tunnel> tunnels_;
  bool stopped_ = false;
};

}  // namespace heygen::mock::proxy
