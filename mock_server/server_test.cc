#include "mock_server/server.h"

#include <gmock/gmock.h>

#include "mock_server/wire/raw_client.h"

namespace heygen::mock {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// RFC 7636 Appendix B.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::string_view kCallback = "http%3A%2F%2F127.0.0.1%3A9%2Fcb";

wire::Request get(std::string target) {
  wire::Request request;
  request.method = "GET";
  request.target = std::move(target);
  request.headers.add("Host", "127.0.0.1");
  request.peer = {"127.0.0.1", 1, true};
  return request;
}

wire::Request post(std::string target, std::string form) {
  wire::Request request = get(std::move(target));
  request.method = "POST";
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = std::move(form);
  return request;
}

std::string after_text(std::string_view text, std::string_view mark, char end) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const auto rest = text.substr(at + mark.size());
  return std::string{rest.substr(0, rest.find(end))};
}

struct ServerTest : testing::Test {
  ServerTest() : started(Server::start({})), server(*started.server) {}

  std::string log_in(const std::string& root) {
    const auto redirect = server.answer(
        get(root + "/oauth/authorize?response_type=code&client_id=demo&state=s&redirect_uri=" +
            std::string{kCallback} +
            "&code_challenge_method=S256&code_challenge=" + std::string{kChallenge}));
    EXPECT_EQ(redirect.status, 302) << redirect.body;
    const auto code = after_text(redirect.headers.get("Location"), "code=", '&');
    const auto answer = server.answer(
        post(root + "/v1/oauth/token", "grant_type=authorization_code&client_id=demo&code=" + code +
                                           "&redirect_uri=" + std::string{kCallback} +
                                           "&code_verifier=" + std::string{kVerifier}));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return after_text(answer.body, "\"access_token\":\"", '"');
  }
  int call(const std::string& root, const std::string& token) {
    auto request = get(root + "/v1/user/me");
    request.headers.add("Authorization", "Bearer " + token);
    return server.answer(request).status;
  }

  Server::Started started;
  Server& server;
};

TEST_F(ServerTest, TenDaysLaterTheTokenIsDeadInThisSandboxAlone) {
  const auto a = server.sandboxes().find_or_create("a");
  const auto b = server.sandboxes().find_or_create("b");
  const auto in_a = log_in("/s/a");
  const auto in_b = log_in("/s/b");
  EXPECT_EQ(call("/s/a", in_a), 200);
  EXPECT_EQ(call("/s/b", in_a), 401);
  ASSERT_TRUE(a->clock().advance(std::chrono::days{10}));
  EXPECT_EQ(call("/s/a", in_a), 401);
  EXPECT_EQ(call("/s/b", in_b), 200);
  EXPECT_THAT(a->journal().after(0).back()->why, HasSubstr("expired"));
}

TEST_F(ServerTest, VendorTrafficMakesNoSandbox) {
  const auto answer = server.answer(get("/s/nobody/oauth/authorize"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("PUT /_mock/sandboxes/nobody"));
  EXPECT_EQ(server.answer(get("/s/%3Cscript%3E/x")).status, 404);
  EXPECT_FALSE(server.sandboxes().find("nobody"));
}

TEST_F(ServerTest, EveryExchangeIsInTheJournalWithItsWhy) {
  const auto box = server.sandboxes().find("default");
  const auto answer =
      server.answer(post("/v1/oauth/token?x=1", "grant_type=password&client_id=demo"));
  EXPECT_EQ(answer.status, 400);
  const auto entries = box->journal().after(0);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]->seq, 1U);
  EXPECT_EQ(entries[0]->endpoint, Endpoint::token);
  EXPECT_EQ(entries[0]->client_id, "demo");
  EXPECT_EQ(entries[0]->grant_type, "password");
  EXPECT_EQ(entries[0]->outcome, "unsupported_grant_type");
  EXPECT_FALSE(entries[0]->why.empty());
  EXPECT_EQ(entries[0]->response.body, answer.body);
}

TEST_F(ServerTest, AFaultBeforeTheCommitChangesNothing) {
  const auto box = server.sandboxes().find("default");
  FaultRule rule;
  rule.on.endpoint = Endpoint::token;
  rule.times = 1;
  rule.action.status = 503;
  const auto id = box->faults().add(rule, box->clock().now());
  ASSERT_TRUE(id);
  const auto redirect = server.answer(get(
      "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=" + std::string{kCallback} +
      "&code_challenge_method=S256&code_challenge=" + std::string{kChallenge}));
  const auto code = after_text(redirect.headers.get("Location"), "code=", '&');
  const auto form = "grant_type=authorization_code&client_id=demo&code=" + code +
                    "&redirect_uri=" + std::string{kCallback} +
                    "&code_verifier=" + std::string{kVerifier};
  const auto spoiled = server.answer(post("/v1/oauth/token", form));
  EXPECT_EQ(spoiled.status, 503);
  EXPECT_EQ(spoiled.headers.get("X-Mock-Fault"), *id);
  EXPECT_EQ(box->journal().after(0).back()->outcome, "fault");
  EXPECT_EQ(box->journal().after(0).back()->fault_id, *id);
  EXPECT_EQ(server.answer(post("/v1/oauth/token", form)).status, 200);
}

