#include "mock_server/wire/message.h"

#include <gmock/gmock.h>

namespace heygen::mock::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Headers, NamesAreCaseInsensitive) {
  const Headers headers{{"Content-Type", "text/html"}};
  EXPECT_EQ(headers.get("content-type"), "text/html");
  EXPECT_TRUE(headers.has("CONTENT-TYPE"));
  EXPECT_FALSE(headers.has("content-typ"));
  EXPECT_EQ(headers.find("host"), nullptr);
  EXPECT_EQ(headers.get("host"), "");
}

TEST(Headers, DuplicatesKeepTheirOrder) {
  Headers headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("Host", "x");
  headers.add("set-cookie", "b=2");
  EXPECT_EQ(headers.count("Set-Cookie"), 2U);
  EXPECT_EQ(headers.get("Set-Cookie"), "a=1");
  EXPECT_THAT(std::vector(headers.begin(), headers.end()),
              ElementsAre(Pair("Set-Cookie", "a=1"), Pair("Host", "x"), Pair("set-cookie", "b=2")));
}

TEST(Headers, SetReplacesEveryFieldOfTheNameInPlace) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.set("a", "9");
  EXPECT_THAT(std::vector(headers.begin(), headers.end()),
              ElementsAre(Pair("A", "9"), Pair("B", "2")));
  headers.set("C", "4");
  EXPECT_EQ(headers.get("c"), "4");
  headers.remove("A");
  EXPECT_THAT(std::vector(headers.begin(), headers.end()),
              ElementsAre(Pair("B", "2"), Pair("C", "4")));
}

TEST(Request, PathAndQueryAreSplitAtTheFirstQuestionMarkUndecoded) {
  Request request;
  request.target = "/v1/a%20b?x=1&y=?z";
  EXPECT_EQ(request.path(), "/v1/a%20b");
  EXPECT_EQ(request.query(), "x=1&y=?z");
  request.target = "/plain";
  EXPECT_EQ(request.path(), "/plain");
  EXPECT_EQ(request.query(), "");
}

TEST(Request, PathOfTheAbsoluteFormIsWhatFollowsTheAuthority) {
  Request request;
  request.target = "http://api2.heygen.com/v1/x?u=http://y/";
  EXPECT_EQ(request.path(), "/v1/x");
  EXPECT_EQ(request.query(), "u=http://y/");
  request.target = "http://api2.heygen.com";
  EXPECT_EQ(request.path(), "/");
  request.target = "http://api2.heygen.com?q=/";
  EXPECT_EQ(request.path(), "/");
  EXPECT_EQ(request.query(), "q=/");
  request.target = "*";
  EXPECT_EQ(request.path(), "*");
}

TEST(ReasonPhrase, IsThatOfRfc9110) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(505), "HTTP Version Not Supported");
  EXPECT_EQ(reason_phrase(299), "Unknown");
  EXPECT_EQ(reason_phrase(999), "Unknown");
}

TEST(Delivery, IsPlainUnlessSomethingIsAsked) {
  Delivery delivery;
  EXPECT_TRUE(delivery.plain());
  delivery.delay = std::chrono::milliseconds{1};
  EXPECT_FALSE(delivery.plain());
  delivery = {};
  delivery.endless_bytes = 1;
  EXPECT_FALSE(delivery.plain());
}

}  // namespace
}  // namespace heygen::mock::wire
