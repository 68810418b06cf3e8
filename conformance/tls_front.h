// The mock behind TLS, with something wrong about it or not: a door of its own to the same sandbox.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "mock_server/tls/authority.h"
#include "mock_server/tls/fault.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {

// An authority that nobody trusts unless told to.
std::shared_ptr<const mock::tls::Authority> make_authority();

// Serves on a port of its own until it is destroyed. Thread-safe.
class TlsFront {
 public:
  using Handler = std::function<mock::wire::Response(const mock::wire::Request&)>;

  // Throws std::runtime_error when no port can be had.
  TlsFront(std::shared_ptr<const mock::tls::Authority> authority, mock::tls::TlsFault fault,
           Handler handler);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  [[nodiscard]] std::string url() const;  // "https://127.0.0.1:40001"
  // Whether a handshake was begun, whatever became of it; without TLS none can be seen. A client
  // that breaks it off is faster than the news of it: they are waited for, a second at most.
  [[nodiscard]] bool saw_handshake() const;

 private:
  struct Door;
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  bool handshake_ = false;
  std::unique_ptr<Door> door_;
};

}  // namespace heygen::conformance
