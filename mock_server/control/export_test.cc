#include "mock_server/control/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"
#include "mock_server/faults/scenario.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Entry refused_refresh() {
  Entry e;
  e.endpoint = Endpoint::refresh;
  e.client_id = "demo";
  e.grant_type = "refresh_token";
  e.outcome = "invalid_grant";
  e.why = "the refresh token was used before";
  e.request.method = "POST";
  e.request.target = "/v1/oauth/token";
  e.response.status = 400;
  e.response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  e.response.body = R"({"error":"invalid_grant"})";
  return e;
}

struct ControlExport : testing::Test {
  TestBed bed;

  void record(Entry e) { bed.box().journal().record(std::move(e)); }
  json get(int seq) {
    return json_of(bed.call("GET", "/journal/" + std::to_string(seq) + "/scenario"));
  }
};

TEST_F(ControlExport, ARefusalBecomesAFaultThatAnswersTheSame) {
  record(refused_refresh());
  EXPECT_EQ(get(1)["faults"], json::parse(R"([{
    "on": {"endpoint": "refresh", "client_id": "demo"},
    "when": {"nth": 1},
    "do": {"stage": "before", "status": 400, "body": "{\"error\":\"invalid_grant\"}",
           "content_type": "application/json", "headers": {"Cache-Control": "no-store"}}}])"));
  EXPECT_EQ(get(1)["summary"],
            "refresh is answered 400 invalid_grant: the refresh token was used before");
}

TEST_F(ControlExport, CountsTheRequestsOfItsKindThatCameBefore) {
  Entry good = refused_refresh();
  good.outcome = "ok";
  good.response.status = 200;
  Entry other = refused_refresh();
  other.client_id = "other";
  record(good);
  record(other);
  record(refused_refresh());
  record(refused_refresh());
  EXPECT_EQ(get(3)["faults"][0]["when"], json::parse(R"({"nth": 2})"));
}

TEST_F(ControlExport, WhatWentWellIsNotExported) {
  Entry good = refused_refresh();
  good.outcome = "ok";
  record(good);
  EXPECT_THAT(problem_of(bed.call("GET", "/journal/1/scenario")), HasSubstr("409 id: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/journal/2/scenario")), HasSubstr("404 id: "));
}

TEST_F(ControlExport, TheRuleThatFiredIsTakenAsItIsArmed) {
  bed.call("POST", "/faults",
           R"({"on":{"endpoint":"refresh"},"when":{"probability":0.5,"seed":7},"times":3,
               "do":{"stage":"after_commit","patch":{"expires_in":"864000"}}})");
  Entry spoiled = refused_refresh();
  spoiled.outcome = "fault";
  spoiled.fault_id = "fault-1";
  spoiled.response.status = 200;
  spoiled.response.body = R"({"access_token":"zzzzzzzzzzzzzzzzzzzz","expires_in":"864000"})";
  record(refused_refresh());
  record(spoiled);
  EXPECT_EQ(get(2)["faults"], json::parse(R"([{
    "on": {"endpoint": "refresh"}, "when": {"nth": 2},
    "do": {"stage": "after_commit", "patch": {"expires_in": "864000"}}}])"));
}

TEST_F(ControlExport, ASpoiledAnswerWhoseRuleHasGoneIsNotGuessedAt) {
  Entry spoiled = refused_refresh();
  spoiled.outcome = "fault";
  spoiled.fault_id = "fault-9";
  spoiled.response.status = 200;
  record(spoiled);
  EXPECT_THAT(problem_of(bed.call("GET", "/journal/1/scenario")), HasSubstr("no longer armed"));
}

TEST_F(ControlExport, ALostAnswerIsLostAgain) {
  Entry lost = refused_refresh();
  lost.outcome = "fault";
  lost.fault_id = "fault-9";
  lost.response.status = 503;
  lost.response.delivery.ending = wire::Delivery::Ending::reset;
  record(lost);
  EXPECT_EQ(get(1)["faults"][0]["do"],
            json::parse(R"({"stage": "before", "connection": "reset"})"));
}

TEST_F(ControlExport, ADeniedLoginIsDeniedByItsRedirect) {
  Entry denied;
  denied.endpoint = Endpoint::authorize;
  denied.client_id = "demo";
  denied.outcome = "access_denied";
  denied.request.target = "/oauth/authorize";
  denied.response.status = 302;
  denied.response.headers = {
      {"Location", "http://127.0.0.1:9/cb?error=access_denied&error_description=No%20thanks"}};
  record(denied);
  EXPECT_EQ(get(1)["faults"][0]["do"], json::parse(R"({"stage": "before",
    "oauth_error": "access_denied", "description": "No thanks"})"));
}

TEST_F(ControlExport, TakesAlongWhatWasConfigured) {
  bed.call("PATCH", "/config", R"({"approve":"ask","policies":{"pkce":"off","code_ttl_s":5}})");
  bed.call("PUT", "/clients/app", R"({"redirect_uris":["http://127.0.0.1:3000/cb"]})");
  Entry e = refused_refresh();
  e.client_id = "app";
  record(e);
  const json out = get(1);
  EXPECT_EQ(out["policies"],
            json::parse(R"({"pkce":"off","pkce_confidential":"off","code_ttl_s":5})"));
  EXPECT_EQ(out["approve"], "ask");
  EXPECT_EQ(out["clients"],
            json::parse(R"([{"id":"app","redirect_uris":["http://127.0.0.1:3000/cb"]}])"));
}

TEST_F(ControlExport, HoldsNoSecret) {
  const json pair = json_of(bed.call("POST", "/tokens", R"({"client_id":"demo"})"));
  const std::string token = pair["access_token"];
  bed.call("PUT", "/clients/app", R"({"redirect_uris":[],"secret":"s3cr3t-of-the-app"})");
  Entry e = refused_refresh();
  e.client_id = "app";
  e.why = "it sent " + token;
  e.response.headers.add("X-Debug", token);
  e.response.body = R"({"error":"invalid_grant","error_description":"bad s3cr3t-of-the-app"})";
  record(e);
  const std::string out = get(1).dump();
  EXPECT_THAT(out, Not(HasSubstr(token)));
  EXPECT_THAT(out, Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(out, HasSubstr("register it first"));
}

TEST_F(ControlExport, AnyWhyFitsIntoASummary) {
  Entry e = refused_refresh();
  e.why = "line one\nline two \xFF " + std::string(300, 'x');
  record(e);
  const std::string summary = get(1)["summary"];
  EXPECT_THAT(summary, HasSubstr("line one line two \xEF\xBF\xBD x"));
  EXPECT_LE(summary.size(), 200U);
}

}  // namespace
}  // namespace heygen::mock::control
