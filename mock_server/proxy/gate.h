// What a forward proxy does with a request: the vendor's hosts are answered here, as if they were
// reached; everybody else is refused, so that no client gets to the real service by accident.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "mock_server/proxy/target.h"
#include "mock_server/tls/acceptor.h"
#include "mock_server/wire/listener_options.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::proxy {

// A tunnel to a host of which nothing is known: the answer to its CONNECT. May block.
using OpenTunnel = std::function<wire::Response(const wire::Request& connect, const Target&)>;

// Thread-safe.
class Gate {
 public:
  struct Settings {
    wire::Handler vendor;  // answers what is for the vendor; sees origin-form targets
    const tls::Acceptor* acceptor = nullptr;  // of the tunnels; null: plain HTTP where TLS belongs
    OpenTunnel elsewhere;                     // empty: other hosts are refused
    wire::LogError log;                       // each refusal; may be empty
  };
  explicit Gate(Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] wire::Response answer(wire::Request&& request) const;

 private:
  [[nodiscard]] wire::Response connect(const wire::Request& request) const;
  [[nodiscard]] wire::Response forward(const wire::Request& request) const;
  [[nodiscard]] wire::Response refuse(int status, const std::string& what,
                                      std::string_view why) const;

  Settings settings_;
};

}  // namespace heygen::mock::proxy
