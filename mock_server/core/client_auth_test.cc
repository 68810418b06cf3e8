#include "mock_server/core/client_auth.h"

#include <gtest/gtest.h>

#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

class ClientAuth : public ::testing::Test {
 protected:
  ClientAuth() {
    store_.put_client({"cli", {"http://127.0.0.1/cb"}, std::nullopt, {}});
    store_.put_client({"web", {"https://app.test/cb"}, "s3cret", {}});
  }

  static ClientCredentials in_body(std::optional<std::string_view> id,
                                   std::optional<std::string_view> secret = std::nullopt) {
    ClientCredentials credentials;
    credentials.id = id;
    credentials.secret = secret;
    return credentials;
  }
  static ClientCredentials by_basic(std::string_view id, std::string_view secret) {
    ClientCredentials credentials;
    credentials.basic_tried = true;
    credentials.basic = {id, secret};
    return credentials;
  }

  Result<std::shared_ptr<const Client>> ask(const ClientCredentials& credentials) {
    return authenticate({store_, random_, clock_.now(), policy_, ""}, credentials);
  }
  // Who was let in.
  std::string who(const ClientCredentials& credentials) {
    const auto client = ask(credentials);
    return client ? (*client)->id : "refused: " + client.error().why;
  }
  OAuthError refusal(const ClientCredentials& credentials) {
    const auto client = ask(credentials);
    if (!client) return client.error();
    ADD_FAILURE() << (*client)->id << " was let in";
    return {};
  }

  MemoryStore store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
};

TEST_F(ClientAuth, APublicClientSaysItsIdAlone) {  // RFC 6749 §3.2.1
  EXPECT_EQ(who(in_body("cli")), "cli");
  EXPECT_EQ(who(by_basic("cli", "")), "cli");  // an empty secret is none, §2.3.1
  for (const auto& credentials : {in_body("cli", "x"), by_basic("cli", "x")}) {
    EXPECT_EQ(refusal(credentials).why,
              "this client is public and has no secret: leave client_secret out, or register the "
              "client with --client 'cli=REDIRECT_URI,secret=…'");
  }
}

TEST_F(ClientAuth, AConfidentialClientProvesItselfEitherWay) {  // RFC 6749 §2.3.1
  EXPECT_EQ(who(in_body("web", "s3cret")), "web");
  EXPECT_EQ(who(by_basic("web", "s3cret")), "web");
  ClientCredentials both_ids = by_basic("web", "s3cret");
  both_ids.id = "web";
  EXPECT_EQ(who(both_ids), "web");
}

TEST_F(ClientAuth, ASecretThatIsMissingIsToldFromAWrongOne) {
  EXPECT_EQ(refusal(in_body("web")).why, "this client is confidential: its secret is missing");
  EXPECT_EQ(refusal(by_basic("web", "")).why, "this client is confidential: its secret is missing");
  for (const char* const wrong : {"s3creT", "s3cre", "s3cret "}) {
    EXPECT_EQ(refusal(in_body("web", wrong)).why, "the client secret is wrong") << wrong;
    EXPECT_EQ(refusal(by_basic("web", wrong)).why, "the client secret is wrong") << wrong;
  }
}

// RFC 6749 §5.2: who came by the Authorization field gets a challenge.
TEST_F(ClientAuth, TheStatusFollowsTheMethodThatWasTried) {
  EXPECT_EQ(refusal(in_body("web", "x")).status, 400);
  EXPECT_EQ(refusal(by_basic("web", "x")).status, 401);
  EXPECT_EQ(refusal(in_body("nobody")).status, 400);
  EXPECT_EQ(refusal(by_basic("nobody", "x")).status, 401);
  for (const auto& credentials : {in_body("web", "x"), by_basic("nobody", "x")}) {
    EXPECT_EQ(refusal(credentials).code, "invalid_client");
  }
}

TEST_F(ClientAuth, OneMethodInARequest) {  // RFC 6749 §2.3
  ClientCredentials both = by_basic("web", "s3cret");
  both.secret = "s3cret";
  EXPECT_EQ(refusal(both).id, ErrorId::client_methods_mixed);
  EXPECT_EQ(refusal(both).code, "invalid_request");
}

TEST_F(ClientAuth, TwoIdsMustBeTheSame) {
  ClientCredentials two = by_basic("web", "s3cret");
  two.id = "cli";
  EXPECT_EQ(refusal(two).why, "client_id in the body differs from the one in HTTP Basic");
}

TEST_F(ClientAuth, AnAuthorizationFieldThatCannotBeReadIsNotPassedOver) {
  ClientCredentials unreadable = in_body("cli");
  unreadable.basic_tried = true;
  EXPECT_EQ(refusal(unreadable).status, 401);
  EXPECT_EQ(refusal(unreadable).why,
            "the Authorization header is not HTTP Basic with base64(id:secret), both halves "
            "form-encoded (RFC 6749 §2.3.1)");
}

TEST_F(ClientAuth, NoIdIsNoClient) {
  EXPECT_EQ(refusal(in_body(std::nullopt)).why, "client_id is missing");
  EXPECT_EQ(refusal(by_basic("", "s3cret")).why, "client_id is missing");
  policy_.unknown_client = UnknownClientPolicy::accept_loopback;
  EXPECT_EQ(refusal(in_body(std::nullopt)).why, "client_id is missing");
}

TEST_F(ClientAuth, AStrangerIsToldHowToRegister) {
  ClientCredentials stranger = in_body("new");
  EXPECT_EQ(refusal(stranger).why, "no such client; register it with --client 'new=REDIRECT_URI'");
  stranger.redirect_uri = "http://127.0.0.1:1/cb";
  EXPECT_EQ(refusal(stranger).why,
            "no such client; register it with --client 'new=http://127.0.0.1:1/cb'");
}

TEST_F(ClientAuth, AStrangerIsAPublicClientWhereThePolicyTakesIt) {
  policy_.unknown_client = UnknownClientPolicy::accept_loopback;
  EXPECT_EQ(who(in_body("new")), "new");
  EXPECT_EQ((*ask(in_body("new")))->redirect_uris, loopback_redirects());
  EXPECT_EQ(refusal(in_body("new", "x")).id, ErrorId::client_secret_wrong);
  EXPECT_EQ(who(in_body("web", "s3cret")), "web");
  EXPECT_EQ(refusal(in_body("web")).id, ErrorId::client_secret_wrong);
}

// A page may have chosen the text, and a person pastes it.
TEST_F(ClientAuth, TheFlagIsSafeToPaste) {
  EXPECT_EQ(explain_unknown_client("a\x1b[31m\x7f", "x'$(reboot)'"),
            "no such client; register it with --client 'a?[31m?=x'\\''$(reboot)'\\'''");
}

}  // namespace
}  // namespace heygen::mock
