#include "mock_server/core/types.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mock_server/core/endpoint.h"

namespace heygen::mock {
namespace {

// The control API, the journal and the dashboard show these names.
TEST(Types, KindsAndStatesHaveTheNamesOfTheContract) {
  EXPECT_EQ(to_string(TokenKind::access), "access");
  EXPECT_EQ(to_string(TokenKind::refresh), "refresh");
  EXPECT_EQ(to_string(TokenState::active), "active");
  EXPECT_EQ(to_string(TokenState::expired), "expired");
  EXPECT_EQ(to_string(TokenState::revoked), "revoked");
  EXPECT_EQ(to_string(TokenState::used), "used");
}

TEST(Types, EachRevocationSaysItsOwnCause) {
  EXPECT_EQ(explain(RevokedBy::nobody), "");
  EXPECT_EQ(explain(RevokedBy::client), "by the revocation endpoint");
  EXPECT_EQ(explain(RevokedBy::code_replay),
            "since its code was redeemed a second time (RFC 6749 §4.1.2)");
  EXPECT_EQ(explain(RevokedBy::refresh_reuse),
            "since a spent refresh token of its family was used again (RFC 9700 §4.14.2)");
  EXPECT_EQ(explain(RevokedBy::refresh), "by the refresh that replaced it");
  EXPECT_EQ(explain(RevokedBy::control), "by the control API");
}

// Faults are aimed at endpoints by name.
TEST(Endpoint, IsReadByTheNameItIsWrittenWith) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Endpoint::none); ++i) {
    const auto endpoint = static_cast<Endpoint>(i);
    EXPECT_EQ(parse_endpoint(to_string(endpoint)), endpoint) << to_string(endpoint);
    EXPECT_TRUE(names.insert(to_string(endpoint)).second) << to_string(endpoint);
  }
  EXPECT_EQ(to_string(Endpoint::refresh), "refresh");
  for (const char* const other : {"", "Token", "token ", "tokens", "toke"}) {
    EXPECT_EQ(parse_endpoint(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace heygen::mock
