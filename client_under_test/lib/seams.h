// Every decision of the client in one value. The defaults are the sound ones; a program that needs
// another behaviour at one point (a test of a conformance suite, say) replaces that one function.
#pragma once

#include "client_under_test/lib/api_request.h"
#include "client_under_test/lib/callback.h"
#include "client_under_test/lib/device_flow.h"
#include "client_under_test/lib/endpoint.h"
#include "client_under_test/lib/login_request.h"
#include "client_under_test/lib/pages.h"
#include "client_under_test/lib/pending_logins.h"
#include "client_under_test/lib/refresh_rules.h"
#include "client_under_test/lib/token_record.h"
#include "client_under_test/lib/token_response.h"
#include "client_under_test/lib/token_store.h"

namespace heygen::client {

// Logging out forgets the login on disk; what is in memory is forgotten before.
[[nodiscard]] Result<void> wipe_login(TokenStore& store, std::string_view session);

struct LogoutRules {
  std::function<Result<void>(TokenStore&, std::string_view session)> wipe = &wipe_login;
};

struct StoreRules {
  std::function<std::optional<TokenRecord>(std::string_view text, const Config&)> read =
      &deserialize;
};

struct Seams {
  LoginRules login{};        // state, verifier, challenge, authorize URL
  PendingRules pending{};    // binding a callback to its login
  CallbackRules callback{};  // issuer and error
  EndpointRules endpoint{};  // requests to the token endpoints, and redirects there
  TokenRules token{};        // reading the answer, and what is said about it
  RefreshRules refresh{};    // when, how often, what a failure means, when to persist
  ApiRules api{};            // where the access token goes
  DeviceRules device{};      // polling
  LogoutRules logout{};
  StoreRules store{};  // reading what was kept
  PageRules pages{};
};

}  // namespace heygen::client
