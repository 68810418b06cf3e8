// What both benchmark servers answer at the token endpoint, so that only the servers differ.
#pragma once

#include <string_view>

namespace heygen::mock::bench {

// The sizes of real answers: 42 characters of access token, 48 of refresh token.
inline constexpr std::string_view kTokenAnswer =
    R"({"token_type":"Bearer","access_token":"0123456789abcdefghijklmnopqrstuvwxyzABCDEF",)"
    R"("expires_in":864000,"refresh_token":"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"})";
inline constexpr std::string_view kErrorAnswer = R"({"error":"invalid_request"})";

inline constexpr std::string_view kRedirect =
    "http://127.0.0.1:3000/"
    "callback?code=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL&state=xyz";

[[nodiscard]] constexpr bool acceptable_code(std::string_view grant_type, std::string_view code,
                                             std::string_view verifier) noexcept {
  return grant_type == "authorization_code" && !code.empty() && !verifier.empty();
}
[[nodiscard]] constexpr bool acceptable(std::string_view grant_type, std::string_view refresh_token,
                                        std::string_view client_id) noexcept {
  return grant_type == "refresh_token" && !refresh_token.empty() && !client_id.empty();
}

}  // namespace heygen::mock::bench
