// What the control API is told by whoever starts the server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/control/metrics.h"
#include "mock_server/journal/entry.h"
#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

struct ControlOptions {
  std::optional<std::string>
      admin_token;                 // absent: callers on loopback need none, no other gets in
  std::string host = "127.0.0.1";  // that the server is bound to: an address or a name
  std::vector<std::string> host_suffixes{"localhost"};  // NAME.SUFFIX is sandbox NAME
  std::string version;                                  // shown by `health`; "" is left out
  // Keeps what POST authorize did, as an exchange of the vendor's surface; it may be called from
  // any thread. Absent: the sandbox's journal does.
  std::function<void(Sandbox&, const Entry&)> record;
  std::function<void(std::string_view line)> log;  // of what no caller is told; may be absent
  MetricsSources metrics;
};

}  // namespace heygen::mock
