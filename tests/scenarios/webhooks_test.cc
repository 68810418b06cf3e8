// An app orders a video and is told of its end: everything over real sockets.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "mock_server/webhooks/delivery/testing.h"
#include "mock_server/webhooks/signature.h"
#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using mock::testing::Receiver;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct Webhooks : testing::Test {
  Webhooks() { EXPECT_EQ(stage.control("clock", R"({"freeze":true})").status, 200); }

  json post(std::string path, std::string body) {
    const Reply reply = http({"POST",
                              stage.url() + std::move(path),
                              {"X-API-KEY: demo-api-key", "Content-Type: application/json"},
                              std::move(body)});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body)["data"];
  }
  json journal() {
    return json::parse(http({.url = stage.url() + "/_mock/journal?endpoint=webhook"}).body);
  }
  // The journal is written after the receiver has answered.
  void wait_for_journal(std::size_t entries) {
    while (stage.box().journal().after(0).size() < entries) std::this_thread::yield();
  }

  Stage stage;
  Receiver receiver;
};

TEST_F(Webhooks, AVideoIsDoneWhenTheClockIsMovedAndTheAppIsToldWithASignature) {
  const json endpoint = post("/v3/webhooks/endpoints", R"({"url":")" + receiver.url() + "\"}");
  const json video = post("/v3/videos", R"({"callback_id":"order-7"})");
  stage.advance("1m");
  const auto request = receiver.wait(1)[0];
  const json told = json::parse(request.body);
  EXPECT_EQ(told["event_type"], "avatar_video.success");
  EXPECT_EQ(told["event_data"]["video_id"], video["video_id"]);
  EXPECT_EQ(told["event_data"]["callback_id"], "order-7");
  EXPECT_EQ(request.headers.get("Heygen-Signature"),
            mock::webhook_signature(request.body, endpoint["secret"].get<std::string>()));

  wait_for_journal(3);
  const json shown = journal();
  ASSERT_EQ(shown["entries"].size(), 1U) << shown;
  EXPECT_EQ(shown["entries"][0]["endpoint"], "webhook");
  EXPECT_EQ(shown["entries"][0]["outcome"], "ok");
  EXPECT_EQ(shown["entries"][0]["response"]["status"], 200);
  const Reply everything = http({.url = stage.url() + "/_mock/journal"});
  EXPECT_THAT(everything.body, HasSubstr("/v3/webhooks/endpoints"));
  EXPECT_THAT(everything.body, Not(HasSubstr(endpoint["secret"].get<std::string>())));
}

TEST_F(Webhooks, TheOlderApiSignsItsOwnWay) {
  const json endpoint =
      post("/v1/webhook/endpoint.add",
           R"({"events":["avatar_video.success"],"url":")" + receiver.url() + "\"}");
  post("/v2/video/generate", "{}");
  stage.advance("1m");
  const auto request = receiver.wait(1)[0];
  EXPECT_EQ(request.headers.get("Signature"),
            mock::webhook_signature(request.body, endpoint["secret"].get<std::string>()));
}

TEST_F(Webhooks, AFailureIsToldByPolicyToTheCallbackUrlToo) {
  const Reply set = http({"PATCH",
                          stage.url() + "/_mock/config",
                          {"Content-Type: application/json"},
                          R"({"policies":{"video_jobs":"fail"}})"});
  ASSERT_EQ(set.status, 200) << set.body;
  post("/v3/videos", R"({"callback_url":")" + receiver.url() + "\"}");
  stage.advance("1m");
  EXPECT_EQ(json::parse(receiver.wait(1)[0].body)["event_type"], "avatar_video.fail");
}

TEST_F(Webhooks, WhatIsFarAwayIsNotCalledAndTheJournalSaysWhy) {
  post("/v3/webhooks/endpoints", R"({"url":"https://app.example/hook"})");
  post("/v3/videos", "{}");
  stage.advance("1m");
  wait_for_journal(3);
  const json shown = journal();
  EXPECT_EQ(shown["entries"][0]["outcome"], "undelivered");
  EXPECT_THAT(shown["entries"][0]["why"].get<std::string>(), HasSubstr("webhooks=any"));
}

}  // namespace
}  // namespace heygen::scenarios
