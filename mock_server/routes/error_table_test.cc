// facts.md's table, row by row, as the bytes on the wire; then where the other profiles differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::World;

constexpr Profile kHeygen = Profile::heygen;
constexpr Profile kStrict = Profile::strict;
constexpr Profile kLenient = Profile::lenient;

struct Row {
  std::string_view name;
  Profile profile;
  std::string_view method;
  std::string_view target;
  std::string_view body;  // see expand() and issue()
  int status;
  std::string_view answer;  // the body; of a 302, the Location
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

// What many rows have in common.
std::string expand(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"@AUTHORIZE",
       "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=http://127.0.0.1/cb"},
      {"@S256",
       "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"},
      {"@VERIFIER", "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
      {"@WRONG_VERIFIER", "&code_verifier=aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
      {"@CODE_GRANT", "grant_type=authorization_code&client_id=demo"},
      {"@REDIRECT", "&redirect_uri=http://127.0.0.1/cb"},
      {"@REFRESH_GRANT", "grant_type=refresh_token&client_id=demo"},
  };
  std::string out{text};
  for (const auto& [word, meaning] : kWords) {
    if (const auto at = out.find(word); at != std::string::npos) {
      out.replace(at, word.size(), meaning);
    }
  }
  return out;
}

constexpr std::string_view kInvalidClient = R"({"error":"invalid_client"})";
constexpr std::string_view kUnsupportedGrant = R"({"error":"unsupported_grant_type"})";
constexpr std::string_view kInvalidGrant = R"({"error":"invalid_grant"})";
constexpr std::string_view kInvalidCode =
    R"({"error":"invalid_grant","error_description":"Invalid \"code\" in request."})";
constexpr std::string_view kInvalidRedirect =
    R"({"error":"invalid_grant","error_description":"Invalid \"redirect_uri\" in request."})";
constexpr std::string_view kInvalidVerifier =
    R"({"error":"invalid_request","error_description":"Invalid \"code_verifier\""})";
constexpr std::string_view kChallengeFailed =
    R"({"error":"invalid_grant","error_description":"Code challenge failed."})";

