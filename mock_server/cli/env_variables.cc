#include "mock_server/cli/env_variables.h"

#include <array>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

struct Endpoint {
  const char* name;
  const char* path;  // below the mock's address
};

// heygen-client's own, and those that the vendor's hyperframes reads (facts.md).
constexpr std::array kEndpoints{
    Endpoint{"HEYGEN_BASE_URL", ""},
    Endpoint{"HEYGEN_AUTHORIZE_URL", "/oauth/authorize"},
    Endpoint{"HEYGEN_TOKEN_URL", "/v1/oauth/token"},
    Endpoint{"HEYGEN_REFRESH_URL", "/v1/oauth/refresh_token"},
    Endpoint{"HEYGEN_REVOKE_URL", "/v1/oauth/revoke"},
    Endpoint{"HEYGEN_DEVICE_URL", "/v1/oauth/device_authorization"},
    Endpoint{"HEYGEN_API_URL", ""},
    Endpoint{"HYPERFRAMES_OAUTH_AUTHORIZE_URL", "/oauth/authorize"},
    Endpoint{"HYPERFRAMES_OAUTH_TOKEN_URL", "/v1/oauth/token"},
    Endpoint{"HYPERFRAMES_OAUTH_REVOKE_URL", "/v1/oauth/revoke"},
    Endpoint{"HYPERFRAMES_OAUTH_DEVICE_URL", "/v1/oauth/device_authorization"},
};

// Of OpenSSL, Go, Ruby and rustls; Node; Python's requests; curl; Deno. NODE_EXTRA_CA_CERTS adds to
// what is trusted, the others replace it.
constexpr std::array kTrust{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE",
                            "CURL_CA_BUNDLE", "DENO_CERT"};

// Both spellings: some read the one, some the other.
constexpr std::array kProxy{"HTTPS_PROXY", "https_proxy"};
constexpr std::array kNoProxy{"NO_PROXY", "no_proxy"};
// The mock's own address and a client's loopback redirect. It takes the place of a list that might
// let the vendor's hosts through.
constexpr const char* kDirectly = "localhost,127.0.0.1,::1";

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

std::string line(Shell shell, const std::string& name, const std::string& value) {
  switch (shell) {
    case Shell::fish: {
      std::string escaped;
      for (const char c : value) escaped += c == '\\' ? "\\\\" : std::string{c};
      return "set -gx " + name + " " + quoted(escaped, "\\'") + "\n";
    }
    case Shell::powershell:
      return "$env:" + name + " = " + quoted(value, "''") + "\n";
    case Shell::github:
    case Shell::docker:
      // Neither format has quotes: a line is a variable.
      if (value.find_first_of("\r\n") != std::string::npos) {
        throw BadInput{"--shell", name + " has a line break, which this format cannot hold"};
      }
      return name + "=" + value + "\n";
    case Shell::json:
    case Shell::sh:
      break;
  }
  return "export " + name + "=" + quoted(value, "'\\''") + "\n";
}

}  // namespace

Variables variables_for(const Served& served) {
  Variables out;
  for (const auto& [name, path] : kEndpoints) out.emplace_back(name, served.url + path);
  out.emplace_back("HEYGEN_MOCK_URL", served.url);
  if (!served.https_url.empty()) out.emplace_back("HEYGEN_MOCK_HTTPS_URL", served.https_url);
  if (served.https_url.empty() && served.proxy_url.empty()) return out;
  for (const auto* const name : kTrust) out.emplace_back(name, served.ca_file);
  if (served.proxy_url.empty()) return out;
  for (const auto* const name : kProxy) out.emplace_back(name, served.proxy_url);
  for (const auto* const name : kNoProxy) out.emplace_back(name, kDirectly);
  out.emplace_back("NODE_USE_ENV_PROXY", "1");  // Node's own fetch, from 22.21 and 24.5 on
  return out;
}

std::string written_for(Shell shell, const Variables& variables) {
  if (shell == Shell::json) {
    nlohmann::ordered_json all;
    for (const auto& [name, value] : variables) all[name] = value;
    return all.dump(2) + "\n";
  }
  std::string out;
  for (const auto& [name, value] : variables) out += line(shell, name, value);
  return out;
}

}  // namespace heygen::mock
