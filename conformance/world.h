// How the world of a check is furnished: as whom the subject asks, and by which rules it is
// answered.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "mock_server/core/types.h"

namespace heygen::conformance {

// How the world differs from the usual one.
struct Setup {
  std::string client_id = "conformance-client";
  std::optional<std::string> client_secret;
  std::string redirect_uri = "http://127.0.0.1:53682/oauth/callback";
  std::string scope;
  std::string authorize_query;           // of the configured endpoint: "tenant=x"
  mock::PolicyOverrides policies;        // {{"rotation", "omit"}}: see core/policy.h
  std::optional<std::string> token_url;  // of the configured endpoint, when it is elsewhere
  std::optional<std::chrono::milliseconds> timeout;  // told to subjects with Capability::timeout
  std::optional<std::string> issuer;  // told to subjects with Capability::issuer, sent as `iss`
};

// The world of a subject that nobody can configure, because somebody has pointed it at an address
// already: one sandbox for all checks, made anew for each, in which it is always the same client.
struct FixedWorld {
  std::string origin;   // of the mock, as the subject writes it: "http://localhost:8765"
  std::string sandbox;  // "default": the one without a prefix
  Setup setup;  // a check may add policies, and nothing else; its wish for a scope is let be
};

}  // namespace heygen::conformance