constexpr Row kRows[] = {
    // --- authorize, heygen ---
    {"client_id_missing", kHeygen, "GET", "/oauth/authorize?response_type=code", "", 400,
     kInvalidClient},
    {"client_id_unknown", kHeygen, "GET", "/oauth/authorize?response_type=code&client_id=nobody",
     "", 400, kInvalidClient},
    {"redirect_uri_not_registered", kHeygen, "GET",
     "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=https://evil.test/cb", "",
     400,
     R"({"error":"invalid_request","error_description":"Redirect URI https://evil.test/cb is not supported by client."})"},
    {"redirect_uri_left_out_uses_the_registered_one", kHeygen, "GET",
     "/oauth/authorize?response_type=code&client_id=web&code_challenge_method=S256&state=s", "",
     302,
     "https://app.test/cb?keep=1&error=invalid_request&error_description="
     "Missing%20%22code_challenge%22&state=s"},
    {"response_type_missing", kHeygen, "GET", "/oauth/authorize?client_id=demo", "", 400,
     R"({"error":"unsupported_response_type"})"},
    {"response_type_not_code", kHeygen, "GET",
     "/oauth/authorize?response_type=token&client_id=demo", "", 400,
     R"({"error":"unsupported_response_type"})"},
    {"challenge_method_unknown", kHeygen, "GET",
     "@AUTHORIZE&state=s&code_challenge=x&code_challenge_method=S512", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Unsupported%20%22code_challenge_method%22&state=s"},
    {"challenge_method_plain", kHeygen, "GET",
     "@AUTHORIZE&state=s&code_challenge=x&code_challenge_method=plain", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Unsupported%20%22code_challenge_method%22&state=s"},
    {"challenge_method_without_challenge", kHeygen, "GET",
     "@AUTHORIZE&state=s&code_challenge_method=S256", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Missing%20%22code_challenge%22&state=s"},
    {"challenge_missing", kHeygen, "GET", "@AUTHORIZE&state=s", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Missing%20%22code_challenge%22&state=s"},
    {"no_state_in_no_state_out", kHeygen, "GET", "@AUTHORIZE", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Missing%20%22code_challenge%22"},
    {"state_twice", kHeygen, "GET", "@AUTHORIZE@S256&state=a&state=b", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Multiple%20%22state%22%20in%20request.&state=a"},
    {"client_id_twice", kHeygen, "GET", "@AUTHORIZE@S256&client_id=demo", "", 400,
     R"({"error":"invalid_request","error_description":"Multiple \"client_id\" in request."})"},

    // --- token, heygen ---
    {"grant_type_missing", kHeygen, "POST", "/v1/oauth/token", "client_id=demo", 400,
     kUnsupportedGrant},
    {"grant_type_unknown", kHeygen, "POST", "/v1/oauth/token", "grant_type=password&client_id=demo",
     400, kUnsupportedGrant},
    {"code_at_the_refresh_route", kHeygen, "POST", "/v1/oauth/refresh_token",
     "@CODE_GRANT&code={code}@REDIRECT@VERIFIER", 400, kUnsupportedGrant},
    {"token_client_missing", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&code={code}@REDIRECT@VERIFIER", 400, kInvalidClient},
    {"token_client_unknown", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&client_id=nobody&code={code}@REDIRECT@VERIFIER", 400,
     kInvalidClient},
    {"token_client_secret_missing", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&client_id=web&code={code}@REDIRECT@VERIFIER", 400,
     kInvalidClient},
    {"token_client_secret_wrong", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&client_id=web&client_secret=no&code={code}@REDIRECT@VERIFIER",
     400, kInvalidClient},
    {"code_missing", kHeygen, "POST", "/v1/oauth/token", "@CODE_GRANT@REDIRECT@VERIFIER", 400,
     R"({"error":"invalid_request","error_description":"Missing \"code\" in request."})"},
    {"code_bad", kHeygen, "POST", "/v1/oauth/token", "@CODE_GRANT&code=x@REDIRECT@VERIFIER", 400,
     kInvalidCode},
    {"code_of_another_client", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&client_id=other&code={code}@REDIRECT@VERIFIER", 400,
     kInvalidCode},
    {"redirect_uri_missing", kHeygen, "POST", "/v1/oauth/token", "@CODE_GRANT&code={code}@VERIFIER",
     400, kInvalidRedirect},
    {"redirect_uri_different", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}&redirect_uri=http://127.0.0.1:80/cb@VERIFIER", 400, kInvalidRedirect},
    {"verifier_missing", kHeygen, "POST", "/v1/oauth/token", "@CODE_GRANT&code={code}@REDIRECT",
     400, R"({"error":"invalid_request","error_description":"Missing \"code_verifier\""})"},
    {"verifier_of_42_characters", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}@REDIRECT&code_verifier=BjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
     400, kInvalidVerifier},
    {"verifier_with_a_plus", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}@REDIRECT&code_verifier=%2BBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
     400, kInvalidVerifier},
    {"verifier_wrong", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}@REDIRECT@WRONG_VERIFIER", 400, kChallengeFailed},
    {"verifier_is_the_challenge", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}@REDIRECT&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
     400, kChallengeFailed},
    {"verifier_though_no_challenge", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=authorization_code&client_id=web&client_secret=s3cret&code={plain-code}"
     "&redirect_uri=https://app.test/cb?keep=1@VERIFIER",
     400, kChallengeFailed},
    {"code_twice", kHeygen, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}&code={code}@REDIRECT@VERIFIER", 400,
     R"({"error":"invalid_request","error_description":"Multiple \"code\" in request."})"},
    {"token_by_get", kHeygen, "GET", "/v1/oauth/token?@CODE_GRANT&code={code}", "", 405,
     R"({"error":"invalid_request","error_description":"Method not allowed."})"},
    {"parameters_in_the_url", kHeygen, "POST",
     "/v1/oauth/token?@CODE_GRANT&code={code}@REDIRECT@VERIFIER", "", 400, kUnsupportedGrant},

    // --- refresh, heygen ---
    {"refresh_token_missing", kHeygen, "POST", "/v1/oauth/refresh_token", "@REFRESH_GRANT", 400,
     R"({"error":"invalid_request","error_description":"Missing \"refresh_token\" in request."})"},
    {"refresh_token_bad", kHeygen, "POST", "/v1/oauth/refresh_token",
     "@REFRESH_GRANT&refresh_token=x", 400, kInvalidGrant},
    {"refresh_token_bad_at_the_other_route", kHeygen, "POST", "/v1/oauth/token",
     "@REFRESH_GRANT&refresh_token=x", 400, kInvalidGrant},
    {"refresh_token_of_another_client", kHeygen, "POST", "/v1/oauth/token",
     "grant_type=refresh_token&client_id=other&refresh_token={refresh}", 400, kInvalidGrant},
    {"refresh_with_a_code", kHeygen, "POST", "/v1/oauth/token",
     "@REFRESH_GRANT&refresh_token={code}", 400, kInvalidGrant},
    {"refresh_scope_wider", kHeygen, "POST", "/v1/oauth/token",
     "@REFRESH_GRANT&refresh_token={refresh}&scope=openid%20admin", 400,
     R"({"error":"invalid_scope","error_description":"The requested scope is invalid, unknown, or malformed."})"},

    // --- revoke, heygen ---
    {"revoke_unknown", kHeygen, "POST", "/v1/oauth/revoke", "token=x&client_id=demo", 200, "{}"},
    {"revoke_known", kHeygen, "POST", "/v1/oauth/revoke",
     "token={refresh}&client_id=demo&token_type_hint=nonsense", 200, "{}"},
    {"revoke_without_a_client", kHeygen, "POST", "/v1/oauth/revoke", "token={refresh}", 200, "{}"},
    {"revoke_of_another_client", kHeygen, "POST", "/v1/oauth/revoke",
     "token={refresh}&client_id=other", 200, "{}"},
    {"revoke_without_token", kHeygen, "POST", "/v1/oauth/revoke", "client_id=demo", 400,
     R"({"error":"invalid_request","error_description":"Missing \"token\" in request."})"},

    // --- strict: the RFCs to the letter ---
    {"strict_response_type_missing", kStrict, "GET",
     "/oauth/authorize?client_id=demo&redirect_uri=http://127.0.0.1/cb&state=s", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Missing%20%27response_type%27%20in%20request.&state=s&iss=https%3A%2F%2Fissuer.test"},
    {"strict_response_type_unknown", kStrict, "GET",
     "/oauth/authorize?response_type=token&client_id=demo&redirect_uri=http://127.0.0.1/cb"
     "&state=s",
     "", 302,
     "http://127.0.0.1/cb?error=unsupported_response_type&state=s&iss="
     "https%3A%2F%2Fissuer.test"},
    {"strict_challenge_malformed", kStrict, "GET",
     "@AUTHORIZE&state=s&code_challenge=short&code_challenge_method=S256", "", 302,
     "http://127.0.0.1/cb?error=invalid_request&error_description="
     "Invalid%20%27code_challenge%27&state=s&iss=https%3A%2F%2Fissuer.test"},
    {"strict_confidential_without_challenge", kStrict, "GET",
     "/oauth/authorize?response_type=code&client_id=web&redirect_uri=https://app.test/cb?keep=1",
     "", 302,
     "https://app.test/cb?keep=1&error=invalid_request&error_description="
     "Missing%20%27code_challenge%27&iss=https%3A%2F%2Fissuer.test"},
    {"strict_grant_type_missing", kStrict, "POST", "/v1/oauth/token", "client_id=demo", 400,
     R"({"error":"invalid_request","error_description":"Missing 'grant_type' in request."})"},
    {"strict_redirect_uri_missing", kStrict, "POST", "/v1/oauth/token",
     "@CODE_GRANT&code={code}@VERIFIER", 400,
     R"({"error":"invalid_request","error_description":"Missing 'redirect_uri' in request."})"},

    // --- lenient: the guide's authorize URL exactly as printed, and strangers ---
    {"lenient_stranger_gets_as_far_as_his_redirect", kLenient, "GET",
     "/oauth/authorize?response_type=code&client_id=nobody&redirect_uri=http://localhost:1/x"
     "&code_challenge_method=S256&state=s",
     "", 302,
     "http://localhost:1/x?error=invalid_request&error_description="
     "Missing%20%22code_challenge%22&state=s"},
};

