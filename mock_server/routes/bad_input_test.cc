// Any bytes on any endpoint: a clear 4xx in the endpoint's own format, and no markup in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "mock_server/routes/table.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::World;

void expect_clear_refusal(const Answer& answer, std::string_view what) {
  EXPECT_GE(answer.response.status, 400) << what;
  EXPECT_LT(answer.response.status, 500) << what;
  EXPECT_EQ(answer.response.headers.get("Location"), "") << what;
  EXPECT_EQ(answer.response.headers.get("X-Content-Type-Options"), "nosniff") << what;
  if (answer.response.headers.get("Content-Type") == "application/json") {
    EXPECT_TRUE(answer.response.body.starts_with("{")) << what;
    EXPECT_EQ(answer.response.body.find('<'), std::string::npos) << what;
  } else {
    EXPECT_EQ(answer.response.body.find("<script"), std::string::npos) << what;
  }
  EXPECT_NE(answer.outcome, "ok") << what;
}

std::string bytes(std::string_view text) { return std::string{text}; }

// Malformed in whichever place it stands: names, values, escapes, encodings.
const std::string kMalformed[] = {
    "client_id=%",
    "client_id=%zz",
    "client_id=%4",
    "client_id=a%00b",
    "client_id=%ff",
    "client_id=%c0%af",
    "%=x",
    "client_id=%ed%a0%80",
    bytes("client_id=\xff"),
    bytes(std::string_view{"client_id=\0", 11}),
};

TEST(BadInput, MalformedParametersAreRefusedEverywhere) {
  for (const Route& route : routes()) {
    // The metadata has no parameters to be wrong.
    if (!route.host.empty() || route.endpoint == Endpoint::metadata) continue;
    for (const std::string& text : kMalformed) {
      World world;
      const std::string what = std::string{route.name} + " " + text;
      if (route.method == "POST") {
        expect_clear_refusal(world.post(std::string{route.path}, text), what);
      } else {
        expect_clear_refusal(world.get(std::string{route.path} + "?" + text), what);
      }
    }
  }
}

TEST(BadInput, AFormBeyond64KiBIs413) {
  for (const Route& route : routes()) {
    // The API asks who is there before it looks at what was sent.
    if (route.method != "POST" || !route.host.empty() || route.endpoint == Endpoint::api) continue;
    World world;
    const Answer answer = world.post(std::string{route.path}, std::string(65'537, 'a'));
    EXPECT_EQ(answer.response.status, 413) << route.name;
    expect_clear_refusal(answer, route.name);
  }
  World world;
  EXPECT_EQ(world.post("/v1/oauth/token", std::string(65'536, 'a')).response.status, 400);
}

TEST(BadInput, AFormOfTooManyFieldsIsRefused) {
  World world;
  std::string form;
  for (int i = 0; i < 10'000; ++i) form += "a=1&";
  expect_clear_refusal(world.post("/v1/oauth/token", form), "10,000 fields");
}

TEST(BadInput, NoAnswerRepeatsMarkup) {  // CWE-79
  constexpr std::string_view kMarkup = "%3Cscript%3Ealert(1)%3C/script%3E%26%22%27";
  const std::string markup{kMarkup};
  World world;
  const std::string targets[] = {
      "/oauth/authorize?response_type=code&client_id=" + markup,
      "/oauth/authorize?response_type=" + markup + "&client_id=demo",
      "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=" + markup,
      "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=https://x.test/" + markup,
      "/" + markup,
      "/v1/" + markup,
      "/v2/" + markup,
      "/v3/" + markup,
  };
  for (const std::string& target : targets) {
    expect_clear_refusal(world.get(target), target);
    const Answer page = world.get(target, {{"Accept", "text/html"}});
    expect_clear_refusal(page, target);
  }
  for (const char* const field : {"grant_type", "client_id", "code", "redirect_uri", "scope"}) {
    std::string form{field};
    form.append("=").append(markup);
    expect_clear_refusal(world.post("/v1/oauth/token", form), field);
  }
}

TEST(BadInput, TextBeyondAsciiIsEscapedAsItsCodePoints) {
  World world;
  EXPECT_EQ(world
                .get("/oauth/authorize?response_type=code&client_id=demo&redirect_uri="
                     "http://h/%C3%A9%F0%9F%98%80")
                .response.body,
            R"({"error":"invalid_request","error_description":)"
            R"("Redirect URI http://h/\u00e9\ud83d\ude00 is not supported by client."})");
}

TEST(BadInput, UnknownParametersAreIgnored) {  // RFC 6749 §3.1, §3.2
  World world;
  const std::string authorize =
      "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=http://127.0.0.1/cb"
      "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
  EXPECT_EQ(world.get(authorize + "&foo=1&foo=2&=&x").outcome, "ok");
  EXPECT_EQ(world.post("/v1/oauth/revoke", "token=x&foo=1&foo=2&=&x").outcome, "ok");
}

TEST(BadInput, AnUnknownPathIs404AndItsNearestIsNamed) {
  World world;
  const Answer answer = world.post("/oauth/token", "grant_type=authorization_code");
  EXPECT_EQ(answer.response.status, 404);
  EXPECT_EQ(answer.outcome, "not_found");
  EXPECT_EQ(answer.why, "no such path; did you mean /v1/oauth/token?");
  EXPECT_EQ(world.get("/").response.status, 404);
}

TEST(BadInput, TheVendorsWebAppAnswersAtItsOwnHostOnly) {
  World world;
  for (const char* const host : {"app.heygen.com", "APP.heygen.com:443"}) {
    const Answer posted = world.post("/oauth/token", "grant_type=x", {{"Host", host}});
    EXPECT_EQ(posted.response.status, 200) << host;
    EXPECT_TRUE(posted.response.headers.get("Content-Type").starts_with("text/html")) << host;
    EXPECT_EQ(world.get("/oauth/token", {{"Host", host}}).response.status, 200) << host;
  }
  EXPECT_EQ(world.get("/oauth/token", {{"Host", "api2.heygen.com"}}).response.status, 404);
}

TEST(BadInput, BytesThatWereNoRequestAreRefusedInTheEndpointsFormat) {
  World world;
  wire::Request request;
  request.method = "POST";
  request.target = "/v1/oauth/token";
  const Answer oauth =
      world.surface.reject(world.surface.read(request), 413, "the body is too large");
  EXPECT_EQ(oauth.response.status, 413);
  EXPECT_EQ(oauth.response.body,
            R"({"error":"invalid_request","error_description":"The request is too large."})");
  request.target = "/v3/videos";
  const Answer api =
      world.surface.reject(world.surface.read(request), 431, "too many header fields");
  EXPECT_EQ(api.response.status, 431);
  EXPECT_EQ(api.outcome, "invalid_parameter");
  EXPECT_EQ(api.why, "too many header fields");
}

// What each table entry needs so that no rule is reached by accident.
TEST(Table, PathsAndNamesAreUnambiguous) {
  for (const Route& a : routes()) {
    EXPECT_EQ(std::ranges::count(routes(), a.name, &Route::name), 1) << a.name;
    EXPECT_TRUE(a.path.starts_with("/")) << a.name;
    EXPECT_NE(a.handle, nullptr) << a.name;
    EXPECT_EQ(
        std::ranges::count_if(
            routes(), [&](const Route& b) { return a.method == b.method && a.path == b.path; }),
        1)
        << a.name;
  }
}

}  // namespace
}  // namespace heygen::mock
