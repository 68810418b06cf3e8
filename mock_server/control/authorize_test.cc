#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"
#include "mock_server/core/crypto.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// RFC 7636 Appendix B.
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

json good_request() {
  return {{"client_id", "demo"},
          {"redirect_uri", "http://127.0.0.1:3000/cb?keep=1"},
          {"state", "a b&c"},
          {"code_challenge", kChallenge},
          {"code_challenge_method", "S256"}};
}

struct ControlAuthorize : testing::Test {
  TestBed bed;

  wire::Response ask(const json& body) { return bed.call("POST", "/authorize", body.dump()); }
  Journal::EntryPtr last_entry() { return bed.box().journal().after(0).back(); }
};

TEST_F(ControlAuthorize, GivesTheCodeAndTheAddressOfTheCallback) {
  const auto response = ask(good_request());
  EXPECT_EQ(response.status, 200);
  const auto answer = json_of(response);
  const auto code = answer["code"].get<std::string>();
  EXPECT_EQ(answer["redirect_to"],
            "http://127.0.0.1:3000/cb?keep=1&code=" + code + "&state=a%20b%26c");
  EXPECT_EQ(answer["state"], "a b&c");
  const auto stored = bed.box().store().find_code(code);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->challenge.value, kChallenge);
  EXPECT_EQ(stored->user, "15ebafd83a8521f0b8d56a14c8a4bd72");
}

TEST_F(ControlAuthorize, TheUserIsWhoIsNamed) {
  bed.call("PATCH", "/config", R"({"users":[{"id":"u1","email":"a@example.com"},
                                            {"id":"u2","email":"b@example.com"}]})");
  auto body = good_request();
  body["user"] = "b@example.com";
  const auto code = json_of(ask(body))["code"].get<std::string>();
  EXPECT_EQ(bed.box().store().find_code(code)->user, "u2");
}

TEST_F(ControlAuthorize, ADenialGoesBackToTheClient) {
  auto body = good_request();
  body["decision"] = "deny";
  const auto response = ask(body);
  EXPECT_EQ(response.status, 200);
  const auto answer = json_of(response);
  EXPECT_EQ(answer["error"], "access_denied");
  EXPECT_EQ(answer["state"], "a b&c");
  EXPECT_THAT(answer["redirect_to"].get<std::string>(),
              HasSubstr("http://127.0.0.1:3000/cb?keep=1&error=access_denied&"));
  EXPECT_FALSE(answer.contains("code"));
  EXPECT_EQ(last_entry()->outcome, "access_denied");
}

TEST_F(ControlAuthorize, AnErrorThatIsRedirectedIsShownAsItsRedirect) {
  auto body = good_request();
  body.erase("code_challenge");
  body.erase("state");
  const auto answer = json_of(ask(body));
  EXPECT_EQ(answer["error"], "invalid_request");
  EXPECT_EQ(answer["error_description"], "Missing \"code_challenge\"");
  EXPECT_EQ(answer["state"], nullptr);
}

TEST_F(ControlAuthorize, AnErrorThatIsNotRedirectedIsAProblemWithItsReason) {
  auto body = good_request();
  body["client_id"] = "nobody";
  auto response = ask(body);
  EXPECT_THAT(problem_of(response), HasSubstr("400 client_id: no such client; register it with "
                                              "--client 'nobody=http://127.0.0.1:3000"));
  EXPECT_EQ(json_of(response)["error"], "invalid_client");

  body = good_request();
  body["redirect_uri"] = "https://evil.example/cb";
  response = ask(body);
  EXPECT_THAT(problem_of(response), HasSubstr("400 redirect_uri: redirect_uri names another host"));
  EXPECT_EQ(json_of(response)["error_description"],
            "Redirect URI https://evil.example/cb is not supported by client.");

  body = good_request();
  body["response_type"] = "token";
  EXPECT_THAT(problem_of(ask(body)), HasSubstr("400 response_type: "));
  EXPECT_EQ(last_entry()->response.status, 400);
  EXPECT_EQ(last_entry()->outcome, "unsupported_response_type");
}

