#include "mock_server/core/authorize.h"

#include <gtest/gtest.h>

#include "mock_server/core/client_auth.h"
#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using testing::ManualClock;
using testing::ScriptedRandom;

constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

class Authorize : public ::testing::Test {
 protected:
  Authorize() {
    store_.put_client({"cli", {"http://127.0.0.1/cb", "http://[::1]/cb"}, std::nullopt, {}});
    store_.put_client({"web", {"https://app.test/cb?a=1"}, "secret", {}});
  }

  static AuthorizeParams good() {
    AuthorizeParams p;
    p.response_type = "code";
    p.client_id = "cli";
    p.redirect_uri = "http://127.0.0.1:49152/cb";
    p.state = "s";
    p.code_challenge = kChallenge;
    p.code_challenge_method = "S256";
    return p;
  }
  static AuthorizeParams good_web() {
    AuthorizeParams p = good();
    p.client_id = "web";
    p.redirect_uri = "https://app.test/cb?a=1";
    return p;
  }

  Context context() { return {store_, random_, clock_.now(), policy_, "https://issuer.test"}; }
  AuthorizeOutcome check(const AuthorizeParams& p) { return check_authorize(context(), p); }
  // The error, wherever it goes.
  std::string error_of(const AuthorizeParams& p) {
    const auto outcome = check(p);
    if (const auto* const r = std::get_if<AuthorizeRefused>(&outcome)) {
      return "refused " + std::string{r->error.code};
    }
    if (const auto* const r = std::get_if<AuthorizeRedirect>(&outcome)) {
      return "redirect " + std::string{r->error.code};
    }
    return "good";
  }
  std::string approve_to(const AuthorizeParams& p) {
    const auto outcome = check(p);
    return approve(context(), std::get<AuthorizeRequest>(outcome), "ann").location;
  }

  MemoryStore store_;
  ScriptedRandom random_;
  ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
};

TEST_F(Authorize, ACodeIsBoundToAllThatWasAskedFor) {  // RFC 6749 §4.1.2, RFC 7636 §4.4
  const auto outcome = check(good());
  const Approved approved = approve(context(), std::get<AuthorizeRequest>(outcome), "ann");
  const auto code = store_.find_code(approved.code);
  ASSERT_TRUE(code);
  EXPECT_EQ(code->value.size(), 48U);
  EXPECT_EQ(code->client_id, "cli");
  EXPECT_EQ(code->redirect_uri, "http://127.0.0.1:49152/cb");
  EXPECT_EQ(code->user, "ann");
  EXPECT_EQ(code->challenge.method, ChallengeMethod::s256);
  EXPECT_EQ(code->challenge.value, kChallenge);
  EXPECT_EQ(code->expires_at, clock_.now() + std::chrono::seconds{300});
  EXPECT_EQ(approved.location, "http://127.0.0.1:49152/cb?code=" + approved.code + "&state=s");
}

TEST_F(Authorize, NoTwoCodesAreAlike) { EXPECT_NE(approve_to(good()), approve_to(good())); }

TEST_F(Authorize, TheRegisteredQueryIsKept) {  // RFC 6749 §3.1.2
  EXPECT_TRUE(approve_to(good_web()).starts_with("https://app.test/cb?a=1&code="));
}

TEST_F(Authorize, StateComesBackByteForByte) {  // RFC 6749 §4.1.2
  AuthorizeParams p = good();
  p.state = "+ % & = / ~ \xc3\xa9 \"<>";
  EXPECT_TRUE(
      approve_to(p).ends_with("&state=%2B%20%25%20%26%20%3D%20%2F%20~%20%C3%A9%20%22%3C%3E"));
  p.state.reset();
  EXPECT_EQ(approve_to(p).find("state"), std::string::npos);
}

TEST_F(Authorize, TheIssuerIsSentWhereThePolicySaysSo) {  // RFC 9207 §2
  policy_.issuer = IssuerPolicy::send;
  EXPECT_TRUE(approve_to(good()).ends_with("&iss=https%3A%2F%2Fissuer.test"));
  const auto outcome = check(good());
  EXPECT_TRUE(deny(context(), std::get<AuthorizeRequest>(outcome))
                  .location.ends_with("&iss=https%3A%2F%2Fissuer.test"));
}

