// The adapter's operations: what each is called, takes and does. Only for the adapter's own files.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "client_under_test/adapter/adapter.h"
#include "client_under_test/lib/file_store.h"
#include "client_under_test/lib/json.h"

namespace heygen::client {

inline constexpr std::array<std::string_view, 14> kConfigureParams{
    "authorize_url", "token_url", "refresh_url",   "revoke_url",  "device_url",
    "api_url",       "client_id", "client_secret", "client_auth", "redirect_uri",
    "scope",         "issuer",    "timeout_ms",    "store_dir"};

[[nodiscard]] Error bad_request(std::string message);
[[nodiscard]] Result<std::string> text_param(const JsonObject& params, std::string_view name);

// One configuration's client. Requests that are under way keep theirs alive when the next one
// comes.
struct Adapter::Configured {
  Configured(Config config, const std::string& store_dir, const AdapterParts& parts)
      : store(store_dir),
        client(std::move(config),
               Services{parts.clock, parts.random, parts.transport, store, parts.log},
               parts.seams) {}

  FileStore store;
  Client client;
};

struct Adapter::Request {
  std::string id = "null";  // JSON
  JsonObject params{};
};

struct Adapter::Operation {
  std::string_view name;
  std::span<const std::string_view> params;
  bool may_wait;  // for the network: handled beside the others
  Result<std::string> (Adapter::*handler)(const Request&);
};

}  // namespace heygen::client
