#include "mock_server/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"
#include "mock_server/core/crypto.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Keeps what a stream sends.
class Listener final : public wire::Outbox {
 public:
  bool push(std::string_view bytes) override {
    if (open_) text += bytes;
    return open_;
  }
  void close() override { open_ = false; }
  [[nodiscard]] bool open() const override { return open_; }

  std::string text;

 private:
  bool open_ = true;
};

Entry entry(Endpoint endpoint, std::string client_id, std::string outcome = "ok") {
  Entry e;
  e.endpoint = endpoint;
  e.client_id = std::move(client_id);
  e.outcome = std::move(outcome);
  e.request.method = "POST";
  e.request.target = "/v1/oauth/token";
  return e;
}

struct ControlJournal : testing::Test {
  TestBed bed;

  void record(Entry e) { bed.box().journal().record(std::move(e)); }
  json get(const std::string& query = "") { return json_of(bed.call("GET", "/journal" + query)); }
  std::vector<int> seqs(const std::string& query) {
    std::vector<int> out;
    const json answer = get(query);
    for (const auto& e : answer["entries"]) out.push_back(e["seq"]);
    return out;
  }
};

TEST_F(ControlJournal, IsEmptyAtFirst) {
  EXPECT_EQ(get(), json::parse(R"({"entries":[],"last_seq":0,"dropped":0})"));
}

TEST_F(ControlJournal, EntriesAreFilteredByTheUrl) {
  record(entry(Endpoint::token, "demo"));
  record(entry(Endpoint::refresh, "demo", "invalid_grant"));
  record(entry(Endpoint::refresh, "app"));
  EXPECT_EQ(seqs(""), (std::vector{1, 2, 3}));
  EXPECT_EQ(seqs("?after=1"), (std::vector{2, 3}));
  EXPECT_EQ(seqs("?limit=2"), (std::vector{1, 2}));
  EXPECT_EQ(seqs("?endpoint=refresh&client_id=app"), (std::vector{3}));
  EXPECT_EQ(seqs("?outcome=invalid_grant"), (std::vector{2}));
  EXPECT_EQ(get("?limit=1")["last_seq"], 3);
}

TEST_F(ControlJournal, ABadFilterIsNamed) {
  EXPECT_THAT(problem_of(bed.call("GET", "/journal?after=x")), HasSubstr("400 after: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/journal?limit=-1")), HasSubstr("400 limit: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/journal?endpoint=tokens")), HasSubstr("400 endpoint: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/journal?client=demo")), HasSubstr("400 client: "));
}

TEST_F(ControlJournal, ForgettingKeepsTheNumbering) {
  record(entry(Endpoint::token, "demo"));
  EXPECT_EQ(bed.call("DELETE", "/journal").status, 204);
  EXPECT_EQ(get()["entries"], json::array());
  record(entry(Endpoint::token, "demo"));
  EXPECT_EQ(seqs("?after=1"), (std::vector{2}));
}

TEST_F(ControlJournal, WhatTheSandboxKnowsToBeSecretIsNotShown) {
  const auto given = json_of(bed.call("POST", "/tokens", R"({"client_id":"demo"})"));
  const auto value = given["access_token"].get<std::string>();
  Entry e = entry(Endpoint::api, "");
  e.request.headers.add("Authorization", "Bearer " + value);
  e.request.headers.add("X-Note", "see " + value);  // where no name tells
  e.request.target = "/v1/files/" + value;
  e.response.body = "demo-api-key";
  record(std::move(e));
  const auto shown = bed.call("GET", "/journal").body;
  EXPECT_THAT(shown, Not(HasSubstr(value)));
  EXPECT_THAT(shown, Not(HasSubstr("demo-api-key")));
  // Equal secrets can still be matched: the journal and the token list name them alike.
  EXPECT_THAT(shown, HasSubstr(given["access_token_id"].get<std::string>()));
  EXPECT_THAT(shown, HasSubstr(fingerprint("demo-api-key")));
}

TEST_F(ControlJournal, OneExchangeIsFoundByItsNumber) {
  record(entry(Endpoint::token, "demo"));
  record(entry(Endpoint::refresh, "demo"));
  EXPECT_EQ(json_of(bed.call("GET", "/journal/2"))["endpoint"], "refresh");
  for (const char* none : {"0", "3", "x", "-1", "1x", "18446744073709551616"}) {
    EXPECT_EQ(problem_of(bed.call("GET", std::string{"/journal/"} + none)),
              "404 id: no such exchange is kept; GET /_mock/journal lists them by seq");
  }
}

