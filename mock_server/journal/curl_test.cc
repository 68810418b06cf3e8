#include "mock_server/journal/curl.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <memory>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/testing.h"

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kBase = "http://127.0.0.1:8765";

std::string command(const Entry& entry, std::string_view base = kBase) {
  return as_curl(entry, Redactor{}, base);
}

// What curl would be given, by a real shell in which `setup` was run.
std::vector<std::string> arguments(const Entry& entry, const std::string& setup = "") {
  const auto script = "curl() { printf '%s\\001' \"$@\"; }\n" + setup + "\n" + command(entry);
  std::string quoted;
  for (const char c : script) c == '\'' ? quoted += "'\\''" : quoted += c;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(("sh -c '" + quoted + "'").c_str(), "r"),
                                                   pclose};
  std::vector<std::string> out(1);
  for (int c = 0; pipe && (c = std::fgetc(pipe.get())) != EOF;) {
    c == 1 ? out.emplace_back() : out.back() += static_cast<char>(c);
  }
  out.pop_back();
  return out;
}

Entry get(std::string target) {
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.request.method = "GET";
  entry.request.target = std::move(target);
  return entry;
}

TEST(Curl, ATokenRequest) {
  EXPECT_EQ(command(token_exchange()),
            R"(curl http://127.0.0.1:8765/v1/oauth/token \
  --header 'Content-Type: application/x-www-form-urlencoded' \
  --data-raw grant_type=authorization_code \
  --data-raw client_id=demo \
  --data-urlencode code="$CODE" \
  --data-urlencode code_verifier="$CODE_VERIFIER" \
  --data-raw redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb)");
}

TEST(Curl, AnApiRequest) {
  Entry entry = get("/v1/user/me");
  entry.request.headers = {{"Host", "127.0.0.1:8765"},
                           {"Accept", "*/*"},
                           {"Connection", "keep-alive"},
                           {"User-Agent", "curl/7.88.1"},
                           {"Authorization", "Bearer abc"}};
  EXPECT_EQ(command(entry), R"(curl http://127.0.0.1:8765/v1/user/me \
  --header 'User-Agent: curl/7.88.1' \
  --header 'Authorization: Bearer '"$ACCESS_TOKEN")");
}

TEST(Curl, AnAuthorizeUrlKeepsItsBytes) {
  EXPECT_EQ(command(get("/oauth/authorize?client_id=demo&state=abc&x=%41&y"),
                    "http://127.0.0.1:8765/s/box"),
            "curl 'http://127.0.0.1:8765/s/box/oauth/authorize?client_id=demo&state='\"$STATE\""
            "'&x=%41&y'");
}

TEST(Curl, TheShellGivesBackWhatWasSent) {
  Entry entry = get("/it's?a=$HOME&b=`id`&c=\"\\&d=!x&e[]={1,2}");
  entry.request.headers = {{"X-Odd", "a 'b' \"c\" $D `e` \\ \n*"}, {"X-Empty", ""}};
  EXPECT_THAT(arguments(entry),
              ElementsAre("--globoff", std::string{kBase} + entry.request.target, "--header",
                          "X-Odd: a 'b' \"c\" $D `e` \\ \n*", "--header", "X-Empty;"));
}

TEST(Curl, VariablesStandForTheValuesThemselves) {
  EXPECT_THAT(arguments(token_exchange(), "CODE='a b' CODE_VERIFIER='$v'"),
              ElementsAre("http://127.0.0.1:8765/v1/oauth/token", "--header",
                          "Content-Type: application/x-www-form-urlencoded", "--data-raw",
                          "grant_type=authorization_code", "--data-raw", "client_id=demo",
                          "--data-urlencode", "code=a b", "--data-urlencode", "code_verifier=$v",
                          "--data-raw", "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb"));
}

