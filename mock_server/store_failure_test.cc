// A store that fails at any moment of any request: the answer is a 503 in the endpoint's format,
// and once the store is mended the same request gets the answer that it would have had. So nothing
// was half done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mock_server/control/table.h"
#include "mock_server/core/crypto.h"
#include "mock_server/routes/table.h"
#include "mock_server/server.h"
#include "mock_server/store/flaky.h"

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// RFC 7636 Appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr const char* kCallback = "http%3A%2F%2F127.0.0.1%3A9%2Fcb";
const std::string kAuthorize =
    std::string{"/oauth/authorize?response_type=code&client_id=demo&state=s&redirect_uri="} +
    kCallback + "&code_challenge_method=S256&code_challenge=" + kChallenge;

wire::Request get(std::string target) {
  wire::Request request;
  request.method = "GET";
  request.target = std::move(target);
  request.headers.add("Host", "127.0.0.1");
  request.peer = {"127.0.0.1", 1, true};
  return request;
}

wire::Request with_body(std::string method, std::string target, std::string body,
                        const char* type = "application/x-www-form-urlencoded") {
  wire::Request request = get(std::move(target));
  request.method = std::move(method);
  request.headers.add("Content-Type", type);
  request.body = std::move(body);
  return request;
}

wire::Request json(std::string method, std::string target, std::string body) {
  return with_body(std::move(method), std::move(target), std::move(body), "application/json");
}

std::string between(std::string_view text, std::string_view mark, std::string_view ends) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const auto rest = text.substr(at + mark.size());
  return std::string{rest.substr(0, rest.find_first_of(ends))};
}

// A server whose store can be made to fail.
struct World {
  World() {
    ServerOptions options;
    options.blueprint.stores = stores;
    auto started = Server::start(std::move(options));
    server = std::move(started.server);
  }
  wire::Response ask(const wire::Request& request) const { return server->answer(request); }

  std::string code() const {
    return between(ask(get(kAuthorize)).headers.get("Location"), "code=", "&");
  }
  wire::Request redemption() const {
    return with_body("POST", "/v1/oauth/token",
                     "grant_type=authorization_code&client_id=demo&code=" + code() +
                         "&redirect_uri=" + kCallback + "&code_verifier=" + kVerifier);
  }
  nlohmann::json log_in() const { return nlohmann::json::parse(ask(redemption()).body); }
  wire::Request refresh(const char* path) const {
    return with_body("POST", path,
                     "grant_type=refresh_token&client_id=demo&refresh_token=" +
                         log_in()["refresh_token"].get<std::string>());
  }
  wire::Request bearer(wire::Request request) const {
    request.headers.add("Authorization", "Bearer " + log_in()["access_token"].get<std::string>());
    return request;
  }
  void ask_people() const { (void)ask(json("PATCH", "/_mock/config", R"({"approve":"ask"})")); }
  nlohmann::json device() const {
    return nlohmann::json::parse(
        ask(with_body("POST", "/v1/oauth/device_authorization", "client_id=demo")).body);
  }
  std::string device_page(const nlohmann::json& of) const {
    return "/device?user_code=" + of["user_code"].get<std::string>();
  }
  // The form of a page, sent from the browser that was shown it.
  wire::Request decision(const wire::Response& page, const char* path) const {
    const std::string cookie = between(page.headers.get("Set-Cookie"), "", ";");
    wire::Request request =
        with_body("POST", path,
                  "decision=approve&consent=" + between(cookie, "heygen-consent-", "=") +
                      "&csrf=" + between(cookie, "=", ";"));
    request.headers.add("Cookie", cookie);
    return request;
  }

  std::shared_ptr<testing::FlakyStores> stores = std::make_shared<testing::FlakyStores>();
  std::unique_ptr<Server> server;
};

using Prepare = std::function<wire::Request(const World&)>;

// At each of the store's verbs in turn. Returns how many there were.
int fail_everywhere(const std::string& name, const Prepare& prepare,
                    const std::function<void(const wire::Response&)>& is_503) {
  const World sound;
  const wire::Response healthy = sound.ask(prepare(sound));
  EXPECT_LT(healthy.status, 400) << name << ": " << healthy.body;
  for (int verbs = 0; verbs < 100; ++verbs) {
    SCOPED_TRACE(name + " with " + std::to_string(verbs) + " verbs");
    const World world;
    const wire::Request request = prepare(world);
    world.stores->gate.fail_after(verbs);
    const wire::Response failed = world.ask(request);
    world.stores->gate.mend();
    if (failed.status == healthy.status) return verbs;
    EXPECT_EQ(failed.status, 503) << failed.body;
    is_503(failed);
    const wire::Response again = world.ask(request);
    EXPECT_EQ(again.status, healthy.status) << again.body;
  }
  ADD_FAILURE() << name << " never ends";
  return 0;
}

