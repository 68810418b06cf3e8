// The token endpoint (RFC 6749 §4.1.3, §6) and revocation (RFC 7009).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/context.h"
#include "mock_server/core/result.h"

namespace heygen::mock {

// The parameters as sent, views into the request; one that was sent empty counts as left out
// (RFC 6749 §3.2).
struct CodeGrantParams {
  std::optional<std::string_view> code;
  std::optional<std::string_view> redirect_uri;
  std::optional<std::string_view> code_verifier;
};
Result<TokenSet> redeem(const Context& context, const Client& client,
                        const CodeGrantParams& params);

struct RefreshGrantParams {
  std::optional<std::string_view> refresh_token;
  std::optional<std::string_view> scope;
};
Result<TokenSet> refresh(const Context& context, const Client& client,
                         const RefreshGrantParams& params);

// What became of a request to revoke a token (RFC 7009 §2.1, §2.2). Only the last is an error on
// the wire: the purpose of the others, that the token is not good, is met or not the client's.
enum class Revocation : std::uint8_t { revoked, unknown, of_another_client, needs_authentication };
// `client` is null where none was named: enough for the token of a public client, which has nothing
// to authenticate with.
Revocation revoke(const Context& context, const Client* client, std::string_view token);

}  // namespace heygen::mock
