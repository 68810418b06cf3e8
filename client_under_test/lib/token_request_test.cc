#include "client_under_test/lib/token_request.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::test_config;

TEST(TokenRequest, CodeExchangeIsAFormInTheBody) {
  const HttpRequest request = build_code_request(
      test_config(), {"a+/=&%~ c", "verifier", "http://127.0.0.1:4000/cb?a=1&b=%2F"});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://127.0.0.1:8765/v1/oauth/token");
  EXPECT_EQ(find_header(request.headers, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(find_header(request.headers, "authorization"), std::nullopt);
  EXPECT_EQ(request.body,
            "grant_type=authorization_code&code=a%2B%2F%3D%26%25~%20c"
            "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4000%2Fcb%3Fa%3D1%26b%3D%252F"
            "&code_verifier=verifier&client_id=demo");
}

TEST(TokenRequest, RefreshHasExactlyTheVendorsFields) {
  const HttpRequest request = build_refresh_request(test_config(), "RT");
  EXPECT_EQ(request.url, "http://127.0.0.1:8765/v1/oauth/refresh_token");
  EXPECT_EQ(request.body, "grant_type=refresh_token&refresh_token=RT&client_id=demo");
}

TEST(TokenRequest, RevocationNamesTheKindOfTokenAndIsShort) {
  const HttpRequest request = build_revoke_request(test_config(), "RT");
  EXPECT_EQ(request.url, "http://127.0.0.1:8765/v1/oauth/revoke");
  EXPECT_EQ(request.body, "token=RT&token_type_hint=refresh_token&client_id=demo");
  EXPECT_EQ(request.timeout, std::chrono::seconds{5});
}

TEST(TokenRequest, DeviceRequestsAreThoseOfRfc8628) {
  Config config = test_config();
  EXPECT_EQ(build_device_request(config).body, "client_id=demo");
  config.scope = "openid email";
  EXPECT_EQ(build_device_request(config).body, "scope=openid%20email&client_id=demo");
  EXPECT_EQ(build_device_poll(config, "DC").body,
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=DC"
            "&client_id=demo");
}

TEST(TokenRequest, SecretGoesIntoTheBodyOrTheBasicHeader) {
  Config config = test_config();
  config.client_id = "a:b";
  config.client_secret = "s%t";
  EXPECT_EQ(build_refresh_request(config, "RT").body,
            "grant_type=refresh_token&refresh_token=RT&client_id=a%3Ab&client_secret=s%25t");
  config.client_auth = ClientAuth::basic;
  const HttpRequest request = build_refresh_request(config, "RT");
  EXPECT_EQ(request.body, "grant_type=refresh_token&refresh_token=RT");
  EXPECT_EQ(find_header(request.headers, "Authorization"), "Basic YSUzQWI6cyUyNXQ=");
}

}  // namespace
}  // namespace heygen::client
