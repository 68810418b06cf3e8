#include "conformance/tls_front.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "mock_server/sandbox/system_sources.h"
#include "mock_server/tls/https.h"

namespace heygen::conformance {
namespace {

mock::tls::Names loopback_names() { return mock::tls::served_names({}, {}); }

}  // namespace

// In this order: the ports use the clock and the randomness until they are closed.
struct TlsFront::Door {
  mock::SystemClock clock;
  mock::SystemRandom random;
  mock::tls::Https https;
};

std::shared_ptr<const mock::tls::Authority> make_authority() {
  const mock::SystemClock clock;
  mock::SystemRandom random;
  return mock::tls::Authority::make(loopback_names(), clock, random);
}

TlsFront::TlsFront(std::shared_ptr<const mock::tls::Authority> authority, mock::tls::TlsFault fault,
                   Handler handler)
    : door_(std::make_unique<Door>()) {
  mock::wire::Listener::Options options;
  options.workers = 1;
  auto started =
      mock::tls::start_https(std::move(options), std::move(handler),
                             {std::move(authority), loopback_names(), door_->clock, door_->random,
                              [this](const mock::tls::Handshake&) {
                                const std::lock_guard lock(mutex_);
                                handshake_ = true;
                                came_.notify_all();
                              }},
                             fault);
  if (!started.error.empty()) throw std::runtime_error("no port with TLS: " + started.error);
  door_->https = std::move(started.https);
}

TlsFront::~TlsFront() = default;

bool TlsFront::saw_handshake() const {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, std::chrono::seconds{1}, [this] { return handshake_; });
}

std::string TlsFront::url() const {
  return "https://127.0.0.1:" + std::to_string(door_->https.listener->port());
}

}  // namespace heygen::conformance
