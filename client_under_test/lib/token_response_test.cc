#include "client_under_test/lib/token_response.h"

#include <gtest/gtest.h>

#include "client_under_test/lib/refresh_rules.h"
#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using std::chrono::seconds;
using testing::json_answer;
using testing::kStart;

Result<TokenAnswer> judge(const HttpResponse& response) {
  return judge_token_response(response, kStart, {});
}
Result<TokenAnswer> judge(const std::string& body) { return judge(json_answer(200, body)); }

// The vendor's answer with one member exchanged.
std::string with(const std::string& member) {
  return R"({"token_type":"Bearer","access_token":"AT",)" + member + "}";
}

TEST(TokenResponse, VendorsAnswerIsRead) {
  const auto answer = judge(R"( {"extra":{"n":[null]}, "token_type" : "Bearer",
      "access_token":"AT\u0041", "expires_in":864000, "refresh_token":"RT", "scope":"profile"} )");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->access_token, "ATA");
  EXPECT_EQ(answer->refresh_token, "RT");
  EXPECT_EQ(answer->scope, "profile");
  EXPECT_EQ(answer->expires_at, kStart + seconds{864000});
}

TEST(TokenResponse, TokenTypeIsBearerInAnyCase) {
  for (const char* type : {"Bearer", "bearer", "BEARER"}) EXPECT_TRUE(is_bearer(type)) << type;
  for (const char* type : {"mac", "DPoP", "", "Bearer "}) EXPECT_FALSE(is_bearer(type)) << type;
  EXPECT_EQ(judge(R"({"token_type":"mac","access_token":"AT"})").error().kind,
            ErrorKind::unsafe_response);
  EXPECT_FALSE(judge(R"({"access_token":"AT"})"));
  EXPECT_FALSE(judge(R"({"access_token":"AT","token_type":7})"));
}

TEST(TokenResponse, AccessTokenIsANonEmptyStringOfVisibleCharacters) {
  for (const char* member : {R"("x":1)", R"("access_token":"")", R"("access_token":null)",
                             R"("access_token":42)", R"("access_token":["AT"])"}) {
    const std::string body = std::string(R"({"token_type":"Bearer",)") + member + "}";
    EXPECT_EQ(judge(body).error().kind, ErrorKind::token_error) << body;
  }
  for (const char* token : {R"(a\r\nX-Canary: 1)", R"(a b)", R"(a\u0000b)", R"(\u00e9)"}) {
    const std::string body =
        std::string(R"({"token_type":"Bearer","access_token":")") + token + "\"}";
    EXPECT_EQ(judge(body).error().kind, ErrorKind::unsafe_response) << body;
  }
}

TEST(TokenResponse, LongTokenIsKeptWhole) {
  const std::string token(8192, 'x');
  const auto answer = judge(R"({"token_type":"Bearer","access_token":")" + token + "\"}");
  EXPECT_EQ(answer->access_token, token);
}

TEST(TokenResponse, RefreshTokenMayBeMissingNullOrEmpty) {
  for (const char* member : {R"("x":1)", R"("refresh_token":null)", R"("refresh_token":"")"}) {
    EXPECT_EQ(judge(with(member))->refresh_token, std::nullopt) << member;
  }
}

TEST(TokenResponse, LifetimeIsReadFromNumbersAndTexts) {
  const auto lifetime = [](const std::string& value) {
    return judge(with("\"expires_in\":" + value))->lifetime;
  };
  constexpr std::int64_t kCentury = std::int64_t{100} * 365 * 24 * 3600;
  EXPECT_EQ(lifetime("60"), 60);
  EXPECT_EQ(lifetime("\"864000\""), 864000);
  EXPECT_EQ(lifetime("864000.7"), 864000);
  EXPECT_EQ(lifetime("8.64e5"), 864000);
  EXPECT_EQ(lifetime("2147483648"), 2147483648);
  EXPECT_EQ(lifetime("9007199254740992"), kCentury);
  EXPECT_EQ(lifetime("1e300"), kCentury);
  EXPECT_EQ(lifetime("-1e300"), -kCentury);
  for (const char* unknown : {"null", "true", "\"soon\"", "\"\"", "[60]", "\"60x\"", "\"nan\""}) {
    EXPECT_EQ(lifetime(unknown), std::nullopt) << unknown;
  }
}

TEST(TokenResponse, LifetimeOfNothingSaysNothing) {
  EXPECT_EQ(expiry_of(kStart, 60), kStart + seconds{60});
  EXPECT_EQ(expiry_of(kStart, 0), std::nullopt);
  EXPECT_EQ(expiry_of(kStart, -1), std::nullopt);
  EXPECT_EQ(expiry_of(kStart, std::nullopt), std::nullopt);
  EXPECT_GT(*judge(with(R"("expires_in":1e300)"))->expires_at, kStart);
}

TEST(TokenResponse, WhatIsNotAJsonObjectIsAnError) {
  for (const char* body : {"access_token=AT&token_type=Bearer", "{", "", "null", "[]", "\"x\"",
                           "{\"access_token\":\"A"}) {
    EXPECT_EQ(judge(body).error().kind, ErrorKind::token_error) << body;
  }
}

TEST(TokenResponse, WebPageIsNamedAsWhatItIs) {
  const HttpResponse page{200, {{"content-type", "text/html; charset=utf-8"}}, "<html>CANARY"};
  EXPECT_EQ(judge(page).error().message,
            "the endpoint answered with a web page: the configured URL is not an OAuth endpoint");
}

TEST(TokenResponse, ErrorWithStatus200IsAnError) {
  const auto answer =
      judge(R"({"error":"invalid_grant","access_token":"AT","token_type":"Bearer"})");
  EXPECT_EQ(answer.error().oauth_error, "invalid_grant");
}

TEST(TokenResponse, RefusalShowsStatusAndRegisteredCodeOnly) {
  const auto refused = judge(
      json_answer(400, R"({"error":"invalid_grant","error_description":"bad code SECRET-CODE"})"));
  EXPECT_EQ(refused.error().message,
            "the authorization server refused with status 400 and error invalid_grant");
  EXPECT_EQ(refused.error().oauth_error, "invalid_grant");
  const auto odd = judge(json_answer(400, R"({"error":"SECRET-CODE"})"));
  EXPECT_EQ(odd.error().message, "the authorization server refused with status 400");
  EXPECT_EQ(odd.error().oauth_error, "");
}

TEST(TokenResponse, RetryAfterComesAlong) {
  HttpResponse busy = json_answer(503, "");
  busy.headers.emplace_back("Retry-After", "3");
  EXPECT_EQ(judge(busy).error().retry_at, kStart + seconds{3});
}

}  // namespace
}  // namespace heygen::client
