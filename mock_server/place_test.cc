#include "mock_server/place.h"

#include <gtest/gtest.h>

#include <array>

namespace heygen::mock {
namespace {

const std::array<std::string, 2> kSuffixes{"localhost", "mock.test"};

struct Found {
  std::string sandbox;
  std::string below;  // what of the target is the sandbox's
  std::string base;
  friend bool operator==(const Found&, const Found&) = default;
};
std::ostream& operator<<(std::ostream& out, const Found& found) {
  return out << found.sandbox << " | " << found.below << " | " << found.base;
}

Found find(std::string target, std::string host) {
  wire::Request request;
  request.method = "GET";
  request.target = std::move(target);
  if (!host.empty()) request.headers.add("Host", std::move(host));
  const Place place = place_of(request, kSuffixes, "http://127.0.0.1:1");
  return {std::string{place.sandbox}, request.target.erase(place.at, place.prefix), place.base};
}

TEST(Place, TheRootIsTheDefaultSandbox) {
  EXPECT_EQ(find("/oauth/authorize?x=/s/no", "127.0.0.1:8"),
            (Found{"default", "/oauth/authorize?x=/s/no", "http://127.0.0.1:8"}));
}

TEST(Place, APathPrefixNamesASandbox) {
  EXPECT_EQ(find("/s/a-1/v1/user/me?q=1", "h:8"),
            (Found{"a-1", "/v1/user/me?q=1", "http://h:8/s/a-1"}));
  EXPECT_EQ(find("/s/a", "h"), (Found{"a", "", "http://h/s/a"}));
  EXPECT_EQ(find("/s//x", "h").sandbox, "");
  EXPECT_EQ(find("/s/No%20Such/x", "h").sandbox, "No%20Such");
}

TEST(Place, TheMetadataOfASandboxIsWhereItsIssuerSays) {  // RFC 8414 §3.1
  EXPECT_EQ(find("/.well-known/oauth-authorization-server/s/a?x", "h:8"),
            (Found{"a", "/.well-known/oauth-authorization-server?x", "http://h:8/s/a"}));
  EXPECT_EQ(find("/.well-known/oauth-authorization-server", "h:8"),
            (Found{"default", "/.well-known/oauth-authorization-server", "http://h:8"}));
  EXPECT_EQ(find("/.well-known/oauth-authorization-server/x", "b.localhost"),
            (Found{"b", "/.well-known/oauth-authorization-server/x", "http://b.localhost"}));
}

TEST(Place, AHostPrefixNamesOneToo) {
  EXPECT_EQ(find("/x", "a.localhost:8"), (Found{"a", "/x", "http://a.localhost:8"}));
  EXPECT_EQ(find("/x", "b.Mock.Test").sandbox, "b");
  EXPECT_EQ(find("/x", "localhost:8").sandbox, "default");
  EXPECT_EQ(find("/x", "A-B.LocalHost:8").sandbox, "a-b");
  for (const auto* const none : {"a.b", "my_test", "%61"}) {  // not the default one unawares
    EXPECT_EQ(find("/x", std::string{none} + ".localhost").sandbox, none);
  }
  EXPECT_EQ(find("/x", "evillocalhost").sandbox, "default");
  EXPECT_EQ(find("/s/p/x", "h.localhost").sandbox, "p");
}

TEST(Place, ANameGivenToTheProxyNamesOneWhereTheAddressNamesNone) {
  wire::Request request;
  request.target = "/v1/oauth/token";
  request.headers.add("Host", "api2.heygen.com");
  request.scheme = "https";
  request.tunnel = wire::Tunnel{"api2.heygen.com:443", "box-1"};
  const auto place = place_of(request, kSuffixes, "http://127.0.0.1:1");
  EXPECT_EQ(place.sandbox, "box-1");
  EXPECT_EQ(place.base, "https://api2.heygen.com");
  request.target = "/s/other/x";
  EXPECT_EQ(place_of(request, kSuffixes, "").sandbox, "other");
}

TEST(Place, AHostThatIsNoneNeverGetsIntoAUrl) {
  for (const auto* host : {"", "a/b", "a\"b", "a b", "user@h", "a?b", "a#b", "<h>"}) {
    EXPECT_EQ(find("/x", host).base, "http://127.0.0.1:1") << host;
  }
  EXPECT_EQ(find("/x", "[::1]:8").base, "http://[::1]:8");
}

}  // namespace
}  // namespace heygen::mock
