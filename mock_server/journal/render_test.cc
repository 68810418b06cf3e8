#include "mock_server/journal/render.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/testing.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;
using std::chrono::milliseconds;

ordered_json rendered(const Entry& entry) { return render_entry(entry, Redactor{}); }

TEST(RenderEntry, HasTheContractsShape) {
  Entry entry = token_exchange();
  entry.seq = 7;
  entry.time = TimePoint{milliseconds{1'893'456'000'000}};
  entry.wall = TimePoint{milliseconds{1'500}};
  entry.tokens_used = {"fp-000000000001"};
  entry.tokens_issued = {"fp-000000000002", "fp-000000000003"};
  EXPECT_EQ(rendered(entry).dump(2), R"({
  "seq": 7,
  "time": "2030-01-01T00:00:00Z",
  "wall": "1970-01-01T00:00:01.500Z",
  "endpoint": "token",
  "method": "POST",
  "path": "/v1/oauth/token",
  "client_id": "demo",
  "grant_type": "authorization_code",
  "request": {
    "headers": {
      "Content-Type": "application/x-www-form-urlencoded"
    },
    "query": {},
    "form": {
      "grant_type": "authorization_code",
      "client_id": "demo",
      "code": "fp-3cb5e01c5f6d",
      "code_verifier": "fp-a93432d9a3c4",
      "redirect_uri": "http://127.0.0.1:1/cb"
    },
    "params": {
      "grant_type": "authorization_code",
      "client_id": "demo",
      "code": "fp-3cb5e01c5f6d",
      "code_verifier": "fp-a93432d9a3c4",
      "redirect_uri": "http://127.0.0.1:1/cb"
    }
  },
  "response": {
    "status": 200,
    "headers": {
      "Content-Type": "application/json"
    },
    "body": {
      "token_type": "Bearer",
      "access_token": "fp-00083487ff3c",
      "expires_in": 864000,
      "refresh_token": "fp-02e7ddedd5da"
    }
  },
  "outcome": "ok",
  "why": "",
  "fault_id": null,
  "tokens": {
    "used": [
      "fp-000000000001"
    ],
    "issued": [
      "fp-000000000002",
      "fp-000000000003"
    ]
  }
})");
}

TEST(RenderEntry, QueryAndFormAreKeptApartAndTogether) {
  Entry entry = token_exchange();
  entry.request.target = "/v1/oauth/token?scope=a&x=1&x=2";
  entry.request.body = "scope=b&grant_type=none";
  const auto request = rendered(entry)["request"];
  EXPECT_EQ(request["query"].dump(), R"({"scope":"a","x":["1","2"]})");
  EXPECT_EQ(request["form"].dump(), R"({"scope":"b","grant_type":"none"})");
  EXPECT_EQ(request["params"].dump(), R"({"scope":["a","b"],"x":["1","2"],"grant_type":"none"})");
}

TEST(RenderEntry, HeadersThatCameTwiceAreAnArray) {
  Entry entry;
  entry.request.headers = {{"Accept", "a"}, {"X", "1"}, {"accept", "b"}, {"ACCEPT", "c"}};
  EXPECT_EQ(rendered(entry)["request"]["headers"].dump(), R"({"Accept":["a","b","c"],"X":"1"})");
}

TEST(RenderEntry, WhatIsMalformedIsSaidAndShownAsFarAsItGoes) {
  Entry entry = token_exchange();
  entry.request.target = "/v1/oauth/token?a=%zz";
  entry.request.body = "b=%f&client_id=demo";
  const auto request = rendered(entry)["request"];
  EXPECT_EQ(request["query"].dump(), R"({"a":"%zz"})");
  EXPECT_EQ(request["form"].dump(), R"({"b":"%f","client_id":"demo"})");
  EXPECT_EQ(request["malformed"].dump(),
            R"({"query":"bad percent-escape at byte 2","form":"bad percent-escape at byte 2"})");
}

TEST(RenderEntry, BodiesOfAnOAuthEndpointThatAreNotReadAreShownBySizeAndFingerprint) {
  Entry entry = token_exchange();
  entry.request.headers.set("Content-Type", "text/plain");
  entry.request.body = "grant_type=x";
  entry.response.body = R"({"access_token":"abc)";
  const auto out = rendered(entry);
  EXPECT_EQ(out["request"]["body"].dump(),
            R"({"bytes":12,"fingerprint":")" + fingerprint("grant_type=x") + "\"}");
  EXPECT_EQ(out["request"]["form"].dump(), "{}");
  EXPECT_EQ(out["response"]["body"].dump(),
            R"({"bytes":20,"fingerprint":")" + fingerprint(R"({"access_token":"abc)") + "\"}");
}