TEST_F(ControlAuthorize, AnEmptyParameterCountsAsOneLeftOut) {  // RFC 6749 §3.1
  auto body = good_request();
  body["state"] = "";
  EXPECT_EQ(json_of(ask(body))["state"], nullptr);
}

TEST_F(ControlAuthorize, TheJournalHasItAsTheBrowsersExchange) {
  const auto code = json_of(ask(good_request()))["code"].get<std::string>();
  const auto entry = last_entry();
  EXPECT_EQ(entry->endpoint, Endpoint::authorize);
  EXPECT_EQ(entry->client_id, "demo");
  EXPECT_EQ(entry->outcome, "ok");
  EXPECT_EQ(entry->why, "asked and decided through POST /_mock/authorize");
  EXPECT_EQ(entry->request.method, "GET");
  EXPECT_EQ(entry->request.path(), "/oauth/authorize");
  EXPECT_EQ(entry->request.query(),
            "response_type=code&client_id=demo&redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcb%3F"
            "keep%3D1&state=a+b%26c&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            "&code_challenge_method=S256");
  EXPECT_EQ(entry->response.status, 302);
  EXPECT_THAT(entry->response.headers.get("Location"), HasSubstr("code=" + code));
  EXPECT_EQ(entry->tokens_issued, std::vector<std::string>{fingerprint(code)});
  EXPECT_EQ(entry->time, bed.box().clock().now());
}

TEST_F(ControlAuthorize, TheAdminTokenDoesNotReachTheJournal) {
  ControlOptions options;
  options.admin_token = "s3cret";
  TestBed closed{options};
  auto request = request_of("POST", "/_mock/authorize", good_request().dump());
  request.headers.add("Authorization", "Bearer s3cret");
  ASSERT_EQ(closed.send(request).status, 200);
  EXPECT_FALSE(closed.box().journal().after(0).back()->request.headers.has("Authorization"));
}

TEST_F(ControlAuthorize, WhoeverStartsTheServerMayRecordItInstead) {
  std::vector<std::string> seen;
  ControlOptions options;
  options.record = [&](Sandbox& sandbox, const Entry& entry) {
    seen.push_back(sandbox.name() + " " + entry.outcome);
  };
  TestBed other{options};
  other.call_in("t1", "POST", "/authorize", good_request().dump());
  EXPECT_EQ(seen, std::vector<std::string>{"t1 ok"});
  EXPECT_EQ(other.box("t1").journal().last_seq(), 0U);
}

TEST_F(ControlAuthorize, TheIssuerIsTheAddressTheSandboxWasCalledAt) {  // RFC 9207
  bed.call_in("t1", "PATCH", "/config", R"({"policies":{"issuer":"send"}})");
  const auto answer = json_of(bed.call_in("t1", "POST", "/authorize", good_request().dump()));
  EXPECT_THAT(answer["redirect_to"].get<std::string>(),
              HasSubstr("&iss=http%3A%2F%2F127.0.0.1%3A8765%2Fs%2Ft1"));
}

TEST_F(ControlAuthorize, EachMistakeInTheCallIsNamedWithItsKeyAndNotJournalled) {
  auto body = good_request();
  body["decision"] = "maybe";
  EXPECT_EQ(problem_of(ask(body)), R"(400 decision: write one of "approve", "deny")");
  body = good_request();
  body["user"] = "nobody";
  EXPECT_THAT(problem_of(ask(body)), HasSubstr("400 user: no such user"));
  body = good_request();
  body["clientid"] = "demo";
  EXPECT_THAT(problem_of(ask(body)), HasSubstr("400 clientid: unknown key"));
  body = good_request();
  body["state"] = 7;
  EXPECT_EQ(problem_of(ask(body)), "400 state: write a string");
  EXPECT_EQ(bed.box().journal().last_seq(), 0U);
}

}  // namespace
}  // namespace heygen::mock::control
