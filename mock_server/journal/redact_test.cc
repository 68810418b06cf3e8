#include "mock_server/journal/redact.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mock_server/core/crypto.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kToken = "tOkEn0123456789abcdefghijABCDEFGHIJ0123456";

std::string fp(std::string_view secret) { return fingerprint(secret); }

Redactor with_store() {
  return Redactor{[](std::string_view text) { return text == kToken; }};
}

std::string base64(std::string_view text) {
  return base64_padded({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

ordered_json redacted(std::string_view json, Redactor::JsonOf of = Redactor::JsonOf::request) {
  auto value = ordered_json::parse(json);
  with_store().json(value, of);
  return value;
}

TEST(SecretName, IsKnownInAnySpelling) {
  for (const auto* name :
       {"code", "code_verifier", "refresh_token", "access_token", "token", "client_secret",
        "device_code", "user_code", "state", "password", "assertion", "refreshToken",
        "Client-Secret", "X-API-KEY", "code[]", "CODE"}) {
    EXPECT_TRUE(is_secret_name(name)) << name;
  }
  for (const auto* name :
       {"code_challenge", "client_id", "redirect_uri", "grant_type", "scope", "token_type",
        "token_type_hint", "expires_in", "error_code", "status", "next_token", ""}) {
    EXPECT_FALSE(is_secret_name(name)) << name;
  }
}

TEST(RedactHeader, AuthorizationKeepsItsScheme) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("Authorization", "Bearer abc"), "Bearer " + fp("abc"));
  EXPECT_EQ(redactor.header("authorization", "bearer   abc "), "bearer " + fp("abc"));
  EXPECT_EQ(redactor.header("Proxy-Authorization", "Bearer abc"), "Bearer " + fp("abc"));
  EXPECT_EQ(redactor.header("Authorization", "Bearer"), "Bearer");
  EXPECT_EQ(redactor.header("Authorization", ""), "");
}

TEST(RedactHeader, WhatIsNoSchemeIsTakenForTheSecret) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("Authorization", "abc"), fp("abc"));
  EXPECT_EQ(redactor.header("Authorization", "abc def"), fp("abc def"));
}

// RFC 7617 §2, RFC 6749 §2.3.1
TEST(RedactHeader, BasicShowsTheUserAndNotThePassword) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("Authorization", "Basic " + base64("demo:pass")),
            "Basic demo:" + fp("pass"));
  EXPECT_EQ(redactor.header("Authorization", "Basic " + base64("a%3Ab:pa%24s:s")),
            "Basic a:b:" + fp("pa$s:s"));
  EXPECT_EQ(redactor.header("Authorization", "Basic " + base64("demo:")), "Basic demo:");
  EXPECT_EQ(redactor.header("Authorization", "Basic !!!"), "Basic " + fp("!!!"));
  EXPECT_EQ(redactor.header("Authorization", "Basic " + base64("no colon")),
            "Basic " + fp(base64("no colon")));
}

TEST(RedactHeader, KeysByName) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("X-API-KEY", " demo-api-key"), fp("demo-api-key"));
  EXPECT_EQ(redactor.header("x-api-key", ""), "");
  EXPECT_EQ(redactor.header("Accept", "application/json"), "application/json");
}

TEST(RedactHeader, CookiesKeepTheirNames) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("Cookie", "a=1; b=two; c="),
            "a=" + fp("1") + "; b=" + fp("two") + "; c=");
  EXPECT_EQ(redactor.header("Cookie", "lonely"), fp("lonely"));
  EXPECT_EQ(redactor.header("Set-Cookie", "csrf=abc; Path=/s/x; HttpOnly; SameSite=Strict"),
            "csrf=" + fp("abc") + "; Path=/s/x; HttpOnly; SameSite=Strict");
}

TEST(RedactHeader, LocationAndRefererByTheParametersNames) {
  const Redactor redactor;
  EXPECT_EQ(redactor.header("Location", "http://127.0.0.1:1/cb?keep=1&code=abc&state=x%20y"),
            "http://127.0.0.1:1/cb?keep=1&code=" + fp("abc") + "&state=" + fp("x y"));
  EXPECT_EQ(redactor.header("Location", "/cb#access_token=abc&token_type=Bearer"),
            "/cb#access_token=" + fp("abc") + "&token_type=Bearer");
  EXPECT_EQ(redactor.header("Referer", "http://h/cb?code=abc"), "http://h/cb?code=" + fp("abc"));
}