TEST_F(ServerTest, AFaultAfterTheCommitHasSpentTheCode) {
  const auto box = server.sandboxes().find("default");
  FaultRule rule;
  rule.on.endpoint = Endpoint::token;
  rule.times = 1;
  rule.action.stage = FaultStage::after_commit;
  rule.action.connection = FaultConnection::reset;
  box->faults().add(rule, box->clock().now());
  const auto redirect = server.answer(get(
      "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=" + std::string{kCallback} +
      "&code_challenge_method=S256&code_challenge=" + std::string{kChallenge}));
  const auto code = after_text(redirect.headers.get("Location"), "code=", '&');
  const auto form = "grant_type=authorization_code&client_id=demo&code=" + code +
                    "&redirect_uri=" + std::string{kCallback} +
                    "&code_verifier=" + std::string{kVerifier};
  EXPECT_EQ(server.answer(post("/v1/oauth/token", form)).delivery.ending,
            wire::Delivery::Ending::reset);
  EXPECT_EQ(server.answer(post("/v1/oauth/token", form)).status, 400);
}

TEST_F(ServerTest, TheControlApiIsNoVendorTraffic) {
  const auto box = server.sandboxes().find("default");
  FaultRule rule;  // every endpoint
  rule.action.status = 500;
  box->faults().add(rule, box->clock().now());
  EXPECT_EQ(server.answer(get("/_mock/health")).status, 200);
  EXPECT_EQ(server.answer(get("/v1/user/me")).status, 500);
  EXPECT_EQ(box->journal().after(0).size(), 1U);
}

TEST_F(ServerTest, BytesThatAreNoRequestAreAnsweredInTheEndpointsFormatAndJournalled) {
  wire::testing::RawClient client(server.port());
  client.send("POST /v1/oauth/token HTTP/1.1\r\nNo colon\r\n");
  const auto answer = client.rest();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store"));
  EXPECT_THAT(answer, HasSubstr("\"error\":\"invalid_request\""));
  const auto entries = server.sandboxes().find("default")->journal().after(0);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]->endpoint, Endpoint::token);
  EXPECT_THAT(entries[0]->why, HasSubstr("no colon"));
}

TEST_F(ServerTest, BytesThatAreNoRequestForTheControlApiStayOutOfTheJournal) {
  wire::testing::RawClient client(server.port());
  client.send("POST /_mock/clock HTTP/1.1\r\nNo colon\r\n");
  const auto answer = client.rest();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json"));
  EXPECT_TRUE(server.sandboxes().find("default")->journal().after(0).empty());
}

TEST(ServerLog, ShowsALoginWithoutABrowserToo) {
  std::vector<std::string> outcomes;
  ServerOptions options;
  options.access_log = [&](const Sandbox&, const Entry& entry) {
    outcomes.push_back(entry.outcome);
  };
  const auto started = Server::start(options);
  auto request = post("/_mock/authorize",
                      R"({"client_id":"demo","redirect_uri":"http://127.0.0.1:9/cb",)"
                      R"("response_type":"code","decision":"deny","code_challenge":")" +
                          std::string{kChallenge} + R"(","code_challenge_method":"S256"})");
  request.headers.set("Content-Type", "application/json");
  EXPECT_EQ(started.server->answer(request).status, 200);
  EXPECT_EQ(outcomes, std::vector<std::string>{"access_denied"});
}

TEST_F(ServerTest, MetricsCountWhatItAnsweredInAllSandboxes) {
  (void)server.sandboxes().find_or_create("a");
  log_in("");
  log_in("/s/a");
  (void)server.answer(get("/v1/user/me"));
  const auto text = server.answer(get("/_mock/metrics")).body;
  EXPECT_THAT(text, HasSubstr("{endpoint=\"token\",outcome=\"ok\",status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{endpoint=\"api\",outcome=\"unauthorized\",status=\"401\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("heygen_mock_tokens_live{kind=\"refresh\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("heygen_mock_connections 0\n"));  // these came over no socket
}

TEST_F(ServerTest, KnowsItsRealAddress) {
  EXPECT_THAT(server.url(), StartsWith("http://127.0.0.1:"));
  EXPECT_EQ(server.url("a"), server.url() + "/s/a");
  EXPECT_NE(server.port(), 0);
}

TEST(ServerStart, APortInUseNamesTheFlag) {
  const auto first = Server::start({});
  ASSERT_TRUE(first.server);
  ServerOptions options;
  options.port = first.server->port();
  const auto second = Server::start(options);
  EXPECT_FALSE(second.server);
  EXPECT_THAT(second.error, HasSubstr("--listen"));
}

}  // namespace
}  // namespace heygen::mock