TEST_F(ControlJournal, AnExchangeIsHadAsCurlWithoutItsSecrets) {
  Entry e = entry(Endpoint::api, "");
  e.request.method = "GET";
  e.request.target = "/v1/user/me";
  e.request.headers.add("X-API-KEY", "demo-api-key");
  record(std::move(e));
  const auto response = bed.call("GET", "/journal/1/curl");
  EXPECT_EQ(response.headers.get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("curl "));
  EXPECT_THAT(response.body, HasSubstr("http://127.0.0.1:8765/v1/user/me"));
  EXPECT_THAT(response.body, Not(HasSubstr("demo-api-key")));
  EXPECT_EQ(bed.call("GET", "/journal/2/curl").status, 404);
}

TEST_F(ControlJournal, VerifySaysWhetherItHappened) {
  record(entry(Endpoint::refresh, "demo"));
  const auto met =
      bed.call("POST", "/verify", R"({"match":{"endpoint":"refresh"},"count":{"min":1,"max":1}})");
  EXPECT_EQ(met.status, 200);
  EXPECT_EQ(json_of(met)["met"], true);
  EXPECT_EQ(json_of(met)["count"], 1);
}

TEST_F(ControlJournal, WhatVerifyMissesIsAProblemWithTheNearestMisses) {
  record(entry(Endpoint::refresh, "demo", "invalid_grant"));
  const auto missed =
      bed.call("POST", "/verify", R"({"match":{"endpoint":"refresh","outcome":"ok"}})");
  EXPECT_EQ(missed.status, 422);
  EXPECT_EQ(missed.headers.get("Content-Type"), "application/problem+json");
  const auto verdict = json_of(missed);
  EXPECT_EQ(verdict["met"], false);
  EXPECT_EQ(verdict["detail"], verdict["message"]);
  ASSERT_EQ(verdict["nearest"].size(), 1U);
  EXPECT_EQ(verdict["nearest"][0]["seq"], 1);
  EXPECT_EQ(verdict["nearest"][0]["differs"][0]["field"], "outcome");
}

TEST_F(ControlJournal, VerifyRefusesWhatItCannotMean) {
  EXPECT_EQ(bed.call("POST", "/verify").status, 400);
  EXPECT_THAT(problem_of(bed.call("POST", "/verify", R"({"match":{"endpoints":"token"}})")),
              HasSubstr("400 match.endpoints: "));
  EXPECT_THAT(problem_of(bed.call("POST", "/verify", R"({"count":{"min":2,"max":1}})")),
              HasSubstr("400 count"));
}

TEST_F(ControlJournal, EventsTellWhatIsKeptAndWhatComes) {
  record(entry(Endpoint::token, "demo"));
  record(entry(Endpoint::refresh, "demo"));
  const auto response = bed.call("GET", "/events?after=1");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers.get("Content-Type"), HasSubstr("text/event-stream"));
  ASSERT_TRUE(response.stream);
  const auto listener = std::make_shared<Listener>();
  response.stream(listener);
  EXPECT_THAT(listener->text, Not(HasSubstr("id: 1\n")));
  EXPECT_THAT(listener->text, HasSubstr("id: 2\n"));
  record(entry(Endpoint::api, "demo"));
  EXPECT_THAT(listener->text, HasSubstr("id: 3\n"));
}

TEST_F(ControlJournal, LastEventIdGoesOnWhereTheBrowserStopped) {
  record(entry(Endpoint::token, "demo"));
  record(entry(Endpoint::token, "demo"));
  const auto told = [&](const char* id) {
    auto request = request_of("GET", "/_mock/events");
    request.headers.add("Last-Event-ID", id);
    const auto response = bed.send(request);
    if (!response.stream) return problem_of(response);
    const auto listener = std::make_shared<Listener>();
    response.stream(listener);
    return std::string{listener->text.find("id: 1\n") == std::string::npos ? "" : "1"} +
           (listener->text.find("id: 2\n") == std::string::npos ? "" : "2");
  };
  EXPECT_EQ(told("1"), "2");
  EXPECT_EQ(told("2"), "");
  EXPECT_EQ(told("77"), "12");  // of a world that is no more
  EXPECT_EQ(told(""), "12");
  EXPECT_EQ(told("x"), "400 Last-Event-ID: send the id of an event, or leave it out");
}

TEST_F(ControlJournal, AStreamEndsWithItsSandbox) {
  bed.call("PUT", "/sandboxes/t1");
  const auto listener = std::make_shared<Listener>();
  bed.call_in("t1", "GET", "/events").stream(listener);
  EXPECT_TRUE(listener->open());
  bed.call("DELETE", "/sandboxes/t1");
  EXPECT_FALSE(listener->open());
}

TEST_F(ControlJournal, AStreamThatBeginsAfterItsSandboxEndedIsClosed) {
  const auto response = bed.call_in("t1", "GET", "/events");
  bed.call("DELETE", "/sandboxes/t1");
  const auto listener = std::make_shared<Listener>();
  response.stream(listener);
  EXPECT_FALSE(listener->open());
}

}  // namespace
}  // namespace heygen::mock::control