class ErrorTable : public ::testing::TestWithParam<Row> {
 protected:
  // Takes the names of things that have to be issued first out of the text.
  static std::string issue(World& world, std::string_view text) {
    std::string out = expand(text);
    const auto replace = [&](std::string_view name, auto make) {
      if (out.find(name) == std::string::npos) return;
      const std::string value = make();
      for (std::size_t at = 0; (at = out.find(name, at)) != std::string::npos;) {
        out.replace(at, name.size(), value);
      }
    };
    replace("{plain-code}", [&] {
      return testing::query_of(world
                                   .get("/oauth/authorize?response_type=code&client_id=web"
                                        "&redirect_uri=https://app.test/cb?keep=1")
                                   .response.headers.get("Location"),
                               "code");
    });
    replace("{code}", [&] {
      return testing::query_of(
          world.get(expand("@AUTHORIZE@S256")).response.headers.get("Location"), "code");
    });
    replace("{refresh}", [&] {
      const TokenSet tokens{{"access", kNever}, NewToken{"refresh"}, world.clock.now()};
      world.store.put_grant("demo", "ann", "openid", tokens);
      return "refresh";
    });
    return out;
  }
};

TEST_P(ErrorTable, Row) {
  const Row& row = GetParam();
  World world{row.profile};
  const std::string target = issue(world, row.target);
  const Answer answer =
      row.method == "GET" ? world.get(target) : world.post(target, issue(world, row.body));
  const wire::Headers& headers = answer.response.headers;
  EXPECT_EQ(answer.response.status, row.status) << answer.why;
  EXPECT_EQ(headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(headers.get("Pragma"), "no-cache");
  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  if (row.status == 302) {
    EXPECT_EQ(headers.get("Location"), row.answer);
    EXPECT_EQ(headers.get("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(headers.get("X-Frame-Options"), "DENY");
  } else {
    EXPECT_EQ(answer.response.body, row.answer);
    EXPECT_EQ(headers.get("Content-Type"), "application/json");
    EXPECT_EQ(headers.get("Location"), "");
  }
  if (row.status != 200) {
    EXPECT_NE(answer.outcome, "ok");
    EXPECT_NE(answer.why, "");
  }
  EXPECT_TRUE(answer.tokens_issued.empty());
  EXPECT_EQ(headers.get("WWW-Authenticate"), "");
}

INSTANTIATE_TEST_SUITE_P(Facts, ErrorTable, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string{row.param.name}; });

// RFC 6749 §5.2: a client that came by the Authorization header gets 401 and the challenge.
TEST(ErrorTableBasic, AClientThatTriedBasicIsChallenged) {
  World world;
  const auto with = [&](std::string basic) {
    return world
        .post("/v1/oauth/token", "grant_type=refresh_token&refresh_token=x",
              {{"Authorization", std::move(basic)}})
        .response;
  };
  for (const char* const bad : {"Basic bm9ib2R5Og==",  // nobody:
                                "Basic d2ViOndyb25n",  // web:wrong
                                "Basic !!!", "Basic", "basic "}) {
    const auto response = with(bad);
    EXPECT_EQ(response.status, 401) << bad;
    EXPECT_EQ(response.body, kInvalidClient) << bad;
    EXPECT_EQ(response.headers.get("WWW-Authenticate"), "Basic realm=\"heygen-mock\"") << bad;
  }
  EXPECT_EQ(with("Basic d2ViOnMzY3JldA==").body, kInvalidGrant);  // web:s3cret
  EXPECT_EQ(with("bAsIc ZGVtbzo=").body, kInvalidGrant);          // demo: without a secret
  // What is no Basic authenticates no client.
  EXPECT_EQ(with("Bearer abc").status, 400);
}

TEST(ErrorTableBasic, TwoMethodsOfAuthenticationAreRefused) {  // RFC 6749 §2.3
  World world;
  const Answer answer =
      world.post("/v1/oauth/token", "grant_type=refresh_token&refresh_token=x&client_secret=s3cret",
                 {{"Authorization", "Basic d2ViOnMzY3JldA=="}});
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_EQ(answer.outcome, "invalid_request");
}

TEST(ErrorTableMethod, TheAllowFieldNamesWhatThePathTakes) {
  World world;
  EXPECT_EQ(world.get("/v1/oauth/token").response.headers.get("Allow"), "POST, OPTIONS");
  EXPECT_EQ(world.post("/oauth/authorize", "").response.headers.get("Allow"), "GET, HEAD, OPTIONS");
  wire::Request request;
  request.method = "OPTIONS";
  request.target = "/v1/oauth/revoke";
  const Answer options = world.answer(request);
  EXPECT_EQ(options.response.status, 200);
  EXPECT_EQ(options.response.headers.get("Allow"), "POST, OPTIONS");
}

TEST(ErrorTableJson, ABodyThatIsNoFormIsNoGrant) {
  const std::string json = R"({"grant_type":"refresh_token"})";
  World heygen;
  EXPECT_EQ(
      heygen.post("/v1/oauth/token", json, {{"Content-Type", "application/json"}}).response.body,
      kUnsupportedGrant);
  World strict{kStrict};
  const Answer answer =
      strict.post("/v1/oauth/token", json, {{"Content-Type", "application/json"}});
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_EQ(answer.outcome, "invalid_request");
  World charset;
  EXPECT_EQ(charset
                .post("/v1/oauth/token", "grant_type=refresh_token&client_id=demo&refresh_token=x",
                      {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}})
                .response.body,
            kInvalidGrant);
}

TEST(ErrorTableDenied, AUserWhoDeniesSendsTheBrowserBack) {
  World world;
  world.config.approve = Approve::deny;
  const Answer answer = world.get(expand("@AUTHORIZE@S256&state=a%2Bb%20c"));
  EXPECT_EQ(answer.response.headers.get("Location"),
            "http://127.0.0.1/cb?error=access_denied&error_description=The%20resource%20owner%20or"
            "%20authorization%20server%20denied%20the%20request&state=a%2Bb%20c");
  EXPECT_EQ(answer.outcome, "access_denied");
}

TEST(ErrorTableGuide, TheLenientProfileTakesTheGuidesUrlAsPrinted) {
  World world{kLenient};
  const Answer answer = world.get(expand("@AUTHORIZE&state=s"));
  ASSERT_EQ(answer.response.status, 302);
  const auto code = testing::query_of(answer.response.headers.get("Location"), "code");
  EXPECT_EQ(world.post("/v1/oauth/token", expand("@CODE_GRANT&code=" + code + "@REDIRECT@VERIFIER"))
                .response.status,
            200);
}

}  // namespace
}  // namespace heygen::mock
