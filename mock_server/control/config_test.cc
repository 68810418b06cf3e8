#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "mock_server/control/config_json.h"
#include "mock_server/control/testing.h"
#include "mock_server/core/crypto.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ControlConfig, ShowsWhatIsInForceAndWhereItComesFrom) {
  TestBed bed;
  bed.call("PATCH", "/config", R"({"profile":"strict","policies":{"rotation":"reuse"}})");
  const auto config = json_of(bed.call("GET", "/config"));
  EXPECT_EQ(config["profile"], "strict");
  EXPECT_EQ(config["approve"], "auto");
  EXPECT_EQ(config["policies"].size(), policy_keys().size());
  EXPECT_EQ(config["policies"]["rotation"], "reuse");
  EXPECT_EQ(config["policy_sources"]["rotation"], "override");
  EXPECT_EQ(config["policies"]["reuse"], "revoke-family");
  EXPECT_EQ(config["policy_sources"]["reuse"], "profile");
  EXPECT_EQ(config["policies"]["access_ttl_s"], 864000);
  EXPECT_EQ(config["users"][0]["email"], "john.doe@gmail.com");
}

TEST(ControlConfig, ApiKeysAreFingerprintsUnlessRevealed) {
  TestBed bed;
  const auto hidden = bed.call("GET", "/config");
  EXPECT_EQ(hidden.body.find("demo-api-key"), std::string::npos);
  EXPECT_EQ(json_of(hidden)["api_keys"][0], fingerprint("demo-api-key"));
  EXPECT_EQ(json_of(bed.call("GET", "/config?reveal=1"))["api_keys"][0], "demo-api-key");
  const auto patched = bed.call("PATCH", "/config", R"({"api_keys":["hunter2hunter2"]})");
  EXPECT_EQ(patched.body.find("hunter2"), std::string::npos);
  EXPECT_EQ(bed.box().settings()->config.api_keys, std::vector<std::string>{"hunter2hunter2"});
}

TEST(ControlConfig, APatchChangesWhatItNamesAndLeavesTheRest) {
  TestBed bed;
  bed.call("PATCH", "/config", R"({"policies":{"access_ttl_s":60,"rotation":"omit"}})");
  bed.call("PATCH", "/config", R"({"approve":"ask","policies":{"rotation":"reuse"}})");
  const auto settings = bed.box().settings();
  EXPECT_EQ(settings->config.approve, Approve::ask);
  EXPECT_EQ(settings->policy.access_ttl, std::chrono::seconds{60});
  EXPECT_EQ(settings->policy.rotation, RotationPolicy::reuse);
  EXPECT_EQ(settings->config.profile, Profile::heygen);
}

TEST(ControlConfig, NullTakesAnOverrideBack) {
  TestBed bed;
  bed.call("PATCH", "/config", R"({"policies":{"rotation":"omit","access_ttl_s":60}})");
  const auto shown = json_of(bed.call("PATCH", "/config", R"({"policies":{"rotation":null}})"));
  EXPECT_EQ(shown["policies"]["rotation"], "rotate");
  EXPECT_EQ(shown["policy_sources"]["rotation"], "profile");
  EXPECT_EQ(shown["policies"]["access_ttl_s"], 60);
  EXPECT_THAT(problem_of(bed.call("PATCH", "/config", R"({"policies":{"rotatoin":null}})")),
              HasSubstr("400 policies.rotatoin: unknown policy"));
}

TEST(ControlConfig, PkceMeansEveryoneAndSaysSo) {
  TestBed bed;
  const auto shown = json_of(bed.call("PATCH", "/config", R"({"policies":{"pkce":"off"}})"));
  EXPECT_EQ(shown["policies"]["pkce_confidential"], "off");
  EXPECT_EQ(shown["policy_sources"]["pkce_confidential"], "override");
  const auto both = json_of(bed.call(
      "PATCH", "/config", R"({"policies":{"pkce_confidential":"required","pkce":"off"}})"));
  EXPECT_EQ(both["policies"]["pkce_confidential"], "required");
}

TEST(ControlConfig, APatchIsAllOrNothing) {
  TestBed bed;
  const auto before = bed.call("GET", "/config").body;
  for (const char* body :
       {R"({"profile":"strict","approve":"perhaps"})",
        R"({"profile":"strict","policies":{"rotation":"reuse","reuse":"sometimes"}})",
        R"({"approve":"deny","users":[]})", R"({"approve":"deny","nonsense":1})"}) {
    EXPECT_EQ(bed.call("PATCH", "/config", body).status, 400) << body;
    EXPECT_EQ(bed.call("GET", "/config").body, before) << body;
  }
}

