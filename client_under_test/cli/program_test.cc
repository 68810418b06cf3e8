// heygen-client as a user runs it, against a server that speaks the vendor's OAuth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <mutex>
#include <thread>

#include "client_under_test/adapter/line_reader.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/lib/unique_fd.h"
#include "client_under_test/testing/fakes.h"
#include "client_under_test/testing/temp_dir.h"
#include "client_under_test/testing/test_server.h"

namespace heygen::client {
namespace {

using testing::exchange_raw;
using ::testing::HasSubstr;
using testing::http_answer;
using testing::http_json;
using ::testing::Not;
using testing::RawRequest;
using testing::TestServer;

// A running heygen-client; its output and errors come in one stream.
class Program {
 public:
  Program(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    out_ = UniqueFd(ends[0]);
    UniqueFd end(ends[1]);
    std::string path = std::string(HEYGEN_BIN_DIR) + "/heygen-client";
    std::vector<char*> argv{path.data()};
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (const std::string& text : variables) envp.push_back(const_cast<char*>(text.c_str()));
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    EXPECT_EQ(::posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(), envp.data()), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ > 0) (void)finish();
  }

  // The next line that begins so.
  std::string await_line(std::string_view start) {
    std::string line;
    while (reader().next(line) == LineReader::Outcome::line) {
      output_ += line + "\n";
      if (line.starts_with(start)) return line;
    }
    ADD_FAILURE() << "no line begins with " << start << ", but there were:\n" << output_;
    return "";
  }
  int finish() {
    std::string line;
    while (reader().next(line) == LineReader::Outcome::line) output_ += line + "\n";
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  LineReader& reader() {
    if (!reader_) reader_.emplace(out_.get());
    return *reader_;
  }

  UniqueFd out_;
  std::optional<LineReader> reader_;
  std::string output_;
  pid_t pid_ = 0;
};

class ProgramTest : public ::testing::Test {
 protected:
  TestServer::Answer answer(const RawRequest& request) {
    const std::string target = request.target();
    if (target == "/v1/oauth/token") {
      if (request.body.find("grant_type=authorization_code") != std::string::npos &&
          request.body.find("code=GOOD") == std::string::npos) {
        return {http_json(
            400, R"({"error":"invalid_grant","error_description":")" + request.body + "\"}")};
      }
      return {http_json(200, R"({"token_type":"Bearer","access_token":"AT-SECRET",)"
                             R"("refresh_token":"RT-SECRET","expires_in":864000})")};
    }
    if (target == "/v1/oauth/refresh_token") {
      return {http_json(200, R"({"token_type":"Bearer","access_token":"AT2-SECRET"})")};
    }
    if (target == "/v1/oauth/device_authorization") {
      return {http_json(200, R"({"device_code":"DC-SECRET","user_code":"WXYZ","interval":0,)"
                             R"("verification_uri":"http://127.0.0.1:1/device","expires_in":60})")};
    }
    if (target == "/v1/oauth/revoke") return {http_json(200, "{}")};
    const bool good = request.head.find("Bearer AT") != std::string::npos;
    return {http_json(good ? 200 : 401, R"({"path":")" + target + "\"}")};
  }

