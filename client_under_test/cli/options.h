// The command line and the environment as one value.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "client_under_test/lib/config.h"
#include "client_under_test/lib/curl_transport.h"

namespace heygen::client {

enum class Command { login, status, call, refresh, logout, adapter };

struct Options {
  Command command = Command::status;
  Config config{};
  TransportOptions transport{};
  std::string store_dir{};
  bool json = false;
  // login
  bool device = false;
  bool browser = true;
  std::string callback_path = "/oauth/callback";
  std::uint16_t callback_port = 0;
  std::chrono::milliseconds timeout = std::chrono::minutes{5};
  // call
  std::string path{};
  std::string method{};
  std::optional<std::string> data{};
};

// The value of a variable, nothing when it is unset or empty.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// What to print instead of running: help or version (code 0), or one line that names the mend (2).
struct Usage {
  int code = 2;
  std::string text;
};

// A flag beats its HEYGEN_* variable; --base-url counts like the six endpoint flags it stands for.
[[nodiscard]] std::variant<Options, Usage> parse_options(int argc, const char* const* argv,
                                                         const Environment& environment,
                                                         std::string_view version);

// "500ms", "30s", "5m", "1h"; a bare number is seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace heygen::client
