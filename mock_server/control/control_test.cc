#include "mock_server/control/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "mock_server/control/table.h"
#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Control, HealthAnswersAndIsOpenToAll) {
  ControlOptions options;
  options.admin_token = "s3cret";
  options.version = "0.1.0";
  TestBed bed{options};
  auto request = request_of("GET", "/_mock/health");
  request.peer.loopback = false;
  request.headers.set("Host", "mock");
  const auto response = bed.send(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\n  \"status\": \"ok\",\n  \"version\": \"0.1.0\"\n}\n");
  EXPECT_EQ(bed.call("GET", "/clock").status, 401);
}

TEST(Control, AnswersAreJsonThatNobodyKeeps) {
  TestBed bed;
  const auto response = bed.call("GET", "/clock");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(response.body.ends_with("}\n"));
}

TEST(Control, AProblemIsRfc9457) {
  TestBed bed;
  const auto response = bed.call("POST", "/clock", R"({"advance":"soon"})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  const auto json = json_of(response);
  EXPECT_EQ(json["type"], "about:blank");
  EXPECT_EQ(json["title"], "Bad Request");
  EXPECT_EQ(json["status"], 400);
  EXPECT_EQ(json["key"], "advance");
  EXPECT_THAT(json["detail"].get<std::string>(), HasSubstr("\"10d\""));
}

TEST(Control, AnUnknownPathNamesWhatThereIs) {
  TestBed bed;
  EXPECT_THAT(problem_of(bed.call("GET", "/clocks")), HasSubstr("404: no such call"));
  EXPECT_THAT(problem_of(bed.call("GET", "/clocks")), HasSubstr("clock, tokens"));
  EXPECT_THAT(problem_of(bed.call("POST", "/tokens/fp-1/kill")),
              HasSubstr("tokens, tokens/expire-all, tokens/{id}/expire, tokens/{id}/revoke"));
  EXPECT_EQ(bed.call("GET", "/clock/").status, 404);
  EXPECT_EQ(bed.call("PUT", "/clients/a/b").status, 404);
  EXPECT_EQ(bed.call("PUT", "/clients/").status, 404);
}

TEST(Control, AWrongMethodNamesTheRightOnes) {
  TestBed bed;
  const auto response = bed.call("DELETE", "/clock");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = bed.call("OPTIONS", "/clients/demo");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.get("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
  EXPECT_FALSE(options.headers.has("Access-Control-Allow-Origin"));
}

TEST(Control, HeadIsAnsweredWhereGetIs) {
  TestBed bed;
  for (const Route& route : routes()) {
    if (route.method != "GET" || route.pattern.find('{') != std::string_view::npos) continue;
    const auto path = "/" + std::string{route.pattern};
    EXPECT_EQ(bed.call("HEAD", path).status, bed.call("GET", path).status) << path;
    EXPECT_LT(bed.call("HEAD", path).status, 400) << path;
  }
}

TEST(Control, TheRootListsEveryCall) {
  TestBed bed;
  for (const char* root : {"", "/"}) {
    const auto json = json_of(bed.call_in("t1", "GET", root));
    ASSERT_EQ(json["calls"].size(), routes().size());
    EXPECT_EQ(json["calls"][1]["url"], "http://127.0.0.1:8765/s/t1/_mock/health");
  }
}

TEST(Control, EveryRouteRefusesAParameterItDoesNotKnow) {
  TestBed bed;
  for (const Route& route : routes()) {
    std::string target = "/" + std::string{route.pattern} + "?nonsense=1";
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, "x");
    EXPECT_THAT(problem_of(bed.call(route.method, target)), HasSubstr("400 nonsense: ")) << target;
  }
}

TEST(Control, EveryRouteThatTakesJsonRefusesAKeyItDoesNotKnow) {
  TestBed bed;
  for (const Route& route : routes()) {
    if (route.body == Body::none) continue;
    std::string target = "/" + std::string{route.pattern};
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, "x");
    const auto response = bed.call(route.method, target, R"({"nonsense":1})");
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json") << target;
  }
}

TEST(Control, EveryRouteThatTakesNoneRefusesABody) {
  TestBed bed;
  for (const Route& route : routes()) {
    if (route.body == Body::json || route.method == "GET") continue;
    std::string target = "/" + std::string{route.pattern};
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, "x");
    EXPECT_EQ(problem_of(bed.call(route.method, target, R"({"a":1})")),
              "400: this call takes no body")
        << target;
  }
}

TEST(Control, ABodyIsJsonOfAMebibyteAtTheMost) {
  TestBed bed;
  EXPECT_THAT(problem_of(bed.call("POST", "/clock", "{\n  \"advance\": }")),
              HasSubstr("400: not JSON at line 2"));
  EXPECT_THAT(problem_of(bed.call("POST", "/clock", "\"\xFF\"")), HasSubstr("400: not JSON"));
  EXPECT_THAT(problem_of(bed.call("POST", "/clock", "[]")), HasSubstr("400: write a JSON object"));
  EXPECT_THAT(problem_of(bed.call("POST", "/clock", R"({"freeze":true,"freeze":false})")),
              HasSubstr("400 freeze: give the key once"));
  EXPECT_THAT(problem_of(bed.call("POST", "/clock", std::string(200, '['))), HasSubstr("400: "));
  EXPECT_EQ(bed.call("POST", "/clock", std::string(Control::kLargestBody + 1, ' ')).status, 413);
  auto form = request_of("POST", "/_mock/clock", R"({"advance":"1s"})");
  form.headers.set("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(problem_of(bed.send(form)),
            "415 Content-Type: send Content-Type: application/json (curl: --json instead of -d)");
}

