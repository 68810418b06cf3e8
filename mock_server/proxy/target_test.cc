#include "mock_server/proxy/target.h"

#include <gtest/gtest.h>

namespace heygen::mock::proxy {
namespace {

std::string read(std::optional<Target> target) {
  return target ? target->host + " " + std::to_string(target->port) : "none";
}

TEST(Target, AnAuthorityHasAHostAndAPort) {
  EXPECT_EQ(read(parse_target("api2.heygen.com:443")), "api2.heygen.com 443");
  EXPECT_EQ(read(parse_target("[::1]:80")), "::1 80");
  EXPECT_EQ(read(parse_target("10.0.0.1:65535")), "10.0.0.1 65535");
}

TEST(Target, AnythingElseIsNone) {
  for (const auto* const text :
       {"", ":", "host", "host:", ":443", "host:0", "host:65536", "host:-1", "host:443x", "::1:443",
        "[::1]", "[]:443", "[host]:443", "us er@host:443", "user@host:443", "ho/st:443", "*:443"}) {
    EXPECT_EQ(read(parse_target(text)), "none") << text;
  }
  EXPECT_EQ(read(parse_target(std::string(256, 'a') + ":1")), "none");
}

TEST(Target, AnAbsoluteTargetHasAHostAndPort80IfNone) {
  EXPECT_EQ(read(parse_absolute("http://api2.heygen.com/v1?x=http://y:1/")), "api2.heygen.com 80");
  EXPECT_EQ(read(parse_absolute("HTTP://h:81")), "h 81");
  EXPECT_EQ(read(parse_absolute("http://[::1]?x")), "::1 80");
  EXPECT_EQ(read(parse_absolute("http://[::1]:7/")), "::1 7");
  for (const auto* const text : {"https://h/", "/path", "http:///x", "http://h:x/", "ftp://h/"}) {
    EXPECT_EQ(read(parse_absolute(text)), "none") << text;
  }
}

TEST(Target, TheProxysUserIsTheNameOfItsBasicCredentials) {
  EXPECT_EQ(proxy_user({{"Proxy-Authorization", "Basic Ym94LTE6"}}), "box-1");
  EXPECT_EQ(proxy_user({{"proxy-authorization", "basic Ym94LTE6c2VjcmV0"}}), "box-1");
  EXPECT_EQ(proxy_user({{"Proxy-Authorization", "Bearer x"}}), "");
  EXPECT_EQ(proxy_user({{"Proxy-Authorization", "Basic ***"}}), "");
  EXPECT_EQ(proxy_user({}), "");
}

}  // namespace
}  // namespace heygen::mock::proxy