TEST(ControlConfig, UsersReplaceTheDefaultOne) {
  TestBed bed;
  const auto shown = json_of(bed.call("PATCH", "/config", R"({"users":[
      {"email":"jane@example.com","first_name":"Jane"},
      {"id":"00112233445566778899aabbccddeeff","email":"joe@example.com"}]})"));
  ASSERT_EQ(shown["users"].size(), 2U);
  EXPECT_EQ(shown["users"][0],
            json::parse(R"({"id":"8c87b489ce35cf2e2f39f80e282cb2e8","email":"jane@example.com",
                            "first_name":"Jane","last_name":""})"));
  EXPECT_EQ(shown["users"][1]["id"], "00112233445566778899aabbccddeeff");
}

TEST(ControlConfig, EachMistakeIsNamedWithItsKey) {
  TestBed bed;
  const auto patch = [&](const char* body) {
    return problem_of(bed.call("PATCH", "/config", body));
  };
  EXPECT_EQ(patch(R"({"profile":"Strict"})"),
            R"(400 profile: write one of "heygen", "strict", "lenient")");
  EXPECT_EQ(patch(R"({"approve":true})"), R"(400 approve: write one of "auto", "ask", "deny")");
  EXPECT_THAT(patch(R"({"policies":{"code_ttl_s":"60"}})"),
              HasSubstr("400 policies.code_ttl_s: policy 'code_ttl_s' is a whole number"));
  EXPECT_THAT(patch(R"({"policies":{"code_ttl_s":18446744073709551615}})"),
              HasSubstr("400 policies.code_ttl_s: "));
  EXPECT_THAT(patch(R"({"policies":{"rotation":true}})"), HasSubstr("rotate|reuse|omit"));
  EXPECT_THAT(patch(R"({"users":[]})"), HasSubstr("400 users: name one at least"));
  EXPECT_THAT(patch(R"({"users":{}})"), HasSubstr("400 users: write an array"));
  EXPECT_THAT(patch(R"({"users":["jane@example.com"]})"), HasSubstr("400 users[0]: write a JSON"));
  EXPECT_THAT(patch(R"({"users":[{"id":"x"}]})"), HasSubstr("400 users[0].email: "));
  EXPECT_THAT(patch(R"({"users":[{"email":"a@b"},{"email":"a@b"}]})"),
              HasSubstr("400 users[1].email: each user has another"));
  EXPECT_THAT(patch(R"({"users":[{"email":"a@b","id":"x"},{"email":"c@d","id":"x"}]})"),
              HasSubstr("400 users[1].id: "));
  EXPECT_THAT(patch(R"({"users":[{"email":"a@b","name":"A"}]})"),
              HasSubstr("400 users[0].name: unknown key"));
  EXPECT_THAT(patch(R"({"api_keys":["a","b c"]})"), HasSubstr("400 api_keys[1]: "));
  EXPECT_THAT(patch(R"({"api_keys":[""]})"), HasSubstr("400 api_keys[0]: "));
  EXPECT_THAT(patch(R"({"clients":[]})"), HasSubstr("400 clients: register them with PUT"));
  EXPECT_THAT(patch(R"({"faults":[]})"), HasSubstr("400 faults: arm them with POST"));
  EXPECT_THAT(patch(R"({"sandboxes":[]})"), HasSubstr("400 sandboxes: make them with PUT"));
  EXPECT_THAT(patch(R"({"seed":1})"), HasSubstr("400 seed: "));
}

TEST(ControlConfig, ConcurrentPatchesAllStay) {
  TestBed bed;
  const std::vector<std::string> bodies{
      R"({"policies":{"access_ttl_s":60}})", R"({"policies":{"refresh_ttl_s":61}})",
      R"({"policies":{"code_ttl_s":62}})", R"({"policies":{"reuse_grace_s":63}})"};
  for (int round = 0; round < 50; ++round) {
    bed.box().configure(SandboxConfig::defaults());
    std::vector<std::jthread> threads;
    for (const auto& body : bodies) {
      threads.emplace_back([&] { (void)bed.call("PATCH", "/config", body); });
    }
    threads.clear();
    ASSERT_EQ(bed.box().settings()->config.overrides.size(), bodies.size());
  }
}

