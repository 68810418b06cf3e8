#include "client_under_test/lib/token_record.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::kStart;
using testing::test_config;

TokenRecord full_record() {
  return {"AT", "RT", "openid", kStart, 60, kStart + std::chrono::seconds{60}};
}

TEST(TokenRecord, IsReadBackAsItWasWritten) {
  const TokenRecord full = full_record();
  EXPECT_EQ(deserialize(serialize(full, test_config()), test_config()), full);
  const TokenRecord least{"AT", std::nullopt, "", kStart};
  EXPECT_EQ(deserialize(serialize(least, test_config()), test_config()), least);
}

TEST(TokenRecord, DamagedTextIsNoLogin) {
  const std::string whole = serialize(full_record(), test_config());
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    EXPECT_FALSE(deserialize(whole.substr(0, length), test_config())) << length;
  }
  EXPECT_FALSE(deserialize("garbage", test_config()));
  EXPECT_FALSE(deserialize(R"({"version":2})", test_config()));
}

TEST(TokenRecord, IsBoundToTheClientAndTheServerThatIssuedIt) {
  const std::string text = serialize(full_record(), test_config());
  Config other = test_config();
  other.client_id = "another";
  EXPECT_FALSE(deserialize(text, other));
  other = test_config();
  other.token_url = "http://127.0.0.1:9999/v1/oauth/token";
  EXPECT_FALSE(deserialize(text, other));
  other.token_url = "http://127.0.0.1:8765/elsewhere";
  EXPECT_TRUE(deserialize(text, other)) << "the same origin is the same server";
}

TEST(TokenRecord, FingerprintTellsTokensApartAndNothingElse) {
  // The first four octets of SHA-256("abc"), FIPS 180-2 appendix B.1.
  EXPECT_EQ(fingerprint("abc"), "ba7816bf");
  EXPECT_NE(fingerprint("AT1"), fingerprint("AT2"));
}

TEST(TokenRecord, ScopeLeftOutIsTheOneAskedFor) {
  EXPECT_EQ(to_record({"AT", {}, {}, kStart}, "asked").scope, "asked");
  EXPECT_EQ(to_record({"AT", {}, "given", kStart}, "asked").scope, "given");
}

}  // namespace
}  // namespace heygen::client
