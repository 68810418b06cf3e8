#include "mock_server/routes/fixtures.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/notation/json_object.h"
#include "mock_server/routes/job.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

namespace fs = std::filesystem;
using testing::ScriptedRandom;
using testing::World;

// A folder that is gone when the test is.
class Folder {
 public:
  Folder()
      : path_(fs::path{::testing::TempDir()} /
              (("fixtures-" + std::to_string(::getpid()) + "-" + std::to_string(++count_)))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static inline int count_ = 0;
  fs::path path_;
};

std::string filled(const Fixture& fixture) {
  return fixture.answer.body.fill([](std::string_view name) {
    if (name == "now.epoch") return std::string{"17"};
    return "<" + std::string{name} + ">\"";
  });
}

TEST(FixtureBody, MembersStayInOrderAndValuesAreEscaped) {
  const Fixture fixture = parse_fixture(
      R"({"method":"GET","path":"/v1/x","body":{"z":[1,2.50,true,null,{}],"a":"x{{id}}y"}})");
  EXPECT_EQ(filled(fixture), R"({"z":[1,2.5,true,null,{}],"a":"x\u003cid\u003e\"y"})");
}

TEST(FixtureBody, AWholeNumberStandsWithoutQuotesWhereItStandsAlone) {
  const Fixture fixture = parse_fixture(
      R"({"method":"GET","path":"/v1/x","body":["{{now.epoch}}","at {{now.epoch}}","{{now}}"]})");
  EXPECT_EQ(filled(fixture), R"([17,"at 17","\u003cnow\u003e\""])");
}

TEST(FixtureBody, WhatIsMissingIsNullAndWhatTheRequestSaysStaysText) {
  const Fixture fixture = parse_fixture(
      R"({"method":"POST","path":"/v3/x","body":["{{body.a}}","{{body.b}}","x{{body.b}}"]})");
  EXPECT_EQ(fixture.answer.body.fill([](std::string_view name) -> std::optional<std::string> {
    if (name == "body.a") return "7";
    return std::nullopt;
  }),
            R"(["7",null,"x"])");
}

struct Bad {
  std::string_view text;
  std::string_view key;
};

TEST(FixtureParse, AMistakeIsNamedWithItsKey) {
  constexpr Bad kBad[] = {
      {R"([])", ""},
      {R"({"path":"/v1/x","body":1})", "method"},
      {R"({"method":"FETCH","path":"/v1/x","body":1})", "method"},
      {R"({"method":"GET","body":1})", "path"},
      {R"({"method":"GET","path":"v1/x","body":1})", "path"},
      {R"({"method":"GET","path":"/v1/oauth/token","body":1})", "path"},
      {R"({"method":"GET","path":"/v1/x?y","body":1})", "path"},
      {R"({"method":"GET","path":"/v1/x"})", "body"},
      {R"({"method":"GET","path":"/v1/x","body":1,"job":{}})", "body"},
      {R"({"method":"GET","path":"/v1/x","body":1,"status":700})", "status"},
      {R"({"method":"GET","path":"/v1/x","body":1,"auth":"none"})", "auth"},
      {R"({"method":"GET","path":"/v1/x","body":1,"headers":{"A":"b\r\nc"}})", "headers.A"},
      {R"({"method":"GET","path":"/v1/x","body":1,"colour":1})", "colour"},
      {R"({"method":"GET","path":"/v1/x","body":{"a":["{{nobody}}"]}})", "body.a[0]"},
      {R"({"method":"GET","path":"/v1/{x}","body":"{{path.y}}"})", "body"},
      {R"({"method":"GET","path":"/v1/x","body":"{{now"})", "body"},
      {R"({"method":"GET","path":"/v1/x","body":"{{job.id}}"})", "body"},
      {R"({"method":"GET","path":"/v1/x","job":{"states":[{"body":1}]}})", "job.id"},
      {R"({"method":"GET","path":"/v1/x","job":{"id":"{{query.i}}","states":[]}})", "job.states"},
      {R"({"method":"GET","path":"/v1/x","job":{"id":"{{query.i}}","states":[{"body":1}]}})",
       "job.unknown"},
      {R"({"method":"GET","path":"/v1/x","job":{"id":"{{query.i}}",
           "states":[{"after":"2s","body":1},{"after":"1s","body":1}],"unknown":{"body":1}}})",
       "job.states"},
      {R"({"method":"GET","path":"/v1/x","job":{"id":"{{query.i}}","states":[{"body":1}],
           "failed":[{"after":"2s","body":1},{"after":"1s","body":1}],"unknown":{"body":1}}})",
       "job.failed"},
      {R"({"method":"GET","path":"/v1/x","action":"webhook.forget"})", "action"},
      {R"({"method":"GET","path":"/v1/x","action":"webhook.list","body":1})", "body"},
      {R"({"method":"GET","path":"/v1/x","action":"webhook.list","event":{}})", "event"},
      {R"({"method":"GET","path":"/v1/x","body":1,"event":{"after":"1s"}})", "event.complete"},
      {R"({"method":"GET","path":"/v1/x","body":1,"event":{"complete":{"data":1}}})",
       "event.complete.type"},
      {R"({"method":"GET","path":"/v1/x","body":1,"event":{"complete":{"type":"a"}}})",
       "event.complete.data"},
      {R"({"method":"GET","path":"/v1/x","body":1,
           "event":{"complete":{"type":"a","data":"{{job.created.epoch}}"}}})",
       "event.complete.data"},
      {R"({"method":"GET","path":"/v1/x","body":1,"event":{"complete":{"type":"a","data":1}}})",
       "event.fail"},
  };
  for (const Bad& bad : kBad) {
    try {
      (void)parse_fixture(bad.text);
      ADD_FAILURE() << bad.text;
    } catch (const BadInput& error) {
      EXPECT_EQ(error.key(), bad.key) << bad.text;
    }
  }
}

