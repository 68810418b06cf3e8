#include "mock_server/control/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heygen::mock::control {
namespace {

wire::Request from_loopback(std::string host = "127.0.0.1:8765") {
  wire::Request request;
  request.method = "POST";
  request.target = "/_mock/reset";
  request.headers.add("Host", std::move(host));
  request.peer = {"127.0.0.1", 40000, true};
  return request;
}

// What the guard names as wrong; "" when it lets the caller in.
std::string refused(const wire::Request& request, const ControlOptions& options = {}) {
  const auto problem = check_caller(request, options);
  return problem ? std::to_string(problem->status) + " " + problem->key : "";
}

TEST(Guard, ALoopbackCallerNeedsNoTokenUnlessOneIsSet) {
  EXPECT_EQ(refused(from_loopback()), "");
  ControlOptions options;
  options.admin_token = "s3cret";
  EXPECT_EQ(refused(from_loopback(), options), "401 Authorization");
}

TEST(Guard, TheTokenIsTakenInFullAndOnceOnly) {
  ControlOptions options;
  options.admin_token = "s3cret";
  const auto with = [&](std::initializer_list<const char*> values) {
    auto request = from_loopback();
    for (const char* value : values) request.headers.add("Authorization", value);
    return refused(request, options);
  };
  EXPECT_EQ(with({"Bearer s3cret"}), "");
  EXPECT_EQ(with({"bearer s3cret"}), "");  // RFC 9110 §11.1: the scheme's case does not count
  for (const char* wrong : {"Bearer s3cre", "Bearer s3cret ", "Bearer s3creT", "Bearer ", "Bearer",
                            "s3cret", "Basic s3cret", ""}) {
    EXPECT_EQ(with({wrong}), "401 Authorization") << wrong;
  }
  EXPECT_EQ(with({"Bearer s3cret", "Bearer s3cret"}), "401 Authorization");
}

TEST(Guard, TheChallengeIsSentWithThe401) {
  ControlOptions options;
  options.admin_token = "s3cret";
  const auto problem = check_caller(from_loopback(), options);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->headers.get("WWW-Authenticate"), "Bearer realm=\"heygen-mock control\"");
  EXPECT_EQ(problem->detail.find("s3cret"), std::string::npos);
}

TEST(Guard, ACallerBeyondLoopbackNeedsATokenAlways) {
  auto request = from_loopback();
  request.peer = {"192.168.1.20", 40000, false};
  EXPECT_EQ(refused(request), "403 ");
  ControlOptions options;
  options.admin_token = "s3cret";
  EXPECT_EQ(refused(request, options), "401 Authorization");
  request.headers.add("Authorization", "Bearer s3cret");
  EXPECT_EQ(refused(request, options), "");
}

TEST(Guard, TheHostIsOneOfThisServersNames) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8765", "127.8.9.1:1", "localhost:8765",
                           "LOCALHOST", "[::1]:8765", "t1.localhost:8765", "T1.LocalHost"}) {
    EXPECT_EQ(refused(from_loopback(host)), "") << host;
  }
}

TEST(Guard, AnotherHostIsAPageWhoseNameWasMadeToPointHere) {  // DNS rebinding
  for (const char* host :
       {"evil.example", "evil.example:8765", "localhost.evil.example", "127.0.0.1.evil.example",
        "evillocalhost", ".localhost.", "10.0.0.1", "0.0.0.0:8765", "[::2]", "", ":8765",
        "127.0.0.1@evil.example", "evil.example#127.0.0.1", "127.0.0.1/evil", "a b"}) {
    EXPECT_EQ(refused(from_loopback(host)), "403 Host") << host;
  }
  auto twice = from_loopback();
  twice.headers.add("Host", "evil.example");
  EXPECT_EQ(refused(twice), "403 Host");
  auto none = from_loopback();
  none.headers.remove("Host");
  EXPECT_EQ(refused(none), "403 Host");
}

TEST(Guard, AnAbsoluteTargetCountsBeforeTheHostHeader) {  // RFC 9112 §3.2.2
  auto request = from_loopback();
  request.target = "http://evil.example/_mock/reset";
  EXPECT_EQ(refused(request), "403 Host");
  request.target = "http://localhost:8765/_mock/reset";
  EXPECT_EQ(refused(request), "");
}