// RFC 9700 §2.1, §4.1.3: nothing but the registered URI, and no redirect to anything else.
TEST_F(Authorize, AnyDeviationOfTheRedirectUriIsRefusedWithoutARedirect) {
  for (const char* const uri :
       {"https://app.test/cb", "https://app.test/cb?a=1&b=2", "https://app.test/cb/?a=1",
        "https://app.test/CB?a=1", "https://app.test:443/cb?a=1", "http://app.test/cb?a=1",
        "https://app.test/cb?a=1#x", "https://u@app.test/cb?a=1", "https://app.test/x/../cb?a=1",
        "https://app.test%2Fcb?a=1", "https://app.test.evil.test/cb?a=1", "//app.test/cb?a=1",
        "javascript:alert(1)", ""}) {
    AuthorizeParams p = good_web();
    p.redirect_uri = uri;
    EXPECT_EQ(error_of(p), "refused invalid_request") << uri;
  }
}

TEST_F(Authorize, ALoopbackClientChoosesItsPort) {  // RFC 8252 §7.3
  for (const char* const uri : {"http://127.0.0.1/cb", "http://127.0.0.1:1/cb",
                                "http://127.0.0.1:65535/cb", "http://[::1]:49152/cb"}) {
    AuthorizeParams p = good();
    p.redirect_uri = uri;
    EXPECT_EQ(error_of(p), "good") << uri;
  }
  for (const char* const uri : {"http://localhost:1/cb", "http://127.0.0.2/cb",
                                "https://127.0.0.1/cb", "http://127.0.0.1:1/cb/"}) {
    AuthorizeParams p = good();
    p.redirect_uri = uri;
    EXPECT_EQ(error_of(p), "refused invalid_request") << uri;
  }
  policy_.redirect = RedirectPolicy::exact;
  AuthorizeParams p = good();
  EXPECT_EQ(error_of(p), "refused invalid_request");
}

TEST_F(Authorize, WhereSeveralAreRegisteredOneMustBeNamed) {  // RFC 6749 §3.1.2.3
  AuthorizeParams p = good();
  p.redirect_uri.reset();
  EXPECT_EQ(error_of(p), "refused invalid_request");
  AuthorizeParams web = good_web();
  web.redirect_uri.reset();
  EXPECT_EQ(error_of(web), "good");
}

TEST_F(Authorize, ByTheRfcProfileTheRedirectUriIsNeverGuessed) {
  policy_.errors = ErrorsPolicy::rfc;
  AuthorizeParams web = good_web();
  web.redirect_uri.reset();
  EXPECT_EQ(error_of(web), "refused invalid_request");
}

TEST_F(Authorize, APatternIsNoPlaceToRedirectTo) {
  store_.put_client({"any", {"http://127.0.0.1/*"}, std::nullopt, {}});
  AuthorizeParams p = good();
  p.client_id = "any";
  EXPECT_EQ(error_of(p), "good");
  p.redirect_uri.reset();
  EXPECT_EQ(error_of(p), "refused invalid_request");
}

// RFC 6749 §4.1.2.1: by redirect, once it is known where to. The vendor's library refuses.
TEST_F(Authorize, AWrongResponseTypeIsAnsweredAsTheProfileSays) {
  AuthorizeParams p = good();
  for (const auto& type : {std::optional<std::string>{"token"}, std::optional<std::string>{}}) {
    p.response_type = type;
    EXPECT_EQ(error_of(p), "refused unsupported_response_type");
  }
  policy_.errors = ErrorsPolicy::rfc;
  EXPECT_EQ(error_of(p), "redirect invalid_request");  // it is missing
  p.response_type = "token";
  EXPECT_EQ(error_of(p), "redirect unsupported_response_type");
}

TEST_F(Authorize, AMissingClientIdIsSaidToBeMissing) {
  AuthorizeParams p = good();
  p.client_id.reset();
  const auto outcome = check(p);
  EXPECT_EQ(std::get<AuthorizeRefused>(outcome).error.why, "client_id is missing");
}

TEST_F(Authorize, AMethodWithoutAChallengeIsNotPassedOver) {  // RFC 7636 §4.3
  AuthorizeParams p = good_web();                             // PKCE is this client's choice
  p.code_challenge.reset();
  const auto outcome = check(p);
  EXPECT_EQ(std::get<AuthorizeRedirect>(outcome).error.why,
            "code_challenge_method was sent without a code_challenge");
}

TEST_F(Authorize, PkceIsRequiredOfPublicClients) {  // RFC 7636 §4.4.1
  AuthorizeParams p = good();
  p.code_challenge.reset();
  p.code_challenge_method.reset();
  EXPECT_EQ(error_of(p), "redirect invalid_request");
  AuthorizeParams web = good_web();
  web.code_challenge.reset();
  web.code_challenge_method.reset();
  EXPECT_EQ(error_of(web), "good");
  policy_.pkce_confidential = PkcePolicy::required;
  EXPECT_EQ(error_of(web), "redirect invalid_request");
  policy_.pkce = PkcePolicy::if_sent;
  EXPECT_EQ(error_of(p), "good");
}