const std::map<std::string, Prepare>& vendor_requests() {
  static const std::map<std::string, Prepare> kRequests{
      {"token", [](const World& w) { return w.redemption(); }},
      {"token refresh", [](const World& w) { return w.refresh("/v1/oauth/token"); }},
      {"token device",
       [](const World& w) {
         const auto device = w.device();
         (void)w.ask(get(w.device_page(device)));
         return with_body("POST", "/v1/oauth/token",
                          "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=demo"
                          "&device_code=" +
                              device["device_code"].get<std::string>());
       }},
      {"refresh_token", [](const World& w) { return w.refresh("/v1/oauth/refresh_token"); }},
      {"authorize", [](const World&) { return get(kAuthorize); }},
      {"authorize ask",
       [](const World& w) {
         w.ask_people();
         return get(kAuthorize);
       }},
      {"authorize_api2", [](const World&) { return get("/v1" + kAuthorize); }},
      {"consent",
       [](const World& w) {
         w.ask_people();
         return w.decision(w.ask(get(kAuthorize)), "/oauth/consent");
       }},
      {"revoke",
       [](const World& w) {
         return with_body("POST", "/v1/oauth/revoke",
                          "client_id=demo&token=" + w.log_in()["refresh_token"].get<std::string>());
       }},
      {"device_authorization",
       [](const World&) {
         return with_body("POST", "/v1/oauth/device_authorization", "client_id=demo");
       }},
      {"device_page", [](const World& w) { return get(w.device_page(w.device())); }},
      {"device_page ask",
       [](const World& w) {
         w.ask_people();
         return get(w.device_page(w.device()));
       }},
      {"device_decision",
       [](const World& w) {
         w.ask_people();
         return w.decision(w.ask(get(w.device_page(w.device()))), "/device");
       }},
      {"metadata", [](const World&) { return get("/.well-known/oauth-authorization-server"); }},
      {"register",
       [](const World&) {
         return json("POST", "/v1/oauth/register", R"({"redirect_uris":["http://127.0.0.1/cb"]})");
       }},
      {"userinfo", [](const World& w) { return w.bearer(get("/v1/oauth/userinfo")); }},
      {"userinfo_post",
       [](const World& w) { return w.bearer(with_body("POST", "/v1/oauth/userinfo", "")); }},
      {"web_app",
       [](const World&) {
         wire::Request request = get("/oauth/token");
         request.headers.set("Host", "app.heygen.com");
         return request;
       }},
      {"web_app_post",
       [](const World&) {
         wire::Request request = with_body("POST", "/oauth/token", "");
         request.headers.set("Host", "app.heygen.com");
         return request;
       }},
      {"api", [](const World& w) { return w.bearer(get("/v1/user/me")); }},
      {"api limited",
       [](const World& w) {
         (void)w.ask(json("PATCH", "/_mock/config", R"({"policies":{"api_rate":1000}})"));
         return w.bearer(get("/v2/user/remaining_quota"));
       }},
      {"api fault",  // that counts, and does nothing to this request
       [](const World& w) {
         (void)w.ask(
             json("POST", "/_mock/faults",
                  R"({"on":{"endpoint":"api"},"when":{"after":1000},"do":{"status":500}})"));
         return w.bearer(get("/v1/user/me"));
       }},
  };
  return kRequests;
}

TEST(StoreFailure, AnyVerbOfAnyVendorRouteIsA503AndNothingIsHalfDone) {
  std::set<std::string> without_store;
  for (const auto& [name, prepare] : vendor_requests()) {
    const bool api = name.starts_with("api") || name.starts_with("userinfo");
    const int verbs = fail_everywhere(name, prepare, [&](const wire::Response& response) {
      EXPECT_NE(response.headers.get("Cache-Control").find("no-store"), std::string::npos);
      if (api) {
        EXPECT_THAT(response.body, HasSubstr(R"("message":"Service Unavailable")"));
      } else {
        EXPECT_THAT(response.body, HasSubstr("temporarily_unavailable"));
      }
    });
    if (verbs == 0) without_store.insert(name);
  }
  EXPECT_EQ(without_store, (std::set<std::string>{"metadata", "web_app", "web_app_post"}));
  for (const Route& route : routes()) {
    EXPECT_TRUE(vendor_requests().contains(std::string{route.name})) << route.name;
  }
}

// A control call for each row of the table.
wire::Request control_request(const World& world, const control::Route& route) {
  static const std::map<std::string, std::string> kBodies{
      {"PUT sandboxes/{id}", R"({"profile":"strict"})"},
      {"PATCH config", R"({"approve":"deny"})"},
      {"PUT clients/{id}", R"({"redirect_uris":["http://127.0.0.1/cb"]})"},
      {"POST clock", R"({"advance":"10d"})"},
      {"POST tokens", R"({"client_id":"demo"})"},
      {"POST authorize",
       R"({"client_id":"demo","redirect_uri":"http://127.0.0.1:9/cb","code_challenge_method":"S256",
           "code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"})"},
      {"POST faults", R"({"do":{"status":500}})"},
      {"POST scenarios", R"({"summary":"x","faults":[{"do":{"status":500}}]})"},
      {"POST verify", R"({"match":{},"count":{"min":0}})"},
  };
  const std::string key = std::string{route.method} + " " + std::string{route.pattern};
  const nlohmann::json tokens = world.log_in();  // entries 1 and 2 of the journal
  (void)world.ask(json("POST", "/_mock/faults", R"({"when":{"after":1000},"do":{"status":500}})"));
  (void)world.ask(json("PUT", "/_mock/sandboxes/other", "{}"));
  std::string id = "demo";
  for (const auto& [beginning, value] :
       {std::pair{"sandboxes", "other"}, std::pair{"schemas", "scenario.json"},
        std::pair{"ui", "app.js"}, std::pair{"faults", "fault-1"}, std::pair{"journal", "2"},
        std::pair{"scenarios", "token-invalid-grant"}}) {
    if (route.pattern.starts_with(beginning)) id = value;
  }
  if (route.pattern.starts_with("tokens")) {
    id = fingerprint(tokens["access_token"].get<std::string>());
  }
  if (route.pattern.starts_with("scenarios")) id = built_in_scenarios().front().name;
  std::string path{route.pattern};
  if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, id);
  const auto body = kBodies.find(key);
  return body == kBodies.end() ? [&] {
    wire::Request request = get("/_mock/" + path);
    request.method = route.method;
    return request;
  }()
                               : json(std::string{route.method}, "/_mock/" + path, body->second);
}

