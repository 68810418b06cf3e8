// The adapter over real pipes and sockets.
#include "client_under_test/adapter/run_adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <future>
#include <latch>

#include "client_under_test/adapter/line_reader.h"
#include "client_under_test/lib/unique_fd.h"
#include "client_under_test/testing/fakes.h"
#include "client_under_test/testing/temp_dir.h"
#include "client_under_test/testing/test_server.h"

namespace heygen::client {
namespace {

using ::testing::HasSubstr;
using testing::http_json;
using testing::RawRequest;
using testing::TestServer;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

class RunAdapter : public ::testing::Test {
 protected:
  RunAdapter()
      : exit_code(std::async(std::launch::async, [this] {
          return run_adapter({in.read.get(), out.write.get(), log.write.get(), {}, "1.2.3"});
        })) {}
  ~RunAdapter() override { in.write.reset(); }

  void send(const std::string& line) const {
    EXPECT_EQ(::write(in.write.get(), (line + "\n").data(), line.size() + 1), std::ssize(line) + 1);
  }
  std::string receive() {
    std::string line;
    EXPECT_EQ(reader.next(line), LineReader::Outcome::line);
    return line;
  }
  std::string ask(const std::string& line) {
    send(line);
    return receive();
  }
  void configure(const TestServer& server) {
    std::string text = R"({"id":1,"op":"configure","params":{"client_id":"demo",)";
    for (const char* name : {"authorize", "token", "refresh", "revoke", "device", "api"}) {
      text.append("\"")
          .append(name)
          .append("_url\":\"")
          .append(server.url("/"))
          .append(name)
          .append("\",");
    }
    text += R"("redirect_uri":"http://127.0.0.1:4000/cb","store_dir":")" + temp.path().string();
    ASSERT_EQ(ask(text + "\"}}"), R"({"id":1,"ok":true,"result":{}})");
  }
  std::string log_in() {
    const auto begun =
        parse_json_object(ask(R"({"id":2,"op":"begin_login","params":{"session":"a"}})"));
    const auto result = parse_json_object(begun->find("result")->text);
    const std::string state =
        testing::query_value(result->string("authorize_url").value(), "state");
    return ask(R"({"id":3,"op":"callback","params":{"session":"a",)"
               R"("url":"http://127.0.0.1:4000/cb?code=C&state=)" +
               state + "\"}}");
  }

  testing::TempDir temp;
  Pipe in;
  Pipe out;
  Pipe log;
  LineReader reader{out.read.get()};
  std::future<int> exit_code;
};

constexpr const char* kTokens =
    R"({"token_type":"Bearer","access_token":"AT-SECRET","refresh_token":"RT-SECRET",)"
    R"("expires_in":864000})";

TEST_F(RunAdapter, LogsInAndCallsTheApi) {
  TestServer server([](const RawRequest& request) {
    return TestServer::Answer{request.target() == "/token" ? http_json(200, kTokens)
                                                           : http_json(200, "{\"code\":100}")};
  });
  configure(server);
  EXPECT_EQ(log_in(), R"({"id":3,"ok":true,"result":{}})");
  EXPECT_EQ(ask(R"({"id":4,"op":"call_api","params":{"session":"a","method":"GET","path":"/v1"}})"),
            R"({"id":4,"ok":true,"result":{"status":200,"body":"{\"code\":100}"}})");
  EXPECT_THAT(server.requests().back().head, HasSubstr("GET /api/v1 HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().back().head, HasSubstr("Authorization: Bearer AT-SECRET\r\n"));
}

TEST_F(RunAdapter, EndOfInputEndsItAtOnceWhateverIsUnderWay) {
  std::latch called(1);
  TestServer server([&](const RawRequest&) {
    called.count_down();
    return TestServer::Answer{"", true};  // for ever
  });
  configure(server);
  send(R"({"id":4,"op":"begin_device_login","params":{"session":"a"}})");
  called.wait();
  in.write.reset();
  EXPECT_EQ(exit_code.get(), 0);
}

TEST_F(RunAdapter, LogHasNoSecrets) {
  TestServer server([](const RawRequest& request) {
    return TestServer::Answer{request.target() == "/token"
                                  ? http_json(200, kTokens)
                                  : http_json(400, "{\"error\":\"" + request.body + "\"}")};
  });
  configure(server);
  EXPECT_EQ(log_in(), R"({"id":3,"ok":true,"result":{}})");
  const std::string refused = ask(R"({"id":4,"op":"refresh","params":{"session":"a"}})");
  EXPECT_THAT(refused, HasSubstr("login_required"));
  in.write.reset();
  EXPECT_EQ(exit_code.get(), 0);
  log.write.reset();
  std::string text = refused;
  LineReader lines(log.read.get());
  for (std::string line; lines.next(line) == LineReader::Outcome::line;) text += line + "\n";
  EXPECT_THAT(text, HasSubstr("token endpoint answered 200"));
  EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
}

TEST_F(RunAdapter, LineThatIsTooLongIsRefused) {
  send(std::string(1024 * 1024 + 1, 'x'));
  EXPECT_EQ(receive(), R"({"id":null,"ok":false,"error":{"kind":"bad_request",)"
                       R"("message":"a line must not be longer than 1 MiB"}})");
  EXPECT_THAT(ask(R"({"id":1,"op":"hello"})"), HasSubstr("\"ok\":true"));
}

}  // namespace
}  // namespace heygen::client