TEST(RedactUri, WhatHoldsNoSecretStaysByteForByte) {
  const Redactor redactor;
  for (const auto* uri :
       {"", "/", "http://h/p?a=%41&&b=+%zz&c#frag", "/v1/user/me", "http://h//x@y?=1",
        "?code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"}) {
    EXPECT_EQ(redactor.uri(uri), uri);
  }
}

TEST(RedactUri, UserAndPasswordAreASecret) {
  EXPECT_EQ(Redactor{}.uri("http://me:pass@h/p"), "http://" + fp("me:pass") + "@h/p");
}

TEST(RedactUri, ANameIsSeenThroughItsEscapes) {
  EXPECT_EQ(Redactor{}.uri("/cb?c%6Fde=abc"), "/cb?c%6Fde=" + fp("abc"));
}

// RFC 7636 §4.2: under "plain", and so under no method at all (§4.3), it is the verifier.
TEST(RedactUri, ThePlainChallengeIsASecret) {
  const Redactor redactor;
  EXPECT_EQ(redactor.query("code_challenge=abc&code_challenge_method=plain"),
            "code_challenge=" + fp("abc") + "&code_challenge_method=plain");
  EXPECT_EQ(redactor.query("code_challenge=abc"), "code_challenge=" + fp("abc"));
  EXPECT_EQ(redactor.text("see ?code_challenge=abc"), "see ?code_challenge=" + fp("abc"));
}

TEST(RedactFields, ASecretInsideAUrlInsideAParameter) {
  const auto fields = Redactor{}.fields({{"redirect_uri", "http://h/cb?state=abc&x=1"}});
  EXPECT_EQ(fields.front().second, "http://h/cb?state=" + fp("abc") + "&x=1");
}

TEST(RedactFields, EmptyValuesStayEmpty) {
  EXPECT_EQ(Redactor{}.fields({{"code", ""}}).front().second, "");
}

TEST(RedactJson, MembersByNameAtAnyDepth) {
  EXPECT_EQ(
      redacted(R"({"a":[{"access_token":"abc"}],"b":{"code":{"x":["y"]}},"state":12345678})"),
      ordered_json::parse(R"({"a":[{"access_token":")" + fp("abc") + R"("}],"b":{"code":{"x":[")" +
                          fp("y") + R"("]}},"state":")" + fp("12345678") + "\"}"));
  EXPECT_EQ(redacted(R"({"refresh_token":null,"token":true,"scope":"a b","n":1.5})").dump(),
            R"({"refresh_token":null,"token":true,"scope":"a b","n":1.5})");
}

TEST(RedactJson, InAnAnswerACodeMayTellTheError) {
  using enum Redactor::JsonOf;
  EXPECT_EQ(redacted(R"({"code":400112})", answer)["code"], 400112);
  EXPECT_EQ(redacted(R"({"error":{"code":"video_not_found"}})", api_answer)["error"]["code"],
            "video_not_found");
  EXPECT_EQ(redacted(R"({"code":"abc1"})", api_answer)["code"], fp("abc1"));
  EXPECT_EQ(redacted(R"({"code":"abc"})", answer)["code"], fp("abc"));
  EXPECT_EQ(redacted(R"({"code":123456})", request)["code"], fp("123456"));
}

TEST(RedactText, WhatThePredicateKnowsWhereverItStands) {
  const auto redactor = with_store();
  const std::string token{kToken};
  EXPECT_EQ(redactor.text("/v1/" + token + "/x"), "/v1/" + fp(token) + "/x");
  EXPECT_EQ(redactor.text(token), fp(token));
  EXPECT_EQ(redactor.text("a b=" + token + ", c"), "a b=" + fp(token) + ", c");
  EXPECT_EQ(redactor.text("user-" + token + "."), "user-" + fp(token) + ".");
  EXPECT_EQ(redactor.text("nothing here"), "nothing here");
}

