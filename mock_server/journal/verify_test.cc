#include "mock_server/journal/verify.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/testing.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Entry api(int status, std::string path = "/v1/user/me") {
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.request.method = "GET";
  entry.request.target = std::move(path);
  entry.response.status = status;
  entry.outcome = status == 200 ? "ok" : "unauthorized";
  entry.why = status == 200 ? "" : "the token expired";
  return entry;
}

Entry refresh(std::string token) {
  Entry entry = token_exchange();
  entry.endpoint = Endpoint::refresh;
  entry.grant_type = "refresh_token";
  entry.request.body = "grant_type=refresh_token&client_id=demo&refresh_token=" + token;
  return entry;
}

Verdict judged(const Journal& journal, std::string_view expectation) {
  return verify(journal, parse_expectation(parse_json(expectation)), Redactor{});
}

std::vector<std::string> lines(const NearMiss& miss) {
  std::vector<std::string> out;
  for (const auto& [field, wanted, got] : miss.differs) {
    out.push_back(field + ": " + wanted + " / " + got.value_or("(none)"));
  }
  return out;
}

struct Refused {
  std::string key;
  std::string mend;
};

Refused refused(std::string_view expectation) {
  try {
    (void)parse_expectation(parse_json(expectation));
  } catch (const BadInput& error) {
    return {error.key(), error.what()};
  }
  return {"nothing", "was refused"};
}

TEST(Verify, ByDefaultOneIsEnough) {
  Journal journal;
  EXPECT_FALSE(judged(journal, R"({"match":{"endpoint":"token"}})").met);
  journal.record(token_exchange());
  journal.record(api(200));
  const auto verdict = judged(journal, R"({"match":{"endpoint":"token"}})");
  EXPECT_TRUE(verdict.met);
  EXPECT_EQ(verdict.count, 1U);
  EXPECT_THAT(verdict.matched, ElementsAre(1));
  EXPECT_THAT(verdict.nearest, IsEmpty());
  EXPECT_TRUE(judged(journal, R"({"match":{}})").met);
  EXPECT_TRUE(judged(journal, R"({"match":{"endpoint":"any"},"count":{"min":2}})").met);
  EXPECT_FALSE(judged(journal, R"({"count":{"min":3}})").met);
}