TEST(ConfigFile, HoldsAllThatASandboxIsTold) {
  const auto file = read_config_file(json::parse(R"({
    "$schema": "https://schema.example/config.json",
    "profile": "strict", "approve": "ask", "policies": {"rotation": "reuse"},
    "users": [{"email": "jane@example.com"}], "api_keys": ["k1", "k2"],
    "clients": [{"id": "app", "redirect_uris": ["https://app.example/cb"], "secret": "s"}],
    "faults": [{"on": {"endpoint": "token"}, "do": {"status": 503}}],
    "seed": 18446744073709551615,
    "sandboxes": [{"name": "slow", "policies": {"rotation": null, "access_ttl_s": 5}, "seed": 3},
                  {"name": "empty"}]})"));
  EXPECT_EQ(file.config.profile, Profile::strict);
  EXPECT_EQ(file.config.approve, Approve::ask);
  EXPECT_EQ(file.config.policy().rotation, RotationPolicy::reuse);
  EXPECT_EQ(file.config.users.at(0).email, "jane@example.com");
  EXPECT_EQ(file.config.api_keys, (std::vector<std::string>{"k1", "k2"}));
  ASSERT_TRUE(file.clients);
  EXPECT_EQ(file.clients->at(0).id, "app");
  ASSERT_EQ(file.faults.size(), 1U);
  EXPECT_EQ(file.faults[0].action.status, 503);
  EXPECT_EQ(file.seed, 18446744073709551615U);
  ASSERT_EQ(file.sandboxes.size(), 2U);

  SandboxBlueprint base;
  base.config = file.config;
  const auto slow = apply(file.sandboxes[0].patch, base);
  EXPECT_EQ(slow.config.profile, Profile::strict);
  EXPECT_EQ(slow.config.policy().rotation, RotationPolicy::rotate);
  EXPECT_EQ(slow.config.policy().access_ttl, std::chrono::seconds{5});
  EXPECT_EQ(slow.seed, 3U);
  EXPECT_EQ(slow.clients.size(), built_in_clients().size());
}

TEST(ConfigFile, AnEmptyOneIsTheDefaults) {
  const auto file = read_config_file(json::object());
  EXPECT_EQ(file.config.profile, Profile::heygen);
  EXPECT_EQ(file.config.api_keys, std::vector<std::string>{"demo-api-key"});
  EXPECT_FALSE(file.clients);
  EXPECT_FALSE(file.seed);
}

// "key: mend"
std::string mistake_in(const char* text) {
  try {
    (void)read_config_file(json::parse(text));
  } catch (const BadInput& bad) {
    return bad.key() + ": " + bad.what();
  }
  return "";
}

TEST(ConfigFile, EachMistakeIsNamedWithItsPath) {
  EXPECT_THAT(mistake_in(R"([])"), HasSubstr(": write a JSON object"));
  EXPECT_THAT(mistake_in(R"({"profil":"strict"})"), HasSubstr("profil: unknown key; known here: "));
  EXPECT_THAT(mistake_in(R"({"clients":{"app":{}}})"), HasSubstr("clients: write an array"));
  EXPECT_THAT(mistake_in(R"({"clients":[{"redirect_uris":[]}]})"), HasSubstr("clients[0].id: "));
  EXPECT_THAT(mistake_in(R"({"clients":[{"id":"","redirect_uris":[]}]})"),
              HasSubstr("clients[0].id: a client_id is"));
  EXPECT_THAT(mistake_in(R"({"clients":[{"id":"a","redirect_uris":[]},
                                        {"id":"a","redirect_uris":[]}]})"),
              HasSubstr("clients[1].id: this client stands here already"));
  EXPECT_THAT(mistake_in(R"({"clients":[{"id":"a","redirect_uris":["x"]}]})"),
              HasSubstr("clients[0].redirect_uris[0]: not an absolute URI"));
  EXPECT_THAT(mistake_in(R"({"clients":[{"id":"a","redirect_uris":[],"policies":{"x":1}}]})"),
              HasSubstr("clients[0].policies.x: unknown policy"));
  EXPECT_THAT(mistake_in(R"({"faults":[{"do":{"status":503}},{"do":{"status":99}}]})"),
              HasSubstr("faults[1].do.status: "));
  EXPECT_THAT(mistake_in(R"({"seed":-1})"), HasSubstr("seed: write a number from 0"));
  EXPECT_THAT(mistake_in(R"({"seed":"1"})"), HasSubstr("seed: write a number from 0"));
  EXPECT_THAT(mistake_in(R"({"sandboxes":[{"name":"A"}]})"), HasSubstr("sandboxes[0].name: "));
  EXPECT_THAT(mistake_in(R"({"sandboxes":[{}]})"), HasSubstr("sandboxes[0].name: "));
  EXPECT_THAT(mistake_in(R"({"sandboxes":[{"name":"a"},{"name":"a"}]})"),
              HasSubstr("sandboxes[1].name: this sandbox stands here already"));
  EXPECT_THAT(mistake_in(R"({"sandboxes":[{"name":"a","sandboxes":[]}]})"),
              HasSubstr("sandboxes[0].sandboxes: unknown key"));
  EXPECT_THAT(mistake_in(R"({"sandboxes":[{"name":"a","users":[{"email":""}]}]})"),
              HasSubstr("sandboxes[0].users[0].email: "));
}

}  // namespace
}  // namespace heygen::mock::control
