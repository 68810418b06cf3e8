#include "mock_server/faults/parse.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

FaultRule parsed(std::string_view text) { return parse_fault(parse_json(text)); }

// The contract's example, every key of it.
TEST(ParseFault, TakesTheContractsGrammar) {
  const auto rule = parsed(R"({
    "on":   {"endpoint":"refresh","grant_type":"refresh_token","client_id":"demo","path":"/v1/x"},
    "when": {"probability":0.2,"seed":7},
    "times": 1, "expires_after": "30s",
    "do":   {"stage":"after_commit","delay":"2s","status":503,"oauth_error":"invalid_grant",
             "description":"d","headers":{"X-A":"1"},"body":"b","content_type":"text/plain",
             "retry_after":"3s","dribble":{"bytes":10,"every":"100ms"},"connection":"truncate",
             "malformed":"empty-object","patch":{"expires_in":"864000","refresh_token":null},
             "echo_secrets":true,"barrier":{"parties":3,"timeout":"5s"}}})");
  EXPECT_EQ(rule.on.endpoint, Endpoint::refresh);
  EXPECT_EQ(rule.on.grant_type, "refresh_token");
  EXPECT_EQ(rule.on.client_id, "demo");
  EXPECT_EQ(rule.on.path, "/v1/x");
  const auto& when = std::get<FaultProbability>(rule.when);
  EXPECT_EQ(when.p, 0.2);
  EXPECT_EQ(when.seed, 7U);
  EXPECT_EQ(rule.times, 1U);
  EXPECT_EQ(rule.expires_after, 30s);
  const auto& action = rule.action;
  EXPECT_EQ(action.stage, FaultStage::after_commit);
  EXPECT_EQ(action.delay, 2s);
  EXPECT_EQ(action.status, 503);
  EXPECT_EQ(action.oauth_error, "invalid_grant");
  EXPECT_EQ(action.description, "d");
  EXPECT_EQ(action.headers.at(0), std::pair(std::string{"X-A"}, std::string{"1"}));
  EXPECT_EQ(action.body, "b");
  EXPECT_EQ(action.content_type, "text/plain");
  EXPECT_EQ(action.retry_after, "3");
  EXPECT_EQ(action.dribble->bytes, 10U);
  EXPECT_EQ(action.dribble->every, 100ms);
  EXPECT_EQ(action.connection, FaultConnection::truncate);
  EXPECT_EQ(action.malformed, FaultBody::empty_object);
  EXPECT_EQ(action.patch, (JsonPatch{{"expires_in", "\"864000\""}, {"refresh_token", {}}}));
  EXPECT_TRUE(action.echo_secrets);
  EXPECT_EQ(action.barrier->parties, 3U);
  EXPECT_EQ(action.barrier->timeout, 5s);
}

TEST(ParseFault, TakesTheAuthorizationResponseApart) {
  const auto how = parsed(R"({"on":{"endpoint":"authorize"},"do":{"redirect":{"drop":["state"],
    "set":{"iss":"https://evil.example","state":"x"},"duplicate":["code"],"flip":["state"],
    "fragment":true}}})")
                       .action.redirect;
  EXPECT_EQ(how.drop, std::vector<std::string>{"state"});
  EXPECT_EQ(how.set.size(), 2U);
  EXPECT_EQ(how.set[1].second, "x");
  EXPECT_EQ(how.duplicate, std::vector<std::string>{"code"});
  EXPECT_EQ(how.flip, std::vector<std::string>{"state"});
  EXPECT_TRUE(how.fragment);
}

TEST(ParseFault, WhenIsAlwaysUnlessItSaysOtherwise) {
  const auto when_of = [](const std::string& when) {
    return parsed(R"({"when":)" + when + R"(,"do":{"status":500}})").when;
  };
  EXPECT_TRUE(std::holds_alternative<FaultAlways>(parsed(R"({"do":{"status":500}})").when));
  EXPECT_TRUE(std::holds_alternative<FaultAlways>(when_of("{}")));
  EXPECT_EQ(std::get<FaultNth>(when_of(R"({"nth":2})")).n, 2U);
  EXPECT_EQ(std::get<FaultFirst>(when_of(R"({"first":3})")).n, 3U);
  EXPECT_EQ(std::get<FaultEvery>(when_of(R"({"every":5})")).n, 5U);
  EXPECT_EQ(std::get<FaultAfter>(when_of(R"({"after":0})")).n, 0U);
  EXPECT_EQ(std::get<FaultProbability>(when_of(R"({"probability":1})")).seed, 0U);
}

TEST(ParseFault, RetryAfterIsWholeSecondsOrADate) {
  const auto of = [](const std::string& value) {
    return parsed(R"({"do":{"status":503,"retry_after":)" + value + "}}").action.retry_after;
  };
  EXPECT_EQ(of("\"3s\""), "3");
  EXPECT_EQ(of("\"1500ms\""), "2");  // never sooner than it was meant
  EXPECT_EQ(of("120"), "120");
  EXPECT_EQ(of("\"Sun, 06 Nov 1994 08:49:37 GMT\""), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ParseFault, PatchTextIsKeptByteForByte) {
  const auto patch = parsed(R"({"do":{"patch":{"b":[1,{"c":2}]},
      "patch_text":{"n":"8.64e5","huge":"123456789012345678901234567890","null":"null"}}})")
                         .action.patch;
  EXPECT_EQ(patch, (JsonPatch{{"b", R"([1,{"c":2}])"},
                              {"huge", "123456789012345678901234567890"},
                              {"n", "8.64e5"},
                              {"null", "null"}}));
}

struct Refused {
  const char* text;
  const char* key;
};

class FaultRefusals : public ::testing::TestWithParam<Refused> {};

