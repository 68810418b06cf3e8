// The route has run: its answer is edited, spoiled or lost.
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "mock_server/faults/barrier.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/testing.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using Ending = wire::Delivery::Ending;

wire::Response spoiled(FaultAction action, Endpoint endpoint, const wire::Request& request,
                       wire::Response response) {
  SameByte random;
  const auto firing = firing_of(std::move(action), endpoint, std::string{request.path()});
  EXPECT_FALSE(before(firing, request, random));
  after(firing, request, response, random);
  EXPECT_EQ(response.headers.get("X-Mock-Fault"), "fault-1");
  return response;
}

wire::Response tokens(FaultAction action) {
  return spoiled(std::move(action), Endpoint::token, token_request(), good_tokens());
}

wire::Response redirect(FaultAction action) {
  return spoiled(std::move(action), Endpoint::authorize, authorize_request(), good_redirect());
}

FaultAction committed(FaultAction action) {
  action.stage = FaultStage::after_commit;
  return action;
}

TEST(FaultAfter, PatchesAGoodAnswer) {
  EXPECT_EQ(tokens({.patch = {{"expires_in", "\"864000\""}, {"refresh_token", {}}}}).body,
            R"({"token_type":"Bearer","access_token":"a","expires_in":"864000"})");
}

TEST(FaultAfter, LeavesTheTextOfAnErrorAlone) {
  wire::Response error;
  error.status = 400;
  error.body = R"({"error":"invalid_grant"})";
  const auto response =
      spoiled({.patch = {{"expires_in", "0"}}}, Endpoint::token, token_request(), error);
  EXPECT_EQ(response.body, R"({"error":"invalid_grant"})");
}

TEST(FaultAfter, PatchesTheErrorThatTheRuleMade) {
  const auto response = tokens(
      committed({.oauth_error = "invalid_grant", .patch = {{"error_uri", "\"https://x\""}}}));
  EXPECT_EQ(response.body, R"({"error":"invalid_grant","error_uri":"https://x"})");
}

TEST(FaultAfter, LosesAnAnswerThatWasCommitted) {
  const auto failed = tokens(committed({.status = 503}));
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.body, R"({"error":"temporarily_unavailable"})");
  const auto reset = tokens(committed({.connection = FaultConnection::reset}));
  EXPECT_EQ(reset.delivery.ending, Ending::reset);
  EXPECT_EQ(reset.body, good_tokens().body);  // for the journal: what was lost
  EXPECT_EQ(tokens(committed({.connection = FaultConnection::truncate})).delivery.ending,
            Ending::truncated);
}

TEST(FaultAfter, AGoodStatusKeepsAGoodAnswer) {
  const auto created = tokens(committed({.status = 201}));
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.body, good_tokens().body);
}

TEST(FaultAfter, SpoilsTheBody) {
  const auto cut = tokens(committed({.malformed = FaultBody::json}));
  EXPECT_EQ(cut.body, good_tokens().body.substr(0, good_tokens().body.size() / 2));
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(tokens(committed({.malformed = FaultBody::empty_object})).body, "{}");
  EXPECT_TRUE(tokens(committed({.malformed = FaultBody::html})).body.starts_with("<!doctype"));
  EXPECT_EQ(tokens(committed({.body = "x"})).body, "x");
  EXPECT_EQ(tokens({.content_type = "text/plain"}).headers.get("Content-Type"), "text/plain");
}

TEST(FaultAfter, RepeatsTheRealBodyWithoutEnd) {
  const auto response = tokens(committed({.endless_bytes = 5'000}));
  EXPECT_EQ(response.body, good_tokens().body);
  EXPECT_EQ(response.delivery.endless_bytes, 5'000U);
}

TEST(FaultAfter, TampersWithTheAuthorizationResponse) {
  EXPECT_EQ(redirect({.redirect = {.drop = {"state"}}}).headers.get("Location"),
            "http://127.0.0.1:7/cb?t=1&code=abc");
  EXPECT_EQ(redirect({.redirect = {.set = {{"error", "access_denied"}}}}).headers.get("Location"),
            "http://127.0.0.1:7/cb?t=1&code=abc&state=s%201&error=access_denied");
}

TEST(FaultAfter, LeavesOtherRedirectsAlone) {
  wire::Response elsewhere;
  elsewhere.status = 303;
  elsewhere.headers = {{"Location", "/device?state=1"}};
  const auto response = spoiled({.redirect = {.drop = {"state"}}}, Endpoint::authorize,
                                authorize_request(), elsewhere);
  EXPECT_EQ(response.headers.get("Location"), "/device?state=1");
}

TEST(FaultAfter, AnErrorAtAuthorizeTakesTheCodesPlace) {
  const auto response = redirect(committed({.oauth_error = "server_error"}));
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.headers.get("Location"),
            "http://127.0.0.1:7/cb?t=1&state=s%201&error=server_error");
}

TEST(FaultAfter, ARedirectStatusKeepsTheLocation) {
  const auto response = redirect(committed({.status = 307}));
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.headers.get("Location"), good_redirect().headers.get("Location"));
}

TEST(FaultAfter, ARedirectWithASpoiledBodyIsNoRedirect) {
  const auto response = redirect(committed({.malformed = FaultBody::html}));
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.headers.has("Location"));
}

TEST(FaultAfter, ATruncatedRedirectHasABodyToCut) {
  const auto response = redirect(committed({.connection = FaultConnection::truncate}));
  EXPECT_FALSE(response.body.empty());
  EXPECT_EQ(response.delivery.ending, Ending::truncated);
}

TEST(FaultAfter, ADelayIsAddedToTheRoutesOwn) {
  auto slow = good_tokens();
  slow.delivery.delay = 1s;
  const auto response =
      spoiled(committed({.delay = 2s, .status = 503}), Endpoint::token, token_request(), slow);
  EXPECT_EQ(response.delivery.delay, 3s);
}

TEST(FaultAfter, TheBarrierHoldsTheAnswerOfACommittedRequest) {
  auto firing = firing_of(committed({}), Endpoint::refresh, "");
  firing.barrier = std::make_shared<Barrier>(BarrierSpec{2, 1h});
  const auto request = token_request();
  const auto run = [&] {
    SameByte random;
    auto response = good_tokens();
    EXPECT_FALSE(before(firing, request, random));  // would wait for ever if it held
    after(firing, request, response, random);
    return response.status;
  };
  auto other = std::async(std::launch::async, run);
  EXPECT_EQ(run(), 200);
  EXPECT_EQ(other.get(), 200);
}

}  // namespace
}  // namespace heygen::mock