TEST(Fixtures, AFolderAddsAndReplaces) {
  const Folder folder;
  folder.write("mine.json", R"({"method":"GET","path":"/v3/mine/{id}","status":201,
                               "headers":{"X-Mine":"1"},"body":{"id":"{{path.id}}"}})");
  folder.write("me.json", R"({"method":"GET","path":"/v1/user/me","body":"{{user.email}}"})");
  folder.write("notes.txt", "not a fixture");
  World world;
  const Surface surface{folder.path()};
  const auto get = [&](std::string target) {
    wire::Request request;
    request.method = "GET";
    request.target = std::move(target);
    request.headers = {{"X-API-KEY", "key-1"}};
    const Context context{world.store, world.random, world.clock.now(), world.policy, ""};
    return surface.answer(surface.read(request), {context, world.config, world.base}).response;
  };
  const auto mine = get("/v3/mine/a%3Cb");
  EXPECT_EQ(mine.status, 201);
  EXPECT_EQ(mine.headers.get("X-Mine"), "1");
  EXPECT_EQ(mine.body, R"({"id":"a%3Cb"})");
  EXPECT_EQ(get("/v1/user/me").body, R"("ann@example.com")");
  EXPECT_EQ(get("/v3/mine/").status, 404);
  EXPECT_EQ(get("/v3/mine").status, 404);
  EXPECT_EQ(get("/v3/mine/a/b").status, 404);
  EXPECT_EQ(get("/v2/voices").status, 200);
}

TEST(Fixtures, AFaultyFileIsNamed) {
  const Folder folder;
  folder.write("broken.json", R"({"method":"GET","path":"/v1/x","body":1,"staus":200})");
  try {
    const Fixtures fixtures{folder.path()};
    ADD_FAILURE();
  } catch (const BadInput& error) {
    EXPECT_EQ(error.key(), "broken.json: staus");
  }
  EXPECT_THROW(Fixtures{folder.path() + "/none"}, BadInput);
}

TEST(Fixtures, TheMoreSpecificPathWins) {
  const Folder folder;
  folder.write("a.json", R"({"method":"GET","path":"/v3/videos/special","body":"special"})");
  const Fixtures fixtures{folder.path()};
  EXPECT_EQ(fixtures.find("GET", "/v3/videos/special", false).fixture->path, "/v3/videos/special");
  const auto other = fixtures.find("HEAD", "/v3/videos/x", false);
  EXPECT_EQ(other.fixture->path, "/v3/videos/{video_id}");
  ASSERT_EQ(other.path.size(), 1U);
  EXPECT_EQ(other.path[0].second, "x");
}

// Every built-in one answers JSON, whoever asks.
TEST(Fixtures, EachBuiltInOneAnswersJson) {
  World world;
  const TokenSet tokens{{"access-token", kNever}, std::nullopt, world.clock.now()};
  world.store.put_grant("demo", "bob@example.com", "", tokens);
  const Fixtures fixtures;
  EXPECT_GE(fixtures.all().size(), 20U);
  for (const Fixture& fixture : fixtures.all()) {
    for (const wire::Headers& headers : {wire::Headers{{"X-API-KEY", "key-1"}},
                                         wire::Headers{{"Authorization", "Bearer access-token"}}}) {
      wire::Request request;
      request.method = fixture.method;
      request.target = fixture.path;
      request.headers = headers;
      const Answer answer = world.answer(request);
      EXPECT_LT(answer.response.status, 500) << fixture.path;
      EXPECT_TRUE(nlohmann::json::accept(answer.response.body)) << answer.response.body;
      EXPECT_EQ(answer.response.headers.get("Content-Type"), "application/json");
      EXPECT_EQ(answer.response.headers.has("sunset"), !fixture.path.starts_with("/v3/"));
    }
  }
}