TEST(Verify, EveryFieldIsCompared) {
  Journal journal;
  Entry entry = token_exchange();
  entry.fault_id = "fault-1";
  journal.record(entry);
  for (const auto* good :
       {R"({"endpoint":"token"})", R"({"client_id":"demo"})",
        R"({"grant_type":"authorization_code"})", R"({"method":"POST"})",
        R"({"path":"/v1/oauth/token"})", R"({"path":"/v1/*"})", R"({"outcome":"ok"})",
        R"({"status":200})", R"({"fault_id":"fault-1"})", R"({"params":{"client_id":"demo"}})",
        R"({"params":{"code":"c0de-value-1"}})", R"({"params":{"code":{"present":true}}})",
        R"({"params":{"scope":{"present":false}}})"}) {
    EXPECT_TRUE(judged(journal, R"({"match":)" + std::string{good} + "}").met) << good;
  }
  for (const auto* bad :
       {R"({"endpoint":"api"})", R"({"client_id":"other"})", R"({"grant_type":"x"})",
        R"({"method":"GET"})", R"({"path":"/v1/oauth"})", R"({"outcome":"fault"})",
        R"({"status":400})", R"({"fault_id":""})", R"({"params":{"client_id":"dem"}})",
        R"({"params":{"code":{"present":false}}})", R"({"params":{"scope":{"present":true}}})",
        R"({"params":{"code":{"fingerprint":"fp-000000000000"}}})"}) {
    EXPECT_FALSE(judged(journal, R"({"match":)" + std::string{bad} + "}").met) << bad;
  }
}

TEST(Verify, AParameterMayBeNamedByItsFingerprint) {
  Journal journal;
  journal.record(refresh("first"));
  journal.record(refresh("second"));
  EXPECT_THAT(judged(journal, R"({"match":{"params":{"refresh_token":{"fingerprint":")" +
                                  fingerprint("second") + R"("}}}})")
                  .matched,
              ElementsAre(2));
}

TEST(Verify, OfSeveralParametersOfANameOneMustMatch) {
  Journal journal;
  Entry entry = token_exchange();
  entry.request.target += "?scope=a&scope=b";
  journal.record(entry);
  EXPECT_TRUE(judged(journal, R"({"match":{"params":{"scope":"b"}}})").met);
  EXPECT_FALSE(judged(journal, R"({"match":{"params":{"scope":"c"}}})").met);
}

TEST(Verify, CountsHaveAFloorAndACeiling) {
  Journal journal;
  for (int i = 0; i < 3; ++i) journal.record(api(200));
  const auto count = [&](std::string_view limits) {
    return judged(journal, R"({"match":{"status":200},"count":)" + std::string{limits} + "}");
  };
  EXPECT_TRUE(count(R"({"min":3,"max":3})").met);
  EXPECT_TRUE(count(R"({"max":3})").met);
  EXPECT_TRUE(count(R"({})").met);
  EXPECT_FALSE(count(R"({"max":0})").met);
  const auto few = count(R"({"min":4})");
  EXPECT_FALSE(few.met);
  EXPECT_EQ(few.message, "wanted at least 4 exchanges, found 3");
  const auto many = count(R"({"min":1,"max":2})");
  EXPECT_FALSE(many.met);
  EXPECT_EQ(many.message, "wanted 1 to 2 exchanges, found 3");
  EXPECT_THAT(many.matched, ElementsAre(1, 2, 3));
  EXPECT_TRUE(judged(journal, R"({"match":{"status":500},"count":{"max":0}})").met);
}

TEST(Verify, OnlyWhatCameAfterCounts) {
  Journal journal;
  for (int i = 0; i < 3; ++i) journal.record(api(200));
  EXPECT_THAT(judged(journal, R"({"match":{},"after":2})").matched, ElementsAre(3));
}

TEST(Verify, TheNearestMissesSayWhatDiffers) {
  Journal journal;
  journal.record(token_exchange());
  journal.record(api(401, "/v3/users/me"));
  journal.record(api(200, "/v3/videos"));
  const auto verdict = judged(
      journal, R"({"match":{"endpoint":"api","path":"/v3/users/me","status":200,"outcome":"ok"}})");
  EXPECT_EQ(verdict.message, "wanted at least 1 exchange, found none");
  ASSERT_EQ(verdict.nearest.size(), 3U);
  EXPECT_EQ(verdict.nearest[0].seq, 3U);
  EXPECT_THAT(lines(verdict.nearest[0]), ElementsAre("path: /v3/users/me / /v3/videos"));
  EXPECT_EQ(verdict.nearest[1].exchange, "GET /v3/users/me: 401 unauthorized");
  EXPECT_EQ(verdict.nearest[1].why, "the token expired");
  EXPECT_THAT(lines(verdict.nearest[1]),
              ElementsAre("outcome: ok / unauthorized", "status: 200 / 401"));
  EXPECT_EQ(verdict.nearest[2].seq, 1U);
}

TEST(Verify, AMissingParameterIsSaid) {
  Journal journal;
  journal.record(api(200, "/v3/videos?limit=5"));
  const auto differs = [&](std::string_view params) {
    return lines(
        judged(journal, R"({"match":{"params":)" + std::string{params} + "}}").nearest.front());
  };
  EXPECT_THAT(differs(R"({"token":{"present":true}})"),
              ElementsAre("params.token: present / (none)"));
  EXPECT_THAT(differs(R"({"limit":{"present":false}})"), ElementsAre("params.limit: absent / 5"));
  EXPECT_THAT(differs(R"({"limit":"6"})"), ElementsAre("params.limit: 6 / 5"));
}

TEST(Verify, WantedAndGotAreComparedAsFingerprintsWhereTheyAreSecrets) {
  Journal journal;
  journal.record(refresh("the-old-one"));
  const auto verdict = judged(journal, R"({"match":{"params":{"refresh_token":"the-new-one"}}})");
  EXPECT_THAT(lines(verdict.nearest.front()),
              ElementsAre("params.refresh_token: " + fingerprint("the-new-one") + " / " +
                          fingerprint("the-old-one")));
}

TEST(Verify, OfEqualMissesTheNewestComeFirstAndFiveAreShown) {
  Journal journal;
  for (int i = 0; i < 9; ++i) journal.record(api(401));
  const auto verdict = judged(journal, R"({"match":{"status":200}})");
  std::vector<std::uint64_t> seqs;
  for (const auto& miss : verdict.nearest) seqs.push_back(miss.seq);
  EXPECT_THAT(seqs, ElementsAre(9, 8, 7, 6, 5));
}

TEST(Verify, OrderAllowsOthersBetween) {
  Journal journal;
  journal.record(api(401));
  journal.record(api(200, "/v3/videos"));
  journal.record(refresh("a"));
  journal.record(api(200));
  const auto verdict = judged(
      journal, R"({"order":[{"status":401},{"endpoint":"refresh"},{"path":"/v1/user/me"}]})");
  EXPECT_TRUE(verdict.met);
  EXPECT_EQ(verdict.message, "found in this order");
  EXPECT_THAT(verdict.matched, ElementsAre(1, 3, 4));
}

TEST(Verify, OneExchangeCannotBeTwoSteps) {
  Journal journal;
  journal.record(api(200));
  const auto verdict = judged(journal, R"({"order":[{"status":200},{"status":200}]})");
  EXPECT_FALSE(verdict.met);
  EXPECT_EQ(verdict.missing, 1U);
}

TEST(Verify, WhatCameTooEarlyIsTheNearestMiss) {
  Journal journal;
  journal.record(refresh("a"));
  journal.record(api(401));
  journal.record(api(200));
  const auto verdict = judged(journal, R"({"order":[{"status":401},{"endpoint":"refresh"}]})");
  EXPECT_FALSE(verdict.met);
  EXPECT_EQ(verdict.message, "step 2 of 2 was not found after exchange 2");
  EXPECT_THAT(lines(verdict.nearest.at(0)), ElementsAre("seq: after 2 / 1"));
  EXPECT_THAT(lines(verdict.nearest.at(1)), ElementsAre("endpoint: refresh / api"));
}

TEST(Verify, CountAndOrderMustBothHold) {
  Journal journal;
  journal.record(api(401));
  journal.record(refresh("a"));
  const std::string match = R"({"match":{"endpoint":"refresh"},"order":[{"status":)";
  EXPECT_TRUE(judged(journal, match + "401}]}").met);
  EXPECT_FALSE(judged(journal, match + "500}]}").met);
  EXPECT_FALSE(judged(journal, R"({"match":{"endpoint":"revoke"},"order":[{"status":401}]})").met);
}

TEST(Verify, AVerdictOnAJournalThatLostEntriesSaysSo) {
  Journal journal({.bytes = SIZE_MAX, .entries = 1});
  journal.record(token_exchange());
  journal.record(api(200));
  EXPECT_EQ(judged(journal, R"({"match":{"endpoint":"token"}})").message,
            "wanted at least 1 exchange, found none; the journal no longer holds the oldest 1");
}

TEST(Verify, RefusesWhatItCannotRead) {
  EXPECT_EQ(refused("{}").mend, R"(write what to look for: "match", "count" or "order")");
  EXPECT_EQ(refused(R"({"match":{"endpont":"api"}})").key, "match.endpont");
  EXPECT_EQ(refused(R"({"match":{"endpoint":"apis"}})").key, "match.endpoint");
  EXPECT_EQ(refused(R"({"match":{"status":"200"}})").key, "match.status");
  EXPECT_EQ(refused(R"({"match":{"params":{"a":1}}})").key, "match.params.a");
  EXPECT_EQ(refused(R"({"match":{"params":{"a":{}}}})").key, "match.params.a");
  EXPECT_EQ(refused(R"({"match":{"params":{"a":{"presnt":true}}}})").key, "match.params.a.presnt");
  EXPECT_EQ(refused(R"({"match":{"params":[]}})").key, "match.params");
  EXPECT_EQ(refused(R"({"match":{},"count":{"min":-1}})").key, "count.min");
  EXPECT_EQ(refused(R"({"match":{},"count":{"min":3,"max":2}})").key, "count.max");
  EXPECT_EQ(refused(R"({"order":[{"status":200},{"sttus":1}]})").key, "order[1].sttus");
  EXPECT_EQ(refused(R"({"match":{},"times":3})").key, "times");
  EXPECT_EQ(refused("[]").mend, "write a JSON object");
}

TEST(RenderVerdict, HasOneShape) {
  Journal journal;
  journal.record(api(401));
  EXPECT_EQ(render_verdict(judged(journal, R"({"order":[{"client_id":"demo"}]})")).dump(),
            R"({"met":false,"message":"step 1 of 1 was not found","count":0,"matched":[],)"
            R"("missing":0,"nearest":[{"seq":1,"exchange":"GET /v1/user/me: 401 unauthorized",)"
            R"("why":"the token expired","differs":[{"field":"client_id","wanted":"demo",)"
            R"("got":null}]}]})");
}

}  // namespace
}  // namespace heygen::mock
