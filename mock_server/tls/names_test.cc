#include "mock_server/tls/names.h"

#include <gmock/gmock.h>

namespace heygen::mock::tls {
namespace {

using ::testing::ElementsAre;

Names names_of(std::vector<std::string> hosts, std::vector<std::string> suffixes) {
  return served_names(hosts, suffixes);
}

TEST(Names, ALoopbackServerHasLoopbackTheVendorAndItsSandboxes) {
  const auto names = names_of({"127.0.0.1"}, {"localhost"});
  EXPECT_THAT(names.domains,
              ElementsAre("localhost", "app.heygen.com", "api2.heygen.com", "api.heygen.com"));
  EXPECT_THAT(names.suffixes, ElementsAre("localhost"));
  EXPECT_THAT(names.addresses, ElementsAre("127.0.0.1", "::1"));
}

TEST(Names, AnAddressOfEverythingIsNone) {
  EXPECT_EQ(names_of({"0.0.0.0", "::"}, {}), names_of({}, {}));
}

TEST(Names, AHostOfItsOwnIsAdded) {
  const auto names = names_of({"Mock.Test", "10.0.0.7", "mock.test"}, {"Sandboxes.Test"});
  EXPECT_THAT(names.addresses, ElementsAre("127.0.0.1", "::1", "10.0.0.7"));
  EXPECT_EQ(names.domains.back(), "mock.test");
  EXPECT_TRUE(names.cover("A.sandboxes.test"));
}

TEST(Names, WhatWouldBeMoreThanANameIsLeftOut) {
  for (const auto& host : std::vector<std::string>{"a,DNS:evil.test", "a b", "", "-a", "a..b",
                                                   "*.test", std::string(300, 'a')}) {
    EXPECT_EQ(names_of({host}, {host}), names_of({}, {})) << host;
  }
}

TEST(Names, CoverNamesAndOneLabelBelowASuffix) {
  const auto names = names_of({}, {"localhost"});
  for (const auto* const name : {"localhost", "LOCALHOST", "a.localhost", "API2.heygen.com"}) {
    EXPECT_TRUE(names.cover(name)) << name;
  }
  for (const auto* const name : {"", "a.b.localhost", "example.com", "heygen.com",
                                 "x.api.heygen.com", "evillocalhost", ".localhost"}) {
    EXPECT_FALSE(names.cover(name)) << name;
  }
}

TEST(Names, TheVendorsHostsAreThree) {
  for (const auto* const name : {"app.heygen.com", "Api2.Heygen.Com", "api.heygen.com"}) {
    EXPECT_TRUE(is_vendor_host(name)) << name;
  }
  for (const auto* const name : {"heygen.com", "api.heygen.com.evil.test", "xapi.heygen.com", ""}) {
    EXPECT_FALSE(is_vendor_host(name)) << name;
  }
}

}  // namespace
}  // namespace heygen::mock::tls
