// What is exported reproduces: a failing exchange of one sandbox, played in another, fails alike.
#include <gmock/gmock.h>

#include "mock_server/server.h"

namespace heygen::mock {
namespace {

using testing::HasSubstr;

wire::Request ask(std::string method, std::string target, std::string body = "",
                  const std::string& type = "application/x-www-form-urlencoded") {
  wire::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.add("Host", "127.0.0.1");
  if (!body.empty()) request.headers.add("Content-Type", type);
  request.body = std::move(body);
  request.peer = {"127.0.0.1", 1, true};
  return request;
}

wire::Request api(const std::string& root, const std::string& token) {
  auto request = ask("GET", root + "/v1/user/me");
  request.headers.add("Authorization", "Bearer " + token);
  return request;
}

struct Export : testing::Test {
  Export() : started(Server::start({})), server(*started.server) {
    (void)server.sandboxes().find_or_create("seen");
    (void)server.sandboxes().find_or_create("again");
  }

  std::string control(const std::string& method, const std::string& target, std::string body = "") {
    const auto response = server.answer(ask(method, target, std::move(body), "application/json"));
    EXPECT_LT(response.status, 300) << response.body;
    return response.body;
  }
  // Puts the last exchange of "seen" in force in "again".
  void reproduce() {
    const auto seq = server.sandboxes().find("seen")->journal().last_seq();
    control("POST", "/s/again/_mock/scenarios",
            control("GET", "/s/seen/_mock/journal/" + std::to_string(seq) + "/scenario"));
  }
  std::string token(const std::string& sandbox) {
    const auto pair = control("POST", "/s/" + sandbox + "/_mock/tokens", R"({"client_id":"demo"})");
    constexpr std::string_view kMark = "\"access_token\": \"";
    return pair.substr(pair.find(kMark) + kMark.size(), 42);
  }
  wire::Response in(const std::string& sandbox, wire::Request request) {
    request.target = "/s/" + sandbox + request.target;
    return server.answer(request);
  }

  Server::Started started;
  Server& server;
};

// All that a client could tell them apart by.
void expect_alike(const wire::Response& again, const wire::Response& seen) {
  EXPECT_EQ(again.status, seen.status);
  EXPECT_EQ(again.body, seen.body);
  for (const auto& [name, value] : seen.headers) EXPECT_EQ(again.headers.get(name), value) << name;
}

TEST_F(Export, ARefusedCode) {
  const auto bad = ask("POST", "/v1/oauth/token",
                       "grant_type=authorization_code&client_id=demo&code=none&code_verifier=x"
                       "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb");
  const auto seen = in("seen", bad);
  ASSERT_EQ(seen.status, 400);
  reproduce();
  const auto again = in("again", bad);
  EXPECT_EQ(again.headers.get("X-Mock-Fault"), "fault-1");
  expect_alike(again, seen);
}

TEST_F(Export, TheSecondCallWithATokenThatDiedInBetween) {
  const auto first = token("seen");
  EXPECT_EQ(in("seen", api("", first)).status, 200);
  control("POST", "/s/seen/_mock/clock", R"({"advance":"11d"})");
  const auto seen = in("seen", api("", first));
  ASSERT_EQ(seen.status, 401);
  reproduce();
  const auto good = token("again");
  EXPECT_EQ(in("again", api("", good)).status, 200);
  expect_alike(in("again", api("", good)), seen);
  EXPECT_EQ(in("again", api("", good)).status, 200);  // it was the second alone
}

TEST_F(Export, AFaultThatFiredOnTheThird) {
  control("POST", "/s/seen/_mock/faults",
          R"({"on":{"endpoint":"api"},"when":{"every":3},"do":{"status":429,"retry_after":"7s"}})");
  const auto first = token("seen");
  EXPECT_EQ(in("seen", api("", first)).status, 200);
  EXPECT_EQ(in("seen", api("", first)).status, 200);
  const auto seen = in("seen", api("", first));
  ASSERT_EQ(seen.status, 429);
  reproduce();
  const auto good = token("again");
  EXPECT_EQ(in("again", api("", good)).status, 200);
  EXPECT_EQ(in("again", api("", good)).status, 200);
  expect_alike(in("again", api("", good)), seen);
}

TEST_F(Export, ADeniedLogin) {
  control("PATCH", "/s/seen/_mock/config", R"({"approve":"deny"})");
  const auto login =
      ask("GET",
          "/oauth/authorize?response_type=code&client_id=demo&state=s&code_challenge_method=S256"
          "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb"
          "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  const auto seen = in("seen", login);
  ASSERT_EQ(seen.status, 302);
  reproduce();
  control("PATCH", "/s/again/_mock/config", R"({"approve":"auto"})");  // the fault has to do it
  const auto again = in("again", login);
  EXPECT_EQ(again.status, 302);
  EXPECT_EQ(again.headers.get("Location"), seen.headers.get("Location"));
}

TEST_F(Export, APathThatIsNotThere) {
  const auto seen = in("seen", ask("GET", "/oauth/tokens"));
  ASSERT_EQ(seen.status, 404);
  reproduce();
  const auto again = in("again", ask("GET", "/oauth/tokens"));
  EXPECT_EQ(again.headers.get("X-Mock-Fault"), "fault-1");
  expect_alike(again, seen);
}

TEST_F(Export, APageThatRefuses) {
  auto login = ask("GET", "/oauth/authorize?response_type=code&client_id=nobody");
  login.headers.add("Accept", "text/html");
  const auto seen = in("seen", login);
  ASSERT_EQ(seen.status, 400);
  ASSERT_THAT(seen.headers.get("Content-Type"), HasSubstr("text/html"));
  reproduce();
  const auto again = in("again", login);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.headers.get("X-Mock-Fault"), "fault-1");
}

}  // namespace
}  // namespace heygen::mock
