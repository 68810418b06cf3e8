// The authorization request and its response (RFC 6749 §4.1.1, §4.1.2).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mock_server/core/context.h"
#include "mock_server/core/error.h"

namespace heygen::mock {

// The parameters as sent; one that was sent empty counts as left out (RFC 6749 §3.1).
struct AuthorizeParams {
  std::optional<std::string> response_type;
  std::optional<std::string> client_id;
  std::optional<std::string> redirect_uri;
  std::optional<std::string> state;
  std::optional<std::string> scope;
  std::optional<std::string> code_challenge;
  std::optional<std::string> code_challenge_method;
  std::optional<std::string> duplicated = std::nullopt;  // the name of one that was sent twice
};

// Found good; waits for the user's decision.
struct AuthorizeRequest {
  Code code;  // without value and times
  std::string redirect_to;
  std::optional<std::string> state;
  Policy policy;
};
// Answered on the spot: whoever asked is not known well enough to be redirected to (§4.1.2.1).
struct AuthorizeRefused {
  OAuthError error;
};
// Answered by a redirect to the client.
struct AuthorizeRedirect {
  std::string location;
  OAuthError error;
};
using AuthorizeOutcome = std::variant<AuthorizeRequest, AuthorizeRefused, AuthorizeRedirect>;

AuthorizeOutcome check_authorize(const Context& context, const AuthorizeParams& params);

// The user's decision: the address the browser is sent to.
struct Approved {
  std::string location;
  std::string code;
};
Approved approve(const Context& context, const AuthorizeRequest& request, std::string_view user);
AuthorizeRedirect deny(const Context& context, const AuthorizeRequest& request);

}  // namespace heygen::mock