TEST(Curl, EqualSecretsAreOneVariableAndOthersAreTold) {
  Entry entry = token_exchange();
  entry.request.headers.add("Authorization", "Bearer abc");
  entry.request.body = "token=abc&code=1&code=2&code=1";
  const auto text = command(entry);
  EXPECT_THAT(text, HasSubstr("token=\"$ACCESS_TOKEN\""));
  EXPECT_THAT(text, HasSubstr("code=\"$CODE\" \\\n  --data-urlencode code=\"$CODE_2\" \\\n"
                              "  --data-urlencode code=\"$CODE\""));
}

TEST(Curl, BasicBecomesUserAndPassword) {
  Entry entry = get("/");
  entry.request.headers.add("Authorization", "Basic ZGVtbzpwYXNz");  // demo:pass
  EXPECT_EQ(command(entry), "curl http://127.0.0.1:8765/ \\\n  --user demo:\"$CLIENT_SECRET\"");
}

TEST(Curl, ASecretInsideAnEncodedValueIsNotEncodedTwice) {
  Entry entry = token_exchange();
  entry.request.body = "redirect_uri=http%3A%2F%2Fh%2Fcb%3Fstate%3Dabc";
  EXPECT_THAT(command(entry), HasSubstr("--data-raw redirect_uri=http%3A%2F%2Fh%2Fcb%3Fstate%3D"
                                        "\"$STATE\""));
}

TEST(Curl, JsonBodies) {
  Entry entry = get("/v2/video/generate");
  entry.request.method = "POST";
  entry.request.headers = {{"Content-Type", "application/json"}};
  entry.request.body = R"({"title":"it's","token":"abc"})";
  EXPECT_THAT(arguments(entry, "TOKEN=xyz"),
              ElementsAre("http://127.0.0.1:8765/v2/video/generate", "--header",
                          "Content-Type: application/json", "--data-raw",
                          R"({"title":"it's","token":"xyz"})"));
}

TEST(Curl, WhatCannotBeShownIsAVariableToo) {
  Entry entry = token_exchange();
  entry.request.headers = {};
  entry.request.body = "not a form";
  EXPECT_EQ(command(entry), R"(curl http://127.0.0.1:8765/v1/oauth/token \
  --header Content-Type: \
  --data-raw "$BODY")");
}

TEST(Curl, TheMethodIsNamedWhereCurlWouldTakeAnother) {
  Entry entry = get("/");
  EXPECT_THAT(command(entry), Not(HasSubstr("--request")));
  entry.request.method = "DELETE";
  EXPECT_THAT(command(entry), HasSubstr("--request DELETE"));
  entry.request.method = "HEAD";
  EXPECT_THAT(command(entry), HasSubstr("--head"));
  entry.request.method = "GET";
  entry.request.body = "x";
  EXPECT_THAT(command(entry), HasSubstr("--request GET"));
  entry.request.method = "POST";
  EXPECT_THAT(command(entry), Not(HasSubstr("--request")));
}

TEST(Curl, AnotherHostIsNamed) {
  Entry entry = get("/oauth/token");
  entry.request.headers = {{"Host", "app.heygen.com"}};
  EXPECT_THAT(command(entry), HasSubstr("--header 'Host: app.heygen.com'"));
  entry.request.headers = {{"Host", "127.0.0.1:8765"}};
  EXPECT_THAT(command(entry, "http://127.0.0.1:8765/s/x"), Not(HasSubstr("Host")));
}

TEST(Curl, DotsInThePathStay) { EXPECT_THAT(command(get("/v1/../x")), HasSubstr("--path-as-is")); }

// The text of a variable's name comes from the request.
TEST(Curl, NoNameBreaksOutOfItsVariable) {
  Entry entry = get("/");
  entry.request.headers = {{"Cookie", "$(id);a\"`x`=1; PATH=2; =3"}};
  const auto text = command(entry);
  EXPECT_THAT(text, HasSubstr("PATH='\"$COOKIE_PATH\""));
  EXPECT_THAT(arguments(entry).size(), 3U);
  EXPECT_THAT(text, HasSubstr("='\"$COOKIE_A_X\""));
}

}  // namespace
}  // namespace heygen::mock
