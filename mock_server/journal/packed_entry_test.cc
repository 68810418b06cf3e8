#include "mock_server/journal/packed_entry.h"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <vector>

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<wire::Headers::Field> fields_of(const wire::Headers& headers) {
  return {headers.begin(), headers.end()};
}

Entry full() {
  Entry entry;
  entry.time = TimePoint{1'234ms};
  entry.wall = TimePoint{5'678ms};
  entry.endpoint = Endpoint::revoke;
  entry.request = {.method = "POST",
                   .target = "/v1/oauth/revoke?x=1",
                   .headers = {{"Host", "a"}, {"host", std::string("b\0c", 3)}},
                   .body = std::string("token=\0x", 8),
                   .peer = {"::1", 4711, true},
                   .scheme = "https",
                   .tunnel = wire::Tunnel{"api2.heygen.com:443", "box"}};
  entry.client_id = "demo";
  entry.grant_type = "refresh_token";
  entry.response.status = 418;
  entry.response.headers = {{"Content-Type", "text/plain"}};
  entry.response.body = std::string(100'000, 'y');
  entry.response.delivery = {.ending = wire::Delivery::Ending::truncated,
                             .truncate_at = 3,
                             .delay = 20ms,
                             .dribble = wire::Delivery::Dribble{10, 30ms},
                             .endless_bytes = 99};
  entry.outcome = "fault";
  entry.why = "because";
  entry.fault_id = "fault-1";
  entry.tokens_used = {"fp-1"};
  entry.tokens_issued = {"fp-2", "fp-3"};
  return entry;
}

TEST(PackedEntry, GivesBackAllThatWasPutIn) {
  const Entry in = full();
  const Entry out = PackedEntry(in).unpack(7);
  EXPECT_EQ(out.seq, 7U);
  EXPECT_EQ(out.time, in.time);
  EXPECT_EQ(out.wall, in.wall);
  EXPECT_EQ(out.endpoint, in.endpoint);
  EXPECT_EQ(out.request.method, in.request.method);
  EXPECT_EQ(out.request.target, in.request.target);
  EXPECT_THAT(fields_of(out.request.headers),
              ElementsAre(Pair("Host", "a"), Pair("host", std::string("b\0c", 3))));
  EXPECT_EQ(out.request.body, in.request.body);
  EXPECT_EQ(out.request.peer.address, "::1");
  EXPECT_EQ(out.request.peer.port, 4711);
  EXPECT_TRUE(out.request.peer.loopback);
  EXPECT_EQ(out.request.scheme, "https");
  ASSERT_TRUE(out.request.tunnel);
  EXPECT_EQ(out.request.tunnel->target, "api2.heygen.com:443");
  EXPECT_EQ(out.request.tunnel->user, "box");
  EXPECT_EQ(out.client_id, in.client_id);
  EXPECT_EQ(out.grant_type, in.grant_type);
  EXPECT_EQ(out.response.status, 418);
  EXPECT_THAT(fields_of(out.response.headers), ElementsAre(Pair("Content-Type", "text/plain")));
  EXPECT_EQ(out.response.body, in.response.body);
  EXPECT_EQ(out.response.delivery.ending, wire::Delivery::Ending::truncated);
  EXPECT_EQ(out.response.delivery.truncate_at, 3U);
  EXPECT_EQ(out.response.delivery.delay, 20ms);
  ASSERT_TRUE(out.response.delivery.dribble);
  EXPECT_EQ(out.response.delivery.dribble->bytes, 10U);
  EXPECT_EQ(out.response.delivery.dribble->every, 30ms);
  EXPECT_EQ(out.response.delivery.endless_bytes, 99U);
  EXPECT_EQ(out.outcome, in.outcome);
  EXPECT_EQ(out.why, in.why);
  EXPECT_EQ(out.fault_id, in.fault_id);
  EXPECT_THAT(out.tokens_used, ElementsAre("fp-1"));
  EXPECT_THAT(out.tokens_issued, ElementsAre("fp-2", "fp-3"));
}

TEST(PackedEntry, OfNothingIsNothing) {
  const Entry out = PackedEntry(Entry{}).unpack(1);
  EXPECT_THAT(fields_of(out.request.headers), IsEmpty());
  EXPECT_FALSE(out.request.tunnel);
  EXPECT_FALSE(out.response.delivery.truncate_at);
  EXPECT_FALSE(out.response.delivery.dribble);
  EXPECT_EQ(out.response.status, 200);
  EXPECT_THAT(out.tokens_used, IsEmpty());
}

TEST(PackedEntry, EveryTextCountsAgainstTheBytes) {
  const std::string text(1'000, 'x');
  Entry all;
  all.request.target = all.request.body = all.response.body = all.why = all.client_id = text;
  all.request.headers.add(text, text);
  all.response.headers.add(text, text);
  all.tokens_issued.push_back(text);
  EXPECT_GE(PackedEntry::bytes(all), PackedEntry::bytes(Entry{}) + 10 * text.size());
  EXPECT_EQ(PackedEntry::bytes(all), PackedEntry(all).bytes());
}

TEST(PackedEntry, CopiesShareWhatTheyHold) {
  auto first = std::make_unique<PackedEntry>(full());
  const PackedEntry second = *first;
  first.reset();
  EXPECT_EQ(second.unpack(1).why, "because");
}

}  // namespace
}  // namespace heygen::mock
