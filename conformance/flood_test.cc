#include "conformance/flood.h"

#include <gtest/gtest.h>

#include "client_under_test/lib/curl_transport.h"

namespace heygen::conformance {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{16} * 1024 * 1024;

client::HttpRequest post_to(const Flood& flood) {
  client::HttpRequest request{"POST", flood.url() + "/token"};
  request.body = "a=b";
  return request;
}

TEST(Flood, EndsWhereTheClientStopsReading) {
  Flood flood(kMost);
  client::CurlTransport transport({.largest_body = 1024});
  EXPECT_FALSE(transport.send(post_to(flood)).ok());
  EXPECT_EQ(flood.requests(), 1);
  EXPECT_LT(flood.taken(), kMost);
}

TEST(Flood, CountsWhatWasTaken) {
  Flood flood(kMost);
  client::CurlTransport transport({.largest_body = 2 * kMost});
  const auto answer = transport.send(post_to(flood));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body.size(), kMost);
  EXPECT_EQ(flood.taken(), kMost);
}

TEST(Flood, GoesAwayWithoutARequest) { const Flood flood(kMost); }

}  // namespace
}  // namespace heygen::conformance