TEST_P(FaultRefusals, NameTheKey) {
  try {
    (void)parse_fault(parse_json(GetParam().text), "faults[0]");
    FAIL() << "was taken: " << GetParam().text;
  } catch (const BadInput& bad) {
    const std::string below = GetParam().key;
    EXPECT_EQ(bad.key(), below.empty() ? "faults[0]" : "faults[0]." + below) << bad.what();
    EXPECT_STRNE(bad.what(), "");
  }
}

constexpr std::array kRefusals{
    Refused{"[]", ""},
    Refused{"{}", "do"},
    Refused{R"({"do":{}})", "do"},
    Refused{R"({"do":{"stage":"after_commit"}})", "do"},
    Refused{R"({"do":{"echo_secrets":false}})", "do"},
    Refused{R"({"do":{"delay":"0s"}})", "do"},
    Refused{R"({"do":{"status":503},"who":1})", "who"},
    Refused{R"({"do":{"status":503,"Body":"x"}})", "do.Body"},
    Refused{R"({"do":{"status":199}})", "do.status"},
    Refused{R"({"do":{"status":600}})", "do.status"},
    Refused{R"({"do":{"status":"503"}})", "do.status"},
    Refused{R"({"do":{"stage":"later","status":503}})", "do.stage"},
    Refused{R"({"do":{"delay":"11m"}})", "do.delay"},
    Refused{R"({"do":{"delay":2}})", "do.delay"},
    Refused{R"({"do":{"jitter":"-1s"}})", "do.jitter"},
    Refused{R"({"do":{"oauth_error":""}})", "do.oauth_error"},
    Refused{R"({"do":{"description":"x","delay":"1s"}})", "do.description"},
    Refused{R"({"do":{"headers":{"X A":"1"}}})", "do.headers.X A"},
    Refused{R"({"do":{"headers":{"X":"a\nb"}}})", "do.headers.X"},
    Refused{R"({"do":{"headers":{"X":1}}})", "do.headers.X"},
    Refused{R"({"do":{"headers":{"content-length":"1"}}})", "do.headers.content-length"},
    Refused{R"({"do":{"content_type":"a\u0000b"}})", "do.content_type"},
    Refused{R"({"do":{"retry_after":"soon"}})", "do.retry_after"},
    Refused{R"({"do":{"retry_after":"Sun, 6 Nov 1994 08:49:37 GMT"}})", "do.retry_after"},
    Refused{R"({"do":{"dribble":{"bytes":0}}})", "do.dribble.bytes"},
    Refused{R"({"do":{"dribble":{"bytes":1048577}}})", "do.dribble.bytes"},
    Refused{R"({"do":{"connection":"lost"}})", "do.connection"},
    Refused{R"({"do":{"malformed":"xml"}})", "do.malformed"},
    Refused{R"({"do":{"location":""}})", "do.location"},
    Refused{R"({"do":{"location":"https://x","status":200}})", "do.status"},
    Refused{R"({"do":{"location":"https://x","oauth_error":"x"}})", "do.location"},
    Refused{R"({"do":{"patch":[]}})", "do.patch"},
    Refused{R"({"do":{"patch_text":{"a":"{"}}})", "do.patch_text.a"},
    Refused{R"({"do":{"patch":{"a":1},"patch_text":{"a":"2"}}})", "do.patch_text.a"},
    Refused{R"({"do":{"endless":1073741825}})", "do.endless"},
    Refused{R"({"do":{"redirect":{}}})", "do.redirect"},
    Refused{R"({"do":{"redirect":{"drop":[1]}}})", "do.redirect.drop[0]"},
    Refused{R"({"on":{"endpoint":"token"},"do":{"redirect":{"drop":["a"]}}})", "do.redirect"},
    Refused{R"({"do":{"barrier":{"parties":1}}})", "do.barrier.parties"},
    Refused{R"({"do":{"barrier":{"parties":257}}})", "do.barrier.parties"},
    Refused{R"({"do":{"barrier":{"timeout":"1h"}}})", "do.barrier.timeout"},
    Refused{R"({"times":0,"do":{"status":503}})", "times"},
    Refused{R"({"expires_after":"0s","do":{"status":503}})", "expires_after"},
    Refused{R"({"when":{"nth":0},"do":{"status":503}})", "when.nth"},
    Refused{R"({"when":{"nth":1,"first":2},"do":{"status":503}})", "when"},
    Refused{R"({"when":{"nth":1,"seed":2},"do":{"status":503}})", "when.seed"},
    Refused{R"({"when":{"probability":1.5},"do":{"status":503}})", "when.probability"},
    Refused{R"({"when":{"sometimes":true},"do":{"status":503}})", "when.sometimes"},
    Refused{R"({"on":{"endpoint":"none"},"do":{"status":503}})", "on.endpoint"},
    Refused{R"({"on":{"endpoint":"/v1/oauth/token"},"do":{"status":503}})", "on.endpoint"},
    Refused{R"({"on":{"path":"v1"},"do":{"status":503}})", "on.path"},
    Refused{R"({"on":{"path":"/v1?x=1"},"do":{"status":503}})", "on.path"},
    Refused{R"({"on":{"path":"/_mock/health"},"do":{"status":503}})", "on.path"},
    Refused{R"({"on":{"endpoint":"token","grant_type":"refresh_token"},"do":{"status":503}})",
            "on.grant_type"},
    Refused{R"({"on":{"endpoint":"refresh","grant_type":"password"},"do":{"status":503}})",
            "on.grant_type"},
    Refused{R"({"on":{"endpoint":"api","grant_type":"password"},"do":{"status":503}})",
            "on.grant_type"},
};
INSTANTIATE_TEST_SUITE_P(All, FaultRefusals, ::testing::ValuesIn(kRefusals));

}  // namespace
}  // namespace heygen::mock