TEST(Fixtures, TheUserOfTheTokenIsTheOneWhoIsDescribed) {
  World world;
  const TokenSet tokens{{"access-token", kNever}, std::nullopt, world.clock.now()};
  world.store.put_grant("demo", world.config.users[1].id, "", tokens);
  EXPECT_EQ(
      world.get("/v1/user/me", {{"Authorization", "Bearer access-token"}}).response.body,
      R"({"code":100,"data":{"username":"25ebafd83a8521f0b8d56a14c8a4bd72",)"
      R"("email":"bob@example.com","first_name":"Bob","last_name":"Roe"},"msg":null,"message":null})");
  const auto oauth = world.get("/v3/users/me", {{"Authorization", "Bearer access-token"}});
  EXPECT_NE(oauth.response.body.find(R"("billing_type":"subscription")"), std::string::npos);
  const auto key = world.get("/v3/users/me", {{"X-API-KEY", "key-1"}});
  EXPECT_NE(key.response.body.find(R"("billing_type":"wallet")"), std::string::npos);
  EXPECT_NE(key.response.body.find(R"("email":"ann@example.com")"), std::string::npos);
}

TEST(Fixtures, AWrongMethodIs405OnceTheCredentialsAreGood) {
  World world;
  EXPECT_EQ(world.post("/v1/user/me", "").response.status, 401);
  const Answer answer = world.post("/v1/user/me", "", {{"X-API-KEY", "key-1"}});
  EXPECT_EQ(answer.response.status, 405);
  EXPECT_EQ(answer.response.body, R"({"code":405,"message":"Method Not Allowed"})");
  EXPECT_EQ(answer.response.headers.get("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(answer.outcome, "method_not_allowed");
}

// --- jobs --------------------------------------------------------------------------------------

TEST(Job, AnIdTellsWhenItBegan) {
  ScriptedRandom random;
  const TimePoint now{std::chrono::milliseconds{1'767'225'600'123}};
  const std::string id = new_job_id(random, {now});
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(read_job(id), (Job{now, VideoPolicy::complete}));
  EXPECT_NE(new_job_id(random, {now}), id);
  const std::string failing = new_job_id(random, {now, VideoPolicy::fail});
  EXPECT_EQ(read_job(failing), (Job{now, VideoPolicy::fail}));
  std::string other = id;
  other.front() = other.front() == '0' ? '1' : '0';
  EXPECT_FALSE(read_job(other));
  EXPECT_FALSE(read_job(""));
  EXPECT_FALSE(read_job(std::string(32, 'z')));
  EXPECT_TRUE(read_job(new_job_id(random, {TimePoint::max()})));
  EXPECT_EQ(read_job(new_job_id(random, {TimePoint::min()}))->start, TimePoint{});
}

TEST(Job, AVideoMovesFromPendingToCompletedOnTheSandboxsClock) {
  World world;
  const wire::Headers key{{"X-API-KEY", "key-1"}};
  const std::string id =
      testing::json_text(world.post("/v2/video/generate", "", key).response.body, "video_id");
  const auto status = [&] {
    return testing::json_text(world.get("/v1/video_status.get?video_id=" + id, key).response.body,
                              "status");
  };
  EXPECT_EQ(status(), "pending");
  world.clock.advance(std::chrono::seconds{10});
  EXPECT_EQ(status(), "processing");
  EXPECT_EQ(testing::json_text(world.get("/v3/videos/" + id, key).response.body, "status"),
            "processing");
  world.clock.advance(std::chrono::seconds{50});
  EXPECT_EQ(status(), "completed");
  world.clock.advance(std::chrono::hours{-1});
  EXPECT_EQ(status(), "pending");
  const Answer unknown = world.get("/v3/videos/vid-1", key);
  EXPECT_EQ(unknown.response.status, 404);
  EXPECT_EQ(unknown.response.body,
            R"({"error":{"code":"video_not_found","doc_url":)"
            R"("https://developers.heygen.com/docs/error-codes#video-not-found",)"
            R"("message":"Video vid-1 not found"}})");
}

}  // namespace
}  // namespace heygen::mock