TEST(Control, WhateverIsSentIsRefusedAsAProblem) {
  using namespace std::string_literals;
  const std::vector<std::string> bodies{"null",
                                        "0",
                                        "\"x\"",
                                        "[]",
                                        "[[]]",
                                        "[null]",
                                        "{",
                                        "{}{}",
                                        "{\"\":0}",
                                        "\0"s,
                                        "{\"a\0\":1}"s,
                                        "{\"\xFF\":1}",
                                        "\xFE\xFF",
                                        "1e999",
                                        "[" + std::string(5000, '[') + "]"};
  TestBed bed;
  for (const Route& route : routes()) {
    if (route.body == Body::none) continue;
    std::string target = "/" + std::string{route.pattern};
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, "x");
    for (const std::string& body : bodies) {
      EXPECT_THAT(problem_of(bed.call(route.method, target, body)), StartsWith("400")) << target;
    }
  }
}

TEST(Control, WhateverStandsAtAnIdIsAnsweredInJson) {
  TestBed bed;
  const std::string long_id(100'000, 'a');
  for (const Route& route : routes()) {
    const auto at = route.pattern.find("{id}");
    if (at == std::string_view::npos || route.method == "PUT") continue;
    for (const std::string& id : {std::string{"%00"}, std::string{"%FF"}, std::string{"%2F.."},
                                  std::string{".."}, std::string{"%3Cscript%3E"}, long_id}) {
      std::string target = "/" + std::string{route.pattern};
      target.replace(at + 1, 4, id);
      EXPECT_THAT(problem_of(bed.call(route.method, target)), StartsWith("404")) << route.pattern;
    }
  }
}

TEST(Control, CallsInParallelOnOneSandboxAllGetAnAnswer) {
  TestBed bed;
  const std::vector<std::array<const char*, 3>> calls{
      {"POST", "/tokens", R"({"client_id":"demo"})"},
      {"GET", "/tokens?reveal=1", ""},
      {"POST", "/tokens/expire-all?kind=access", ""},
      {"POST", "/clock", R"({"advance":"1s"})"},
      {"PATCH", "/config", R"({"policies":{"access_ttl_s":60}})"},
      {"POST", "/faults", R"([{"do":{"status":503}},{"do":{"status":500}}])"},
      {"DELETE", "/faults", ""},
      {"POST", "/scenarios/user-denies", ""},
      {"GET", "/journal", ""},
      {"POST", "/reset", ""},
      {"PUT", "/sandboxes/t1", ""},
      {"GET", "/sandboxes", ""},
      {"DELETE", "/sandboxes/t1", ""}};
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 20 * calls.size(); ++i) {
          const auto& [method, target, body] = calls[(i + t * 3) % calls.size()];
          if (bed.call_in("t1", method, target, body).status >= 500) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
}

TEST(Control, ParametersAreWellFormedAndGivenOnce) {
  TestBed bed;
  EXPECT_THAT(problem_of(bed.call("GET", "/tokens?reveal=1&reveal=1")),
              HasSubstr("400 reveal: give the parameter once"));
  EXPECT_THAT(problem_of(bed.call("GET", "/tokens?reveal=yes")), HasSubstr("400 reveal: write 1"));
  EXPECT_THAT(problem_of(bed.call("GET", "/tokens?reveal=%")), HasSubstr("400: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/clients/a%2")), HasSubstr("400: the path has"));
  EXPECT_THAT(problem_of(bed.call("GET", "/clients/%zz")), HasSubstr("400: the path has"));
}

TEST(Control, AnUnknownSandboxComesIntoBeingByItsFirstCall) {
  TestBed bed;
  EXPECT_FALSE(bed.registry.find("t1"));
  EXPECT_EQ(bed.call_in("t1", "GET", "/clock").status, 200);
  EXPECT_TRUE(bed.registry.find("t1"));
}

TEST(Control, ACallThatIsRefusedMakesNoSandbox) {
  TestBed bed;
  EXPECT_EQ(bed.call_in("t1", "GET", "/nothing").status, 404);
  EXPECT_EQ(bed.call_in("t1", "DELETE", "/clock").status, 405);
  EXPECT_EQ(bed.call_in("t1", "GET", "/health").status, 200);
  EXPECT_EQ(bed.call_in("t1", "POST", "/clock", "{").status, 400);
  auto stranger = request_of("GET", "/s/t1/_mock/clock");
  stranger.peer.loopback = false;
  EXPECT_EQ(bed.send(stranger, "t1").status, 403);
  EXPECT_FALSE(bed.registry.find("t1"));
}

TEST(Control, ASandboxNameIsRefusedWhenItIsNone) {
  TestBed bed;
  EXPECT_EQ(problem_of(bed.call_in("No_Name", "GET", "/clock")),
            "404: there can be no such sandbox: a name is [a-z0-9-]{1,64}");
}

}  // namespace
}  // namespace heygen::mock::control
