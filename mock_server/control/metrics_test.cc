#include "mock_server/control/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using testing::HasSubstr;
using testing::Not;

Entry entry(Endpoint endpoint, std::string outcome, int status) {
  Entry e;
  e.endpoint = endpoint;
  e.outcome = std::move(outcome);
  e.response.status = status;
  return e;
}

struct ControlMetrics : testing::Test {
  ControlMetrics() : bed(options(tally)) {}

  static ControlOptions options(const RequestTally& tally) {
    ControlOptions out;
    out.version = "1.2.3";
    out.metrics = {&tally, [] { return std::size_t{7}; }};
    return out;
  }
  std::string scrape() { return bed.call("GET", "/metrics").body; }

  RequestTally tally;
  TestBed bed;
};

TEST_F(ControlMetrics, AreInTheTextFormatOfPrometheus) {
  const auto response = bed.call("GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("# TYPE heygen_mock_sandboxes gauge\n"
                                       "heygen_mock_sandboxes 1\n"));
  EXPECT_THAT(response.body, HasSubstr("heygen_mock_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(response.body, HasSubstr("heygen_mock_connections 7\n"));
}

TEST_F(ControlMetrics, RequestsAreCountedByEndpointOutcomeAndStatus) {
  tally.count(entry(Endpoint::token, "ok", 200));
  tally.count(entry(Endpoint::token, "ok", 200));
  tally.count(entry(Endpoint::refresh, "invalid_grant", 400));
  const auto text = scrape();
  EXPECT_THAT(text, HasSubstr("# TYPE heygen_mock_requests_total counter\n"));
  EXPECT_THAT(text, HasSubstr("heygen_mock_requests_total"
                              "{endpoint=\"token\",outcome=\"ok\",status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{endpoint=\"refresh\",outcome=\"invalid_grant\",status=\"400\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("heygen_mock_faults_fired_total{")));
}

TEST_F(ControlMetrics, FiredFaultsAreCountedByEndpoint) {
  tally.count(entry(Endpoint::refresh, "fault", 503));
  tally.count(entry(Endpoint::refresh, "fault", 200));
  EXPECT_THAT(scrape(), HasSubstr("heygen_mock_faults_fired_total{endpoint=\"refresh\"} 2\n"));
}

TEST_F(ControlMetrics, LiveTokensFollowTheClock) {
  bed.call("POST", "/tokens", R"({"client_id":"demo"})");
  EXPECT_THAT(scrape(), HasSubstr("heygen_mock_tokens_live{kind=\"access\"} 1\n"
                                  "heygen_mock_tokens_live{kind=\"refresh\"} 1\n"));
  bed.call("POST", "/clock", R"({"advance":"11d"})");
  EXPECT_THAT(scrape(), HasSubstr("heygen_mock_tokens_live{kind=\"access\"} 0\n"
                                  "heygen_mock_tokens_live{kind=\"refresh\"} 1\n"));
}

TEST_F(ControlMetrics, WhatSandboxesHoldIsAdded) {
  bed.call_in("a", "POST", "/faults", R"({"do":{"status":503}})");
  bed.call_in("b", "POST", "/faults", R"([{"do":{"status":503}},{"do":{"delay":"1s"}}])");
  bed.box("a").journal().record(entry(Endpoint::api, "ok", 200));
  const auto text = scrape();
  EXPECT_THAT(text, HasSubstr("heygen_mock_sandboxes 3\n"));
  EXPECT_THAT(text, HasSubstr("heygen_mock_faults_armed 3\n"));
  EXPECT_THAT(text, HasSubstr("heygen_mock_journal_entries 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("heygen_mock_journal_bytes 0\n")));
}

TEST_F(ControlMetrics, ASpentFaultIsNotArmed) {
  bed.call("POST", "/faults", R"({"times":1,"do":{"status":503}})");
  const auto now = bed.box().clock().now();
  ASSERT_TRUE(bed.box().faults().match({Endpoint::token, "", "demo", "/v1/oauth/token"}, now));
  EXPECT_THAT(scrape(), HasSubstr("heygen_mock_faults_armed 0\n"));
}

TEST(RequestTally, LosesNoCountWhenManyCount) {
  RequestTally tally;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&tally] {
        for (int i = 0; i < 1000; ++i) tally.count(entry(Endpoint::api, "ok", 200));
      });
    }
  }
  ASSERT_EQ(tally.rows().size(), 1U);
  EXPECT_EQ(tally.rows().front().requests, 4000U);
}

}  // namespace
}  // namespace heygen::mock::control