TEST(RenderEntry, AJsonRequestIsShownAsItsBody) {
  Entry entry = token_exchange();
  entry.request.headers.set("Content-Type", "application/json");
  entry.request.body = R"({"code":"abc","n":1})";
  EXPECT_EQ(rendered(entry)["request"]["body"].dump(),
            R"({"code":")" + fingerprint("abc") + R"(","n":1})");
}

TEST(RenderEntry, TextOfTheApiIsCutAt4KiB) {
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.response.body = std::string(4096, 'x');
  EXPECT_EQ(rendered(entry)["response"]["body"], entry.response.body);
  entry.response.body += "x";
  EXPECT_EQ(rendered(entry)["response"]["body"], std::string(4096, 'x') + "\xE2\x80\xA6");
}

TEST(RenderEntry, JsonTooDeepOrTooLongIsText) {
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.response.body = std::string(65, '[') + std::string(65, ']');
  EXPECT_TRUE(rendered(entry)["response"]["body"].is_string());
  entry.response.body = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(rendered(entry)["response"]["body"].is_array());
  entry.response.body = std::string(1'000'000, '[');
  EXPECT_TRUE(rendered(entry)["response"]["body"].is_string());
}

TEST(RenderEntry, InvalidUtf8IsReplacedAndNeverThrows) {
  const std::string bad = "a\xFF\xC3";
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.request.method = entry.client_id = entry.grant_type = entry.outcome = entry.why = bad;
  entry.request.target = "/" + bad + "?" + bad + "=" + bad;
  entry.request.headers = {{bad, bad}, {"Cookie", bad + "=" + bad}, {"Authorization", bad}};
  entry.request.body = entry.response.body = entry.fault_id = bad;
  entry.response.headers = {{"Location", "http://h/?" + bad}};
  EXPECT_NO_THROW({
    const auto text = rendered(entry).dump();
    EXPECT_NE(text.find("a\xEF\xBF\xBD"), std::string::npos);
  });
}

TEST(RenderEntry, HowAnAnswerWasSpoiledIsShown) {
  Entry entry;
  EXPECT_FALSE(rendered(entry)["response"].contains("delivery"));
  entry.response.delivery.ending = wire::Delivery::Ending::truncated;
  entry.response.delivery.truncate_at = 3;
  entry.response.delivery.delay = milliseconds{2000};
  entry.response.delivery.dribble = wire::Delivery::Dribble{10, milliseconds{100}};
  entry.response.delivery.endless_bytes = 99;
  EXPECT_EQ(rendered(entry)["response"]["delivery"].dump(),
            R"({"ending":"truncated","truncate_at":3,"delay_ms":2000,)"
            R"("dribble":{"bytes":10,"every_ms":100},"endless_bytes":99})");
}

TEST(RenderEntry, ASecretOfTheRequestIsFoundWhereTheAnswerRepeatsIt) {
  Entry entry = token_exchange();
  entry.response.body =
      R"({"error":"invalid_grant","error_description":"no code c0de-value-1 for verifier-value-1"})";
  EXPECT_EQ(rendered(entry)["response"]["body"]["error_description"],
            "no code " + fingerprint("c0de-value-1") + " for " + fingerprint("verifier-value-1"));
}

TEST(RenderEntry, AHostileFormIsShownInBounds) {
  Entry entry = token_exchange();
  entry.request.body.clear();
  for (int i = 0; i < 10'000; ++i) {
    entry.request.body += "&code=value-" + std::to_string(i);
  }
  EXPECT_EQ(rendered(entry)["request"]["form"]["code"].size(), 256U);
}

}  // namespace
}  // namespace heygen::mock
