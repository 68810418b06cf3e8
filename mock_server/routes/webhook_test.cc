// The vendor's webhook endpoints, and what a video's end puts into the book.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::World;

class Webhooks : public ::testing::Test {
 protected:
  Answer ask(std::string method, std::string target, std::string body = "",
             std::string key = "X-API-KEY", std::string credential = "key-1") {
    wire::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{std::move(key), std::move(credential)},
                       {"Content-Type", "application/json"}};
    request.body = std::move(body);
    request.peer = peer_;
    return world_.answer(request);
  }
  static json data(const Answer& answer) {
    EXPECT_EQ(answer.response.status, 200) << answer.response.body;
    return json::parse(answer.response.body)["data"];
  }
  // The one event that is due after a minute, for one endpoint that wants everything.
  json event_after(const std::string& target, const std::string& body) {
    data(ask("POST", "/v3/webhooks/endpoints", R"({"url":"http://127.0.0.1:9/hook"})"));
    EXPECT_TRUE(ask("POST", target, body).event_expected);
    EXPECT_TRUE(world_.webhooks.take_due(world_.clock.now() + seconds{59}, 9).empty());
    const auto due = world_.webhooks.take_due(world_.clock.now() + seconds{60}, 9);
    EXPECT_FALSE(due.empty());
    return due.empty() ? json{} : json::parse(due.front().event->body);
  }

  // Of a new endpoint and a video's callback_url.
  std::vector<WebhookReach> reach_for(wire::Peer peer) {
    peer_ = std::move(peer);
    const auto id = data(ask("POST", "/v3/webhooks/endpoints",
                             R"({"url":"http://127.0.0.1:9/hook"})"))["endpoint_id"];
    data(ask("POST", "/v3/videos", R"({"callback_url":"http://127.0.0.1:9/one"})"));
    std::vector<WebhookReach> out;
    for (const auto& due : world_.webhooks.take_due(world_.clock.now() + seconds{60}, 9)) {
      out.push_back(due.reach);
    }
    ask("DELETE", "/v3/webhooks/endpoints/" + id.get<std::string>());
    return out;
  }

  World world_;
  wire::Peer peer_;
};

TEST_F(Webhooks, TheSecretIsShownOnceAndAgainByRotation) {
  const json made =
      data(ask("POST", "/v3/webhooks/endpoints",
               R"({"url":"http://127.0.0.1:9/hook","events":["avatar_video.fail"]})"));
  const auto id = made["endpoint_id"].get<std::string>();
  EXPECT_EQ(id.substr(0, 3), "ep_");
  EXPECT_EQ(made["url"], "http://127.0.0.1:9/hook");
  EXPECT_EQ(made["events"], json({"avatar_video.fail"}));
  EXPECT_EQ(made["status"], "enabled");
  EXPECT_EQ(made["created_at"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(made["secret"].get<std::string>().substr(0, 6), "whsec_");

  const json listed = data(ask("GET", "/v3/webhooks/endpoints"));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["endpoint_id"], id);
  EXPECT_FALSE(listed[0].contains("secret"));

  const json rotated = data(ask("POST", "/v3/webhooks/endpoints/" + id + "/rotate-secret"));
  EXPECT_EQ(rotated["endpoint_id"], id);
  EXPECT_NE(rotated["secret"], made["secret"]);
  EXPECT_EQ(world_.webhooks.endpoints(world_.config.users[0].id).at(0).secret, rotated["secret"]);
}

TEST_F(Webhooks, AnEndpointIsChangedAndDeleted) {
  const json made = data(ask("POST", "/v3/webhooks/endpoints", R"({"url":"http://127.0.0.1/a"})"));
  EXPECT_EQ(made["events"], nullptr);  // all of them
  const auto path = "/v3/webhooks/endpoints/" + made["endpoint_id"].get<std::string>();
  const json changed =
      data(ask("PATCH", path, R"({"url":"http://127.0.0.1/b","events":["avatar_video.success"]})"));
  EXPECT_EQ(changed["url"], "http://127.0.0.1/b");
  EXPECT_FALSE(changed.contains("secret"));
  EXPECT_EQ(data(ask("PATCH", path, R"({"events":null})"))["url"], "http://127.0.0.1/b");
  EXPECT_EQ(ask("DELETE", path).response.body, R"({"data":{}})");
  const Answer gone = ask("DELETE", path);
  EXPECT_EQ(gone.response.status, 404);
  EXPECT_EQ(json::parse(gone.response.body)["error"]["code"], "not_found");
  EXPECT_EQ(data(ask("GET", "/v3/webhooks/endpoints")), json::array());
}

TEST_F(Webhooks, TheOlderPathsDoTheSame) {
  const Answer made = ask("POST", "/v1/webhook/endpoint.add",
                          R"({"url":"http://127.0.0.1/a","events":["avatar_video.success"]})");
  EXPECT_EQ(json::parse(made.response.body)["code"], 100);
  const json endpoint = data(made);
  EXPECT_EQ(endpoint["username"], world_.config.users[0].id);
  EXPECT_FALSE(endpoint["secret"].get<std::string>().empty());
  const auto id = endpoint["endpoint_id"].get<std::string>();
  EXPECT_EQ(data(ask("PATCH", "/v1/webhook/endpoint.update",
                     R"({"endpoint_id":")" + id + R"(","url":"http://127.0.0.1/b"})"))["url"],
            "http://127.0.0.1/b");
  EXPECT_EQ(data(ask("GET", "/v1/webhook/endpoint.list")).size(), 1U);
  EXPECT_EQ(ask("DELETE", "/v1/webhook/endpoint.delete?endpoint_id=" + id).response.body,
            R"({"code":100,"data":null,"msg":null,"message":null})");
  EXPECT_EQ(ask("DELETE", "/v1/webhook/endpoint.delete?endpoint_id=" + id).response.status, 404);
}

TEST_F(Webhooks, ABadEndpointIsRefusedWithItsMend) {
  for (const auto& [body, message] :
       {std::pair{R"({"url":"app.example/hook"})", "url must be an http or https URL"},
        {R"({})", "url must be an http or https URL"},
        {R"({"url":"http://a:b@127.0.0.1/"})", "url must not hold a user name or password"},
        {R"({"url":"http://127.0.0.1/","events":["video.done"]})",
         "events must be event types; there is no \"video.done\""}}) {
    const Answer refused = ask("POST", "/v3/webhooks/endpoints", body);
    EXPECT_EQ(refused.response.status, 400) << body;
    EXPECT_EQ(json::parse(refused.response.body)["error"]["message"], message) << body;
    EXPECT_EQ(json::parse(refused.response.body)["error"]["code"], "invalid_parameter") << body;
  }
  for (const char* const body :
       {"", "[]", "{", R"({"url":7})", R"({"url":"http://a/","events":7})"}) {
    EXPECT_EQ(ask("POST", "/v3/webhooks/endpoints", body).response.status, 400) << body;
  }
  EXPECT_EQ(ask("PATCH", "/v3/webhooks/endpoints/ep_1", "{}").response.status, 404);
}

TEST_F(Webhooks, AUrlThatWillNotBeCalledIsSaidToThePerson) {
  const auto add = [&] {
    return ask("POST", "/v3/webhooks/endpoints", R"({"url":"https://app.example/hook"})").why;
  };
  EXPECT_NE(add().find("webhooks=any"), std::string::npos);
  world_.set("webhooks", "any");
  EXPECT_EQ(add(), "");
  world_.set("webhooks", "off");
  EXPECT_NE(add().find("webhooks=off"), std::string::npos);
}

TEST_F(Webhooks, WhoIsAtAnotherMachineDoesNotReachThisOnesLoopback) {
  using enum WebhookReach;
  EXPECT_EQ(reach_for({"127.0.0.1", 4711, true}), (std::vector{near, near}));
  EXPECT_EQ(reach_for({}), (std::vector{near, near}));  // in the same process
  EXPECT_EQ(reach_for({"192.168.0.9", 4711, false}), (std::vector{neighbours, neighbours}));
  world_.set("webhooks", "any");
  EXPECT_EQ(reach_for({"192.168.0.9", 4711, false}), (std::vector{anywhere, anywhere}));
}

TEST_F(Webhooks, AnEndpointIsWhoseUrlItIs) {
  const auto id = data(ask("POST", "/v3/webhooks/endpoints",
                           R"({"url":"http://127.0.0.1:9/hook"})"))["endpoint_id"]
                      .get<std::string>();
  const auto reach_after = [&](const std::string& change) {
    data(ask("PATCH", "/v3/webhooks/endpoints/" + id, change));
    data(ask("POST", "/v3/videos", "{}"));
    return world_.webhooks.take_due(world_.clock.now() + seconds{60}, 9).at(0).reach;
  };
  peer_ = {"192.168.0.9", 4711, false};
  EXPECT_EQ(reach_after(R"({"events":null})"), WebhookReach::near);
  EXPECT_EQ(reach_after(R"({"url":"http://127.0.0.1:9/other"})"), WebhookReach::neighbours);
}

TEST_F(Webhooks, AVideosEndIsToldWithTheIdThatWasGiven) {
  data(ask("POST", "/v3/webhooks/endpoints", R"({"url":"http://127.0.0.1:9/hook"})"));
  const Answer answer =
      ask("POST", "/v3/videos", R"({"callback_id":"42","callback_url":"http://127.0.0.1:9/one"})");
  const auto id = data(answer)["video_id"].get<std::string>();
  const auto due = world_.webhooks.take_due(world_.clock.now() + seconds{60}, 9);
  ASSERT_EQ(due.size(), 2U);  // the endpoint, and the callback_url
  const json body = json::parse(due[0].event->body);
  EXPECT_EQ(body["event_type"], "avatar_video.success");
  EXPECT_EQ(body["event_data"]["video_id"], id);
  EXPECT_EQ(body["event_data"]["callback_id"], "42");  // a string stays one
  EXPECT_EQ(body["event_data"]["callback_url"], "http://127.0.0.1:9/one");
  EXPECT_EQ(due[0].style, WebhookStyle::v3);
  EXPECT_FALSE(due[0].event->anywhere);
  world_.clock.advance(seconds{60});
  EXPECT_EQ(data(ask("GET", "/v3/videos/" + id))["status"], "completed");
}

TEST_F(Webhooks, ACallbackIdThatWasNotSentIsNull) {
  EXPECT_EQ(event_after("/v2/video/generate", "{}")["event_data"]["callback_id"], nullptr);
}

TEST_F(Webhooks, AVideoFailsWhereThePolicySaysSo) {
  world_.set("video_jobs", "fail");
  const json event = event_after("/v2/video/generate", R"({"callback_id":"a"})");
  EXPECT_EQ(event["event_type"], "avatar_video.fail");
  EXPECT_EQ(event["event_data"]["callback_id"], "a");
  const auto id = event["event_data"]["video_id"].get<std::string>();
  EXPECT_EQ(data(ask("GET", "/v1/video_status.get?video_id=" + id))["status"], "pending");
  world_.clock.advance(seconds{60});
  world_.set("video_jobs", "complete");  // what was begun stays as it is
  const json status = data(ask("GET", "/v1/video_status.get?video_id=" + id));
  EXPECT_EQ(status["status"], "failed");
  EXPECT_EQ(status["error"]["code"], 40119);
  EXPECT_EQ(data(ask("GET", "/v3/videos/" + id))["status"], "failed");
}

TEST_F(Webhooks, AnAccountsVideosAreToldToItsOwnEndpoints) {
  const TokenSet tokens{{"bobs", kNever}, std::nullopt, world_.clock.now()};
  world_.store.put_grant("demo", world_.config.users[1].id, "", tokens);
  data(ask("POST", "/v3/webhooks/endpoints", R"({"url":"http://127.0.0.1/ann"})"));
  data(ask("POST", "/v3/webhooks/endpoints", R"({"url":"http://127.0.0.1/bob"})", "Authorization",
           "Bearer bobs"));
  data(ask("POST", "/v3/videos", "", "Authorization", "Bearer bobs"));
  const auto due = world_.webhooks.take_due(world_.clock.now() + seconds{60}, 9);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].url, "http://127.0.0.1/bob");
}

TEST_F(Webhooks, OffMeansOff) {
  world_.set("webhooks", "off");
  EXPECT_FALSE(ask("POST", "/v3/videos", "{}").event_expected);
  EXPECT_EQ(world_.webhooks.next(), std::nullopt);
}

}  // namespace
}  // namespace heygen::mock