TEST_F(Authorize, OnlyS256IsTakenUnlessPlainIsAllowed) {  // RFC 9700 §2.1.1
  AuthorizeParams p = good();
  for (const char* const method : {"plain", "s256", "S512", "S256 "}) {
    p.code_challenge_method = method;
    EXPECT_EQ(error_of(p), "redirect invalid_request") << method;
  }
  p.code_challenge_method.reset();  // means plain, RFC 7636 §4.3
  EXPECT_EQ(error_of(p), "redirect invalid_request");
  policy_.plain = PlainPolicy::allowed;
  EXPECT_EQ(error_of(p), "good");
  p.code_challenge_method = "plain";
  EXPECT_EQ(error_of(p), "good");
  p.code_challenge_method = "s256";
  EXPECT_EQ(error_of(p), "redirect invalid_request");
}

TEST_F(Authorize, AMalformedChallengeIsRefusedWhereThePolicySaysSo) {  // RFC 7636 §4.2
  policy_.challenge = ChallengePolicy::well_formed;
  for (const char* const challenge : {"9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                                      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=",
                                      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"}) {
    AuthorizeParams p = good();
    p.code_challenge = challenge;
    EXPECT_EQ(error_of(p), "redirect invalid_request") << challenge;
  }
  EXPECT_EQ(error_of(good()), "good");
}

TEST_F(Authorize, ADenialBringsTheStateThatWasSent) {  // RFC 6749 §4.1.2.1
  const auto deny_to = [&](const AuthorizeParams& p) {
    const auto outcome = check(p);
    return deny(context(), std::get<AuthorizeRequest>(outcome)).location;
  };
  AuthorizeParams p = good();
  EXPECT_TRUE(deny_to(p).starts_with("http://127.0.0.1:49152/cb?error=access_denied&"));
  EXPECT_TRUE(deny_to(p).ends_with("&state=s"));
  p.state.reset();
  EXPECT_EQ(deny_to(p).find("state="), std::string::npos);
}

TEST_F(Authorize, AClientsOwnPolicyComesOnTop) {
  store_.put_client({"cli",
                     {"http://127.0.0.1/cb"},
                     std::nullopt,
                     {{"pkce", PolicyValue{"off"}}, {"code_ttl_s", PolicyValue{std::int64_t{7}}}}});
  AuthorizeParams p = good();
  p.code_challenge.reset();
  p.code_challenge_method.reset();
  const auto outcome = check(p);
  const Approved approved = approve(context(), std::get<AuthorizeRequest>(outcome), "ann");
  EXPECT_EQ(store_.find_code(approved.code)->expires_at, clock_.now() + std::chrono::seconds{7});
}

TEST_F(Authorize, AStrangerIsToldTheFlagThatWouldRegisterIt) {
  AuthorizeParams p = good();
  p.client_id = "nobody";
  const auto outcome = check(p);
  EXPECT_EQ(std::get<AuthorizeRefused>(outcome).error.why,
            "no such client; register it with --client 'nobody=http://127.0.0.1:49152/cb'");
  EXPECT_EQ(explain_unknown_client("a'; reboot; '\n", ""),
            "no such client; register it with --client 'a'\\''; reboot; '\\''?=REDIRECT_URI'");
}

TEST_F(Authorize, AStrangerOnLoopbackIsLetInWhereThePolicySaysSo) {
  policy_.unknown_client = UnknownClientPolicy::accept_loopback;
  AuthorizeParams p = good();
  p.client_id = "nobody";
  EXPECT_EQ(error_of(p), "good");
  p.redirect_uri = "https://evil.test/cb";
  EXPECT_EQ(error_of(p), "refused invalid_request");
}

TEST_F(Authorize, ParametersSentTwiceAreRefused) {  // RFC 6749 §3.1
  AuthorizeParams p = good();
  p.duplicated = "scope";
  EXPECT_EQ(error_of(p), "redirect invalid_request");
  for (const char* const whom : {"redirect_uri", "client_id"}) {  // where to, §4.1.2.1
    p.duplicated = whom;
    EXPECT_EQ(error_of(p), "refused invalid_request") << whom;
  }
}

}  // namespace
}  // namespace heygen::mock
