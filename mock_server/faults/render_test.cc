#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>

#include "mock_server/faults/parse.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Written as it is rendered: with nothing left to a default.
constexpr std::array kRules{
    R"({"on":{"endpoint":"any"},"when":{},"do":{"stage":"before","status":503}})",
    R"({"on":{"endpoint":"api","client_id":"a","path":"/v3/*"},"when":{"nth":2},"times":3,
        "expires_after":"1m30s","do":{"stage":"after_commit","delay":"2s","jitter":"250ms"}})",
    R"({"on":{"endpoint":"token","grant_type":"authorization_code"},"when":{"first":3},
        "do":{"stage":"before","oauth_error":"invalid_grant","description":"d","status":401,
              "headers":{"A":"1","B":""},"retry_after":"3s","body":"","content_type":""}})",
    R"({"on":{"endpoint":"refresh"},"when":{"every":5},
        "do":{"stage":"before","retry_after":"Sun, 06 Nov 1994 08:49:37 GMT",
              "dribble":{"bytes":10,"every":"100ms"},"connection":"reset","malformed":"json"}})",
    R"({"on":{"endpoint":"device"},"when":{"after":4},
        "do":{"stage":"before","connection":"close","malformed":"html","endless":1073741824}})",
    R"({"on":{"endpoint":"metadata"},"when":{"probability":0.2,"seed":9223372036854775807},
        "do":{"stage":"before","connection":"empty","malformed":"empty-object"}})",
    R"({"on":{"endpoint":"registration"},"when":{"probability":1.0,"seed":0},
        "do":{"stage":"before","connection":"truncate","echo_secrets":true}})",
    R"({"on":{"endpoint":"revoke"},"when":{},
        "do":{"stage":"before","status":308,"location":"https://evil.example/x"}})",
    R"({"on":{"endpoint":"authorize"},"when":{},
        "do":{"stage":"before","redirect":{"drop":["state"],"set":{"iss":"x","state":""},
              "flip":["code"],"duplicate":["code","state"],"fragment":true}}})",
    R"({"on":{"endpoint":"any"},"when":{},
        "do":{"stage":"before","barrier":{"parties":256,"timeout":"10m"},
              "patch":{"a":{"b":[1,2.5,"x"]},"gone":null},
              "patch_text":{"n":"8.64e5","null":"null","spaced":" 1"}}})",
};

TEST(RenderFault, GivesBackWhatWasParsed) {
  for (const auto* const text : kRules) {
    const auto value = parse_json(text);
    EXPECT_EQ(render_fault(parse_fault(value)), value) << text;
  }
}

TEST(RenderFault, PatchTextThatPatchCouldSayMovesThere) {
  const auto rule = parse_fault(parse_json(R"({"do":{"patch_text":{"a":"1","b":"1.0e0"}}})"));
  EXPECT_EQ(render_fault(rule)["do"],
            parse_json(R"({"stage":"before","patch":{"a":1},"patch_text":{"b":"1.0e0"}})"));
}

// A rule with each member there or not, and values within their bounds.
class RuleMaker {
 public:
  explicit RuleMaker(std::uint32_t seed) : engine_(seed) {}

  FaultRule make() {
    FaultRule rule;
    constexpr std::array kEndpoints{Endpoint::authorize, Endpoint::api};
    if (maybe()) rule.on.client_id = text();
    if (maybe()) rule.on.path = "/" + text();
    if (maybe()) rule.when = FaultEvery{upto(1'000)};
    if (maybe()) rule.when = FaultProbability{1.0 / static_cast<double>(upto(7)), upto(1'000)};
    if (maybe()) rule.times = upto(1'000'000);
    if (maybe()) rule.expires_after = std::chrono::milliseconds{upto(1'000'000'000)};
    FaultAction& action = rule.action;
    if (maybe()) action.stage = FaultStage::after_commit;
    action.delay = std::chrono::milliseconds{upto(600'000)};
    if (maybe()) action.jitter = std::chrono::milliseconds{upto(600'000)};
    if (maybe()) action.oauth_error = text();
    if (maybe()) action.status = 200 + static_cast<int>(upto(399));
    if (action.status && maybe()) action.description = text();
    if (maybe()) action.headers = {{"A-" + text(), text()}, {"B-" + text(), ""}};
    if (maybe()) action.body = text();
    if (maybe()) action.content_type = text();
    if (maybe()) action.retry_after = std::to_string(upto(100'000));
    if (maybe()) action.dribble = {upto(1U << 20U), std::chrono::milliseconds{upto(600'000)}};
    if (maybe()) action.connection = FaultConnection::empty;
    if (maybe()) action.malformed = FaultBody::html;
    if (maybe()) action.patch = {{"a" + text(), "8.64e5"}, {"b" + text(), {}}, {"c", "\"x\""}};
    if (maybe()) action.echo_secrets = true;
    if (maybe()) action.endless_bytes = upto(1U << 30U);
    if (maybe()) {
      rule.on.endpoint = kEndpoints[0];
      action.redirect = {{text()}, {{text(), text()}}, {text()}, {text(), text()}, maybe()};
    } else if (maybe()) {
      rule.on.endpoint = kEndpoints[1];
    }
    if (maybe()) action.barrier = {1 + static_cast<std::uint32_t>(upto(255)), 1s * upto(600)};
    return rule;
  }

 private:
  bool maybe() { return engine_() % 2 == 0; }
  std::uint32_t upto(std::uint32_t most) {
    return 1 + static_cast<std::uint32_t>(engine_()) % most;
  }
  std::string text() {
    std::string out;
    for (std::uint32_t i = upto(8); i > 0; --i) out += static_cast<char>('a' + engine_() % 26);
    return out;
  }

  std::mt19937 engine_;
};

std::string plain(const std::optional<std::string>& text) { return text.value_or("(none)"); }

TEST(RenderFault, ThenParseIsTheRuleAgain) {
  RuleMaker maker{20261124};
  for (int i = 0; i < 2'000; ++i) {
    const auto rule = maker.make();
    const auto rendered = render_fault(rule);
    const auto again = parse_fault(parse_json(rendered.dump()));
    ASSERT_EQ(render_fault(again), rendered);
    ASSERT_EQ(again.on.endpoint, rule.on.endpoint);
    ASSERT_EQ(plain(again.on.path), plain(rule.on.path));
    ASSERT_EQ(again.when.index(), rule.when.index());
    ASSERT_EQ(again.times, rule.times);
    ASSERT_EQ(again.expires_after, rule.expires_after);
    ASSERT_EQ(again.action.delay, rule.action.delay);
    ASSERT_EQ(again.action.headers, rule.action.headers);
    ASSERT_EQ(plain(again.action.retry_after), plain(rule.action.retry_after));
    ASSERT_EQ(again.action.patch, rule.action.patch);
    ASSERT_EQ(again.action.redirect.set, rule.action.redirect.set);
    ASSERT_EQ(again.action.endless_bytes, rule.action.endless_bytes);
  }
}

TEST(RenderFaultState, SaysHowOftenItHasFiredAndMayStillFire) {
  Faults faults;
  auto rule = parse_fault(parse_json(R"({"times":2,"expires_after":"30s","do":{"status":503}})"));
  faults.add(rule, TimePoint{0s});
  rule.times.reset();
  rule.expires_after.reset();
  faults.add(rule, TimePoint{0s});
  (void)faults.match({Endpoint::token, "", "", "/v1/oauth/token"}, TimePoint{1s});
  const auto states = faults.list(TimePoint{1s});
  EXPECT_EQ(render_fault_state(states[0]), parse_json(R"({"id":"fault-1","on":{"endpoint":"any"},
      "when":{},"times":2,"expires_after":"30s","do":{"stage":"before","status":503},
      "matched":1,"fired":1,"remaining":1,"expires_at":"1970-01-01T00:00:30Z","expired":false})"));
  const auto second = render_fault_state(states[1]);
  EXPECT_TRUE(second["remaining"].is_null());
  EXPECT_TRUE(second["expires_at"].is_null());
}

}  // namespace
}  // namespace heygen::mock
