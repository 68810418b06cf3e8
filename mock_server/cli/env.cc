#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "mock_server/cli/commands.h"

namespace heygen::mock {
namespace {

struct Variable {
  const char* name;
  const char* path;  // below the mock's address
};

// heygen-client's own, and those that the vendor's hyperframes reads (facts.md).
constexpr std::array kVariables{
    Variable{"HEYGEN_BASE_URL", ""},
    Variable{"HEYGEN_AUTHORIZE_URL", "/oauth/authorize"},
    Variable{"HEYGEN_TOKEN_URL", "/v1/oauth/token"},
    Variable{"HEYGEN_REFRESH_URL", "/v1/oauth/refresh_token"},
    Variable{"HEYGEN_REVOKE_URL", "/v1/oauth/revoke"},
    Variable{"HEYGEN_DEVICE_URL", "/v1/oauth/device_authorization"},
    Variable{"HEYGEN_API_URL", ""},
    Variable{"HYPERFRAMES_OAUTH_AUTHORIZE_URL", "/oauth/authorize"},
    Variable{"HYPERFRAMES_OAUTH_TOKEN_URL", "/v1/oauth/token"},
    Variable{"HYPERFRAMES_OAUTH_REVOKE_URL", "/v1/oauth/revoke"},
    Variable{"HYPERFRAMES_OAUTH_DEVICE_URL", "/v1/oauth/device_authorization"},
};

// For single quotes in the shell's own way.
std::string quoted(const std::string& text, const char* escaped_quote) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += escaped_quote;
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

int print_environment(const EnvCommand& command) {
  if (command.shell == Shell::json) {
    nlohmann::ordered_json all;
    for (const auto& [name, path] : kVariables) all[name] = command.url + path;
    std::printf("%s\n", all.dump(2).c_str());
    return 0;
  }
  for (const auto& [name, path] : kVariables) {
    const std::string value = command.url + path;
    switch (command.shell) {
      case Shell::fish:
        std::printf("set -gx %s %s\n", name, quoted(value, "\\'").c_str());
        break;
      case Shell::powershell:
        std::printf("$env:%s = %s\n", name, quoted(value, "''").c_str());
        break;
      default:
        std::printf("export %s=%s\n", name, quoted(value, "'\\''").c_str());
    }
  }
  return 0;
}

}  // namespace heygen::mock
