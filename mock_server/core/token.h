// The token endpoint (RFC 6749 §4.1.3, §6) and revocation (RFC 7009).
#pragma once

#include <optional>
#include <string>

#include "mock_server/core/context.h"
#include "mock_server/core/result.h"

namespace heygen::mock {

// How a client says who it is (RFC 6749 §2.3.1).
struct ClientCredentials {
  std::optional<std::string> id;      // client_id in the body
  std::optional<std::string> secret;  // client_secret in the body
  bool basic_tried = false;           // an Authorization header was sent
  std::optional<std::pair<std::string, std::string>> basic;  // and could be read
};
Result<std::shared_ptr<const Client>> authenticate(const Context& context,
                                                   const ClientCredentials& credentials);

// The parameters as sent; one that was sent empty counts as left out (RFC 6749 §3.2).
struct CodeGrantParams {
  std::optional<std::string> code;
  std::optional<std::string> redirect_uri;
  std::optional<std::string> code_verifier;
};
Result<TokenSet> redeem(const Context& context, const Client& client,
                        const CodeGrantParams& params);

struct RefreshGrantParams {
  std::optional<std::string> refresh_token;
  std::optional<std::string> scope;
};
Result<TokenSet> refresh(const Context& context, const Client& client,
                         const RefreshGrantParams& params);

// RFC 7009 §2.1: an unknown token is no error. `client` absent: none was named.
void revoke(const Context& context, const Client* client, std::string_view token);

}  // namespace heygen::mock
