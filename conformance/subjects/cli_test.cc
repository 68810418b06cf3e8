// Programs of one line stand for the program under test.

#include "conformance/subjects/cli.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "client_under_test/testing/temp_dir.h"

namespace heygen::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class CliDriver : public testing::Test {
 protected:
  void SetUp() override {
    auto started = mock::Server::start({});
    ASSERT_TRUE(started.server) << started.error;
    server_ = std::move(started.server);
  }

  std::unique_ptr<Subject> subject(std::string login, std::string call = "true") {
    CliOptions options;
    options.login = std::move(login);
    options.call = std::move(call);
    options.logout = "printf 'Really? '; read answer";
    options.timeout = 20s;
    factory_ = std::make_unique<CliFactory>(options, *server_);
    auto started = factory_->start();
    EXPECT_TRUE(started);
    Configuration to;
    to.api_url = server_->url();
    to.authorize_url = server_->url() + "/oauth/authorize";
    to.client_id = "me";
    to.store_dir = folder_.path().string();
    EXPECT_TRUE(started->get()->configure(to).wait());
    return std::move(started).value();
  }

  client::testing::TempDir folder_;
  std::unique_ptr<mock::Server> server_;
  std::unique_ptr<CliFactory> factory_;
};

TEST_F(CliDriver, CatchesAPrintedAddress) {
  const auto program = subject(
      "printf 'Docs: http://h/docs\\nGo to \\033[1m%s?client_id={client_id}"
      "\\033[0m\\n' {authorize_url}; sleep 100");
  const auto url = program->begin_login("a").wait();
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, server_->url() + "/oauth/authorize?client_id=me");
}

TEST_F(CliDriver, CatchesAnAddressThatIsOpenedAsItIs) {
  for (const char* opener : {"xdg-open", "\"$BROWSER\"", "sensible-browser", "open"}) {
    const auto program =
        subject("true; " + std::string(opener) + " 'http://h/?client_id=a b&x=%20'; sleep 100");
    const auto url = program->begin_login("a").wait();
    ASSERT_TRUE(url) << opener;
    EXPECT_EQ(*url, "http://h/?client_id=a b&x=%20");
  }
}

TEST_F(CliDriver, PressesAKeyForAProgramThatAsksForOne) {
  const auto program = subject(
      "printf 'Press Enter to open the browser'; read x; echo 'http://h/?client_id=a'; "
      "sleep 100");
  EXPECT_TRUE(program->begin_login("a").wait());
}

TEST_F(CliDriver, ALoginWithoutAnAddressSaysWhy) {
  const auto program = subject("echo 'error: no network' >&2; exit 7");
  const auto url = program->begin_login("a").wait();
  ASSERT_FALSE(url);
  EXPECT_EQ(url.failure().origin, Failure::Origin::refused);
  EXPECT_THAT(url.failure().message, HasSubstr("exit code 7: error: no network"));
}

TEST_F(CliDriver, EachSessionIsAUserOfItsOwn) {
  const auto program = subject("echo \"http://h/?client_id=$HOME\"; sleep 100");
  EXPECT_EQ(*program->begin_login("check/a").wait(),
            "http://h/?client_id=" + folder_.path().string() + "/a");
  EXPECT_EQ(*program->begin_login("check/b").wait(),
            "http://h/?client_id=" + folder_.path().string() + "/b");
}

TEST_F(CliDriver, ACommandThatHangsIsKilledAndItsQuestionToldToTheUser) {
  const auto program = subject("true");
  program->set_timeout(300ms);
  const auto out = program->logout("a").wait();
  ASSERT_FALSE(out);
  EXPECT_EQ(out.failure().origin, Failure::Origin::timeout);
  EXPECT_THAT(out.failure().message, HasSubstr("Really?"));
}

TEST_F(CliDriver, ACallIsWhatTheServerSawOfIt) {
  const auto program = subject("true", "curl -s {api_url}/v1/user/me");
  const auto answer = program->call_api("a", {}).wait();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(*program->state("a").wait(), LoginState::login_required);
}

TEST_F(CliDriver, ACallThatAsksNobodyFails) {
  const auto program = subject("true", "true");
  const auto answer = program->call_api("a", {}).wait();
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.failure().message, HasSubstr("made no API request"));
}

TEST_F(CliDriver, ACallThatCannotBeAskedForIsUnsupported) {
  const auto program = subject("true", "curl -s {api_url}{path}");
  const auto answer = program->call_api("a", {"POST", "/v1/x", "{}"}).wait();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.failure().origin, Failure::Origin::unsupported);
  EXPECT_THAT(answer.failure().message, HasSubstr("{method}"));
}

TEST_F(CliDriver, ACrashIsTold) {
  const auto program = subject("true", "kill -SEGV $$");
  const auto answer = program->call_api("a", {}).wait();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.failure().origin, Failure::Origin::gone);
}

TEST_F(CliDriver, WhatIsWrittenIsItsLogAndSoAreItsLogFiles) {
  const auto program = subject("true", "echo on the terminal; echo in a file > \"$HOME/x.log\"");
  (void)program->call_api("a", {}).wait();
  EXPECT_THAT(program->log_since(0), HasSubstr("on the terminal"));
  EXPECT_THAT(program->log_since(0), HasSubstr("in a file"));
  const std::size_t size = program->log_size();
  (void)program->state("a").wait();
  EXPECT_EQ(program->log_since(size), "on the terminal\n");
}

TEST_F(CliDriver, AnAnswerOfTheApiThatIsPrintedIsNoLog) {
  const auto program =
      subject("true", "echo before; curl -s {api_url}/v1/user/me; echo; echo after");
  (void)program->call_api("a", {}).wait();
  EXPECT_EQ(program->log_since(0), "before\n\nafter\n");
}

TEST_F(CliDriver, OfDozensOfLoginsTheLastOnesWait) {
  const auto program =
      subject("echo $$ >> \"$HOME/../pids\"; echo 'http://h/?client_id=a'; sleep 100");
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(program->begin_login(std::to_string(i)).wait());
  std::ifstream pids(folder_.path() / "pids");
  std::vector<bool> alive;
  for (int pid = 0; pids >> pid;) alive.push_back(::kill(pid, 0) == 0);
  EXPECT_EQ(alive, (std::vector<bool>{false, false, false, false, true, true, true, true, true,
                                      true, true, true}));
}

TEST_F(CliDriver, AfterAKillNothingStartsUntilARestart) {
  const auto program = subject("echo 'http://h/?client_id=a'; sleep 100");
  program->kill();
  EXPECT_EQ(program->begin_login("a").wait().failure().origin, Failure::Origin::gone);
  EXPECT_TRUE(program->trouble());
  EXPECT_TRUE(program->restart({}));
  EXPECT_FALSE(program->trouble());
  EXPECT_TRUE(program->begin_login("a").wait());
}

TEST_F(CliDriver, AProgramThatDoesNotExistIsRefusedAtOnce) {
  CliOptions options;
  options.login = "no-such-program-anywhere login";
  CliFactory factory(options, *server_);
  const auto started = factory.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.failure().message, HasSubstr("no-such-program-anywhere"));
}

}  // namespace
}  // namespace heygen::conformance