TEST(RedactText, SeenThroughPercentEscapesOfAnyNumber) {
  const auto redactor = with_store();
  std::string all;
  for (const char c : kToken) {
    all += "%" + hex(std::array{static_cast<unsigned char>(c)});
  }
  EXPECT_EQ(redactor.text("x " + all), "x " + fp(kToken));
  EXPECT_EQ(redactor.text("x " + wire::percent_encode(all)), "x " + fp(kToken));
  EXPECT_EQ(redactor.text("code%3Dabc%26x"), "code=" + fp("abc") + "&x");
  EXPECT_EQ(redactor.text("100%25 sure"), "100%25 sure");
}

TEST(RedactText, SeenThroughBase64) {
  const auto redactor = with_store();
  const auto blob = base64("demo:" + std::string{kToken});
  EXPECT_EQ(redactor.text("got " + blob + "!"), "got " + fp(blob) + "!");
  EXPECT_EQ(redactor.text("/x/" + blob), "/x/" + fp(blob));
}

TEST(RedactText, ValuesBesideATellingName) {
  const Redactor redactor;
  EXPECT_EQ(redactor.text("at http://h/cb?code=abc&state=d e"),
            "at http://h/cb?code=" + fp("abc") + "&state=" + fp("d") + " e");
  EXPECT_EQ(redactor.text(R"({"access_token": "abc", "x)"),
            R"({"access_token": ")" + fp("abc") + R"(", "x)");
  EXPECT_EQ(redactor.text(R"({"refresh_token":"ab)"), R"({"refresh_token":")" + fp("ab"));
  EXPECT_EQ(redactor.text(R"(\"token\":\"abc\",\"x\")"),
            R"(\"token\":\")" + fp("abc") + R"(\",\"x\")");
  EXPECT_EQ(redactor.text("Invalid \"code\" in request."), "Invalid \"code\" in request.");
  EXPECT_EQ(redactor.text("grant_type=authorization_code"), "grant_type=authorization_code");
}

TEST(RedactText, APredicateThatThrowsIsTakenToSayYes) {
  const Redactor redactor{[](std::string_view) -> bool { throw std::runtime_error{"no store"}; }};
  EXPECT_EQ(redactor.text("the 12345678"), "the " + fp("12345678"));
}

TEST(RedactText, TwiceIsOnce) {
  const auto redactor = with_store();
  const auto once = redactor.text("code=abc " + std::string{kToken} + " %41");
  EXPECT_EQ(redactor.text(once), once);
}

TEST(RedactKnowing, FindsASecretInEverySpelling) {
  const std::string secret = "it's \"q\" & <b>";
  const auto redactor = Redactor{}.knowing({{"state", secret}});
  for (const auto& text : {secret, std::string{"it&#39;s &quot;q&quot; &amp; &lt;b&gt;"},
                           std::string{R"(it's \"q\" & <b>)"}, wire::form_encode(secret),
                           wire::percent_encode(secret)}) {
    EXPECT_EQ(redactor.text("<p>" + text + "</p>"), "<p>" + fp(secret) + "</p>") << text;
  }
}

TEST(RedactKnowing, ShortOnesOnlyWhole) {
  const auto redactor = Redactor{}.knowing({{"password", "hunter2"}, {"state", "abc"}});
  EXPECT_EQ(redactor.text("it is hunter2, not hunter22, abc"),
            "it is " + fp("hunter2") + ", not hunter22, abc");
}

TEST(RedactKnowing, TheLongestFirst) {
  const auto redactor = Redactor{}.knowing({{"a", "12345678"}, {"b", "1234567890"}});
  EXPECT_EQ(redactor.text("<1234567890>"), "<" + fp("1234567890") + ">");
}

TEST(RedactNoting, WritesDownWhatItMeets) {
  std::vector<Secret> secrets;
  const auto redactor = with_store().noting(secrets);
  (void)redactor.header("Authorization", "Basic " + base64("demo:pass"));
  (void)redactor.uri("/cb?state=abc");
  (void)redactor.text("x " + std::string{kToken});
  std::vector<std::string> lines;
  for (const auto& [name, value] : secrets) lines.push_back(name + "=" + value);
  EXPECT_THAT(lines, Contains("client_secret=pass"));
  EXPECT_THAT(lines, Contains("state=abc"));
  EXPECT_THAT(lines, Contains("secret=" + std::string{kToken}));
}

}  // namespace
}  // namespace heygen::mock