  std::vector<std::string> variables(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"HEYGEN_BASE_URL=" + server.url(), "HEYGEN_CLIENT_ID=demo",
                                 "HEYGEN_STORE_DIR=" + (temp.path() / "state").string(),
                                 "PATH=/nonexistent"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // Exit code and output of a command that needs nobody.
  std::pair<int, std::string> run(const std::vector<std::string>& words) const {
    Program program(words, variables());
    const int code = program.finish();
    return {code, program.output()};
  }
  static int port_of(const std::string& url) {
    const std::string redirect = testing::query_value(url, "redirect_uri");
    return std::stoi(redirect.substr(std::string("http://127.0.0.1:").size()));
  }
  static std::string browse(const std::string& url, const std::string& query) {
    return exchange_raw(port_of(url), "GET /oauth/callback?" + query + " HTTP/1.1\r\n\r\n");
  }
  void log_in() const {
    Program login({"login", "--no-browser"}, variables());
    const std::string url = login.await_line("http://");
    EXPECT_THAT(browse(url, "code=GOOD&state=" + testing::query_value(url, "state")),
                HasSubstr("You are logged in"));
    EXPECT_EQ(login.finish(), 0) << login.output();
  }

  testing::TempDir temp;
  TestServer server{[this](const RawRequest& request) { return answer(request); }};
};

TEST_F(ProgramTest, LoginCallRefreshLogout) {
  EXPECT_EQ(run({"status"}), std::pair(4, std::string("not logged in\n")));
  log_in();
  const auto [status_code, status] = run({"status"});
  EXPECT_EQ(status_code, 0);
  EXPECT_THAT(status, HasSubstr("logged in\n  access token: expires 20"));
  EXPECT_THAT(status, Not(HasSubstr("SECRET")));
  EXPECT_EQ(run({"call", "/v3/users/me"}),
            std::pair(0, std::string("{\"path\":\"/v3/users/me\"}\n"
                                     "heygen-client: the API answered 200\n")));
  EXPECT_EQ(run({"call", "/v1", "--data", "{}", "--json"}),
            std::pair(0, std::string(R"({"status":200,"body":"{\"path\":\"/v1\"}"})"
                                     "\n")));
  EXPECT_EQ(run({"refresh"}), std::pair(0, std::string("refreshed\n")));
  EXPECT_EQ(run({"logout"}), std::pair(0, std::string("logged out\n")));
  EXPECT_THAT(server.requests().back().body, HasSubstr("token=RT-SECRET"));
  EXPECT_EQ(run({"call", "/v1"}).first, 4);
  EXPECT_EQ(run({"refresh", "--json"}),
            std::pair(4, std::string(R"({"ok":false,"error":{"kind":"login_required",)"
                                     R"("message":"not logged in"}})"
                                     "\n")));
}

TEST_F(ProgramTest, LoginWaitsOnAfterRequestsThatAreNotItsAnswer) {
  Program login({"login", "--no-browser"}, variables());
  const std::string url = login.await_line("http://");
  const std::string state = testing::query_value(url, "state");
  EXPECT_THAT(browse(url, "code=EVIL&state=WRONG"), HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(browse(url, "error=access_denied&state=WRONG"), HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(exchange_raw(port_of(url), "GET /favicon.ico HTTP/1.1\r\n\r\n"),
              HasSubstr("HTTP/1.1 404"));
  EXPECT_THAT(exchange_raw(port_of(url),
                           "HEAD /oauth/callback?code=GOOD&state=" + state + " HTTP/1.1\r\n\r\n"),
              HasSubstr("HTTP/1.1 405"));
  EXPECT_TRUE(server.requests().empty()) << "nothing was exchanged";
  EXPECT_THAT(browse(url, "code=GOOD&state=" + state), HasSubstr("HTTP/1.1 200"));
  EXPECT_EQ(login.finish(), 0);
}

TEST_F(ProgramTest, DeniedLoginFailsWithAnEscapedPage) {
  Program login({"login", "--no-browser"}, variables());
  const std::string url = login.await_line("http://");
  const std::string page =
      browse(url, "error=access_denied&error_description=%3Cscript%3ECANARY%3C/script%3E&state=" +
                      testing::query_value(url, "state"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;CANARY"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_EQ(login.finish(), 1);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(ProgramTest, RefusedCodeFailsAndShowsNothingOfTheAnswer) {
  Program login({"login", "--no-browser"}, variables());
  const std::string url = login.await_line("http://");
  const std::string page =
      browse(url, "code=BAD-SECRET&state=" + testing::query_value(url, "state"));
  EXPECT_EQ(login.finish(), 1);
  EXPECT_THAT(login.output(), HasSubstr("status 400 and error invalid_grant"));
  EXPECT_THAT(login.output() + page, Not(HasSubstr("SECRET")));
}

TEST_F(ProgramTest, BrowserIsOpenedByTheVariable) {
  const std::filesystem::path opened = temp.path() / "opened";
  const std::filesystem::path script = temp.path() / "browser";
  std::ofstream(script) << "#!/bin/sh\nprintf '%s' \"$1\" > " << opened.string() << ".part\n"
                        << "/bin/mv " << opened.string() << ".part " << opened.string() << "\n";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  Program login({"login"}, variables({"BROWSER=" + script.string()}));
  while (!std::filesystem::exists(opened)) std::this_thread::yield();
  std::string url;
  std::getline(std::ifstream(opened), url);
  (void)browse(url, "code=GOOD&state=" + testing::query_value(url, "state"));
  EXPECT_EQ(login.finish(), 0);
  EXPECT_EQ(login.output(), "logged in\n");
}

TEST_F(ProgramTest, UrlIsPrintedWhenNoBrowserCanBeOpened) {
  Program login({"login", "--timeout", "30s"}, variables({"BROWSER=/nonexistent"}));
  const std::string url = login.await_line("http://");
  (void)browse(url, "code=GOOD&state=" + testing::query_value(url, "state"));
  EXPECT_EQ(login.finish(), 0);
}

TEST_F(ProgramTest, LoginThatNobodyFinishesEnds) {
  const auto [code, output] = run({"login", "--no-browser", "--timeout", "10ms"});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(output, HasSubstr("no callback came in time; try again, or raise --timeout"));
}

TEST_F(ProgramTest, DeviceLoginShowsTheCodeForTheUserAndNotTheOther) {
  const auto [code, output] = run({"login", "--device"});
  EXPECT_EQ(code, 0) << output;
  EXPECT_THAT(output, HasSubstr("Open http://127.0.0.1:1/device\nand enter the code WXYZ\n"));
  EXPECT_THAT(output, Not(HasSubstr("SECRET")));
  EXPECT_EQ(run({"status"}).first, 0);
}

TEST_F(ProgramTest, WrongUsageIsExitCode2) {
  EXPECT_EQ(run({"nonsense"}).first, 2);
  EXPECT_EQ(run({"login", "--unknown"}).first, 2);
  EXPECT_EQ(run({"--version"}).first, 0);
  log_in();
  EXPECT_EQ(run({"call", "no-slash"}).first, 2);
}

}  // namespace
}  // namespace heygen::client