TEST(StoreFailure, AnyVerbOfAnyControlCallIsA503AndItCanBeRepeated) {
  for (const control::Route& route : control::routes()) {
    // A file of the page asks no store, and what went well has no scenario.
    if (route.pattern == "ui/{id}" || route.pattern == "journal/{id}/scenario") continue;
    fail_everywhere(
        std::string{route.method} + " " + std::string{route.pattern},
        [&](const World& world) { return control_request(world, route); },
        [](const wire::Response& response) {
          EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
          EXPECT_THAT(response.body, HasSubstr("the store cannot be reached"));
        });
  }
}

TEST(StoreFailure, APersonIsShownAPage) {
  for (const auto& target : {kAuthorize, std::string{"/device?user_code=BCDF-GHJK"}}) {
    const World world;
    wire::Request request = get(target);
    request.headers.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    world.stores->gate.fail_after(0);
    const auto response = world.ask(request);
    EXPECT_EQ(response.status, 503) << target;
    EXPECT_THAT(response.headers.get("Content-Type"), HasSubstr("text/html")) << target;
    EXPECT_THAT(response.body, HasSubstr("Try again in a moment")) << target;
    EXPECT_THAT(response.body, HasSubstr("temporarily_unavailable")) << target;
  }
}

TEST(StoreFailure, TheLogSaysWhyAControlCallFailed) {
  const auto stores = std::make_shared<testing::FlakyStores>();
  std::vector<std::string> lines;
  ServerOptions options;
  options.blueprint.stores = stores;
  options.log = [&](std::string_view line) { lines.emplace_back(line); };
  const auto started = Server::start(std::move(options));
  stores->gate.fail_after(0);
  EXPECT_EQ(started.server->answer(json("POST", "/_mock/reset", "{}")).status, 503);
  EXPECT_THAT(lines, ElementsAre("a control call: the store: the disk is full"));
}

TEST(StoreFailure, AServerWhoseStoreCannotBeOpenedSaysSo) {
  ServerOptions options;
  options.store = parse_store_location("sqlite:/nowhere/mock.db");
  const auto started = Server::start(std::move(options));
  EXPECT_EQ(started.server, nullptr);
  EXPECT_THAT(started.error, HasSubstr("--store: cannot write /nowhere/mock.db"));
}

TEST(StoreFailure, AServerThatStopsLeavesItsFaultsInTheStore) {
  World world;
  (void)world.ask(json("POST", "/_mock/faults", R"({"do":{"status":500}})"));
  world.stores->gate.fail_after(0);
  world.server->stop();  // and asks the store nothing
}

}  // namespace
}  // namespace heygen::mock
