#include "mock_server/core/error.h"

#include <gtest/gtest.h>

namespace heygen::mock {
namespace {

TEST(Error, TheDetailFillsTheHoleInTheDescription) {
  const OAuthError error =
      make_error(ErrorId::authorize_redirect_unregistered, "why", "https://x.test/{}");
  EXPECT_EQ(error.description, "Redirect URI https://x.test/{} is not supported by client.");
  EXPECT_EQ(error.status, 400);
  EXPECT_EQ(error.why, "why");
}

TEST(Error, EveryRowHasAStatusOfItsClass) {
  for (const ErrorRow& row : error_table()) {
    EXPECT_GE(row.status, 400) << static_cast<int>(row.id);
    EXPECT_LT(row.status, 504) << static_cast<int>(row.id);
  }
}

// RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E.
TEST(Error, ByTheRfcADescriptionIsPlainText) {
  OAuthError error = make_error(ErrorId::code_missing);
  EXPECT_EQ(describe(error, ErrorsPolicy::vendor), "Missing \"code\" in request.");
  EXPECT_EQ(describe(error, ErrorsPolicy::rfc), "Missing 'code' in request.");
  error.description = "a\\b\n\xc3\xa9";
  EXPECT_EQ(describe(error, ErrorsPolicy::rfc), "a/b???");
  error.description = " !~\x7f";
  EXPECT_EQ(describe(error, ErrorsPolicy::rfc), " !~?");
}

}  // namespace
}  // namespace heygen::mock