TEST(Guard, TheBoundHostAndTheSuffixesAreNamesToo) {
  ControlOptions options;
  options.host = "mock.lan";
  options.host_suffixes = {"localhost", "sandbox.test"};
  EXPECT_EQ(refused(from_loopback("mock.lan:8765"), options), "");
  EXPECT_EQ(refused(from_loopback("sandbox.test"), options), "");
  EXPECT_EQ(refused(from_loopback("t1.sandbox.test:8765"), options), "");
  EXPECT_EQ(refused(from_loopback("xsandbox.test"), options), "403 Host");
  options.host = "::";
  EXPECT_EQ(refused(from_loopback("[::]:8765"), options), "");
}

TEST(Guard, AServerBoundToAllAddressesIsReachedByAnyAddressButNotByAnyName) {
  ControlOptions options;
  options.host = "0.0.0.0";
  EXPECT_EQ(refused(from_loopback("192.168.1.5:8765"), options), "");
  EXPECT_EQ(refused(from_loopback("[fe80::1]:8765"), options), "");
  EXPECT_EQ(refused(from_loopback("evil.example"), options), "403 Host");
}

TEST(Guard, WhoHasTheTokenMayUseAnyName) {  // as containers do: http://mock:8765
  ControlOptions options;
  options.admin_token = "s3cret";
  auto request = from_loopback("mock:8765");
  request.headers.add("Authorization", "Bearer s3cret");
  EXPECT_EQ(refused(request, options), "");
  request.headers.set("Authorization", "Bearer wrong");
  EXPECT_EQ(refused(request, options), "403 Host");
}

TEST(Guard, AnOriginIsThisServersOwn) {
  const auto with = [](const char* origin, const char* host = "localhost:8765") {
    auto request = from_loopback(host);
    request.headers.add("Origin", origin);
    return refused(request);
  };
  EXPECT_EQ(with("http://localhost:8765"), "");
  EXPECT_EQ(with("HTTP://LOCALHOST:8765"), "");
  EXPECT_EQ(with("http://localhost", "localhost:80"), "");
  for (const char* other : {"http://localhost:3000", "https://localhost:8765",
                            "http://127.0.0.1:8765", "http://evil.example", "null", "",
                            "http://localhost:8765/", "http://user@localhost:8765"}) {
    EXPECT_EQ(with(other), "403 Origin") << other;
  }
}

TEST(Guard, AnOriginIsCheckedEvenWithTheToken) {
  ControlOptions options;
  options.admin_token = "s3cret";
  auto request = from_loopback();
  request.headers.add("Authorization", "Bearer s3cret");
  request.headers.add("Origin", "http://evil.example");
  EXPECT_EQ(refused(request, options), "403 Origin");
}

TEST(Guard, ARequestThatAnotherSitesPageCausedIsRefused) {
  auto request = from_loopback();
  request.method = "GET";
  request.headers.add("Sec-Fetch-Site", "cross-site");
  EXPECT_EQ(refused(request), "403 Sec-Fetch-Site");
  for (const char* site : {"same-origin", "same-site", "none"}) {
    request.headers.set("Sec-Fetch-Site", site);
    EXPECT_EQ(refused(request), "") << site;
  }
}

TEST(Guard, ABodySaysThatItIsJson) {
  const auto status = [](const char* type, std::string body) {
    auto request = from_loopback();
    if (type != nullptr) request.headers.add("Content-Type", type);
    request.body = std::move(body);
    const auto problem = check_content_type(request);
    return problem ? problem->status : 0;
  };
  EXPECT_EQ(status("application/json", "{}"), 0);
  EXPECT_EQ(status("Application/JSON ; charset=utf-8", "{}"), 0);
  EXPECT_EQ(status("application/merge-patch+json", "{}"), 0);
  EXPECT_EQ(status(nullptr, ""), 0);
  // What a form on any page can send.
  EXPECT_EQ(status("text/plain", "{}"), 415);
  EXPECT_EQ(status("application/x-www-form-urlencoded", "{}"), 415);
  EXPECT_EQ(status("multipart/form-data", "{}"), 415);
  EXPECT_EQ(status(nullptr, "{}"), 415);
}

}  // namespace
}  // namespace heygen::mock::control
