#include "client_under_test/adapter/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <stdexcept>

#include "client_under_test/lib/json.h"
#include "client_under_test/testing/fakes.h"
#include "client_under_test/testing/temp_dir.h"

namespace heygen::client {
namespace {

using ::testing::HasSubstr;
using testing::json_answer;
using testing::query_value;
using testing::tokens;

class AdapterTest : public ::testing::Test {
 protected:
  explicit AdapterTest(Seams seams = {})
      : adapter(AdapterParts{clock, [this](Instant at) { clock.advance(at - clock.now()); }, random,
                             transport, std::move(seams), "heygen-client", "1.2.3"},
                [this](std::string_view line) {
                  {
                    const std::lock_guard lock(mutex);
                    lines.emplace_back(line);
                  }
                  changed.notify_all();
                }) {}

  // The answer to a line, whenever it comes.
  std::string ask(const std::string& line) {
    const std::size_t before = count();
    adapter.handle(line);
    return await_line(before);
  }
  std::string op(const std::string& name, const std::string& params) {
    return ask(R"({"id":1,"op":")" + name + R"(","params":)" + params + "}");
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return lines.size();
  }
  std::string await_line(std::size_t index) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return lines.size() > index; });
    return lines[index];
  }

  std::string configuration(const std::string& more = "") const {
    std::string text = R"({"client_id":"demo","redirect_uri":"http://127.0.0.1:4000/cb?a=1",)";
    for (const char* name : {"authorize", "token", "refresh", "revoke", "device", "api"}) {
      text.append("\"")
          .append(name)
          .append(R"(_url":"http://127.0.0.1:1/)")
          .append(name)
          .append("\",");
    }
    return text + more + R"("store_dir":")" + temp.path().string() + "\"}";
  }
  void configure() {
    ASSERT_EQ(op("configure", configuration()), R"({"id":1,"ok":true,"result":{}})");
  }
  std::string callback_of(const std::string& session) {
    const auto answer = parse_json_object(op("begin_login", session_params(session)));
    const auto result = parse_json_object(answer->find("result")->text);
    return "http://127.0.0.1:4000/cb?a=1&code=C&state=" +
           query_value(result->string("authorize_url").value(), "state");
  }
  static std::string session_params(const std::string& session) {
    return R"({"session":")" + session + "\"}";
  }
  std::string log_in(const std::string& session) {
    transport.answer_with([](const HttpRequest&) { return tokens(1); });
    return op("callback",
              R"({"session":")" + session + R"(","url":")" + callback_of(session) + "\"}");
  }

  testing::TempDir temp;
  testing::ManualClock clock;
  testing::CountingRandom random;
  testing::FakeTransport transport;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  Adapter adapter;
};

constexpr const char* kDone = R"({"id":1,"ok":true,"result":{}})";

TEST_F(AdapterTest, HelloTellsNameVersionAndCapabilities) {
  EXPECT_EQ(ask(R"({"id":"x","op":"hello"})"),
            R"({"id":"x","ok":true,"result":{"name":"heygen-client","version":"1.2.3",)"
            R"("capabilities":["refresh","logout","restart","clock","concurrency","device",)"
            R"("download","two-sessions","two-processes","issuer","timeout","page"]}})");
}

TEST_F(AdapterTest, MalformedLinesAreAnsweredNotFollowed) {
  for (const char* line : {"", "x", "[]", "null", "{", "{\"id\":1"}) {
    EXPECT_EQ(ask(line), R"({"id":null,"ok":false,"error":{"kind":"bad_request",)"
                         R"("message":"each line must be one JSON object"}})")
        << line;
  }
  EXPECT_THAT(ask(R"({"id":7})"), HasSubstr(R"({"id":7,"ok":false,"error":{"kind":"bad_request")"));
  EXPECT_THAT(ask(R"({"id":{},"op":"hello","params":[]})"),
              HasSubstr(R"({"id":null,"ok":false,"error":{"kind":"bad_request")"));
  EXPECT_THAT(ask(R"({"id":7,"op":"nope"})"), HasSubstr(R"("kind":"unknown_op")"));
}

TEST_F(AdapterTest, UnknownParametersAreNamed) {
  EXPECT_EQ(op("state", R"({"session":"a","sesion":"b"})"),
            R"({"id":1,"ok":false,"error":{"kind":"bad_request",)"
            R"("message":"params: \"sesion\" is not known to state"}})");
}

TEST_F(AdapterTest, SessionsNeedAConfiguration) {
  EXPECT_THAT(op("begin_login", session_params("a")), HasSubstr("send configure first"));
}

TEST_F(AdapterTest, ConfigurationIsChecked) {
  EXPECT_THAT(op("configure", "{}"), HasSubstr("authorize_url: must be given, as a string"));
  EXPECT_THAT(op("configure", configuration(R"("client_auth":"jwt",)")),
              HasSubstr("client_auth: must be"));
  EXPECT_THAT(op("configure", configuration(R"("scope":7,)")), HasSubstr("scope: must be given"));
  EXPECT_EQ(
      op("configure", configuration(R"("scope":null,"issuer":"https://i","client_secret":"s",)")),
      kDone);
}

TEST_F(AdapterTest, SessionIsCheckedInEveryOperation) {
  configure();
  for (const char* name : {"begin_login", "begin_device_login", "state", "callback", "call_api",
                           "download", "refresh", "logout"}) {
    EXPECT_THAT(op(name, "{}"), HasSubstr("session: must be given")) << name;
    EXPECT_THAT(op(name, session_params("")), HasSubstr("session: must have 1 to 256")) << name;
    EXPECT_THAT(op(name, session_params(std::string(257, 'x'))), HasSubstr("1 to 256")) << name;
  }
}

TEST_F(AdapterTest, LoginGoesFromPendingToLoggedIn) {
  configure();
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("login_required"));
  const std::string url = callback_of("a");
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("pending"));
  transport.answer_with([](const HttpRequest&) { return tokens(1); });
  EXPECT_EQ(op("callback", R"({"session":"a","url":")" + url + "\"}"), kDone);
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("logged_in"));
  EXPECT_THAT(op("callback", R"({"session":"a","url":")" + url + "\"}"),
              HasSubstr(R"("kind":"state_mismatch")"));
}

TEST_F(AdapterTest, StateOfOneSessionIsNoGoodInAnother) {
  configure();
  const std::string url = callback_of("a");
  EXPECT_THAT(op("callback", R"({"session":"b","url":")" + url + "\"}"),
              HasSubstr(R"("kind":"state_mismatch")"));
  EXPECT_TRUE(transport.sent().empty());
}

TEST_F(AdapterTest, CallGivesStatusAndBody) {
  configure();
  ASSERT_EQ(log_in("a"), kDone);
  transport.answer_with([](const HttpRequest& request) {
    return json_answer(201, request.method + " " + request.url + " " + request.body);
  });
  EXPECT_EQ(
      op("call_api", R"({"session":"a","method":"POST","path":"/v1?x=1","body":"B"})"),
      R"({"id":1,"ok":true,"result":{"status":201,"body":"POST http://127.0.0.1:1/api/v1?x=1 B"}})");
  EXPECT_THAT(op("call_api", R"({"session":"a","method":"POST","path":"/v1","body":{"k":[1]}})"),
              HasSubstr(R"({\"k\":[1]})"));
  EXPECT_THAT(op("call_api", R"({"session":"a","method":"GET","path":"//evil","body":null})"),
              HasSubstr("http://127.0.0.1:1/api//evil"));
}

TEST_F(AdapterTest, DownloadGivesTheStatus) {
  configure();
  ASSERT_EQ(log_in("a"), kDone);
  transport.answer_with([](const HttpRequest&) { return json_answer(200, "x"); });
  EXPECT_EQ(op("download", R"({"session":"a","url":"http://127.0.0.1:2/f"})"),
            R"({"id":1,"ok":true,"result":{"status":200}})");
}

TEST_F(AdapterTest, RefreshAndLogoutAreDoneOrSayWhyNot) {
  configure();
  EXPECT_THAT(op("refresh", session_params("a")), HasSubstr(R"("kind":"login_required")"));
  ASSERT_EQ(log_in("a"), kDone);
  transport.answer_with([](const HttpRequest&) { return tokens(2); });
  EXPECT_EQ(op("refresh", session_params("a")), kDone);
  EXPECT_EQ(op("logout", session_params("a")), kDone);
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("login_required"));
}

TEST_F(AdapterTest, SetTimeMovesTheClockAndFiresDuePolls) {
  configure();
  transport.answer_with([](const HttpRequest&) {
    return json_answer(200, R"({"device_code":"DC","user_code":"UC","expires_in":600,)"
                            R"("verification_uri":"https://a.example/d"})");
  });
  EXPECT_EQ(
      op("begin_device_login", session_params("a")),
      R"({"id":1,"ok":true,"result":{"user_code":"UC","verification_uri":"https://a.example/d"}})");
  clock.await_sleeper();
  std::latch polled(1);
  transport.answer_with([&](const HttpRequest&) {
    polled.count_down();
    return tokens(1);
  });
  EXPECT_EQ(op("set_time", R"({"now":1767225605})"), kDone);
  polled.wait();
  for (const char* bad : {"{}", R"({"now":"1"})", R"({"now":-1})", R"({"now":1e300})"}) {
    EXPECT_THAT(op("set_time", bad), HasSubstr("now: must be the seconds since 1970")) << bad;
  }
}

TEST_F(AdapterTest, VisitShowsWhatTheBrowserIsShown) {
  configure();
  transport.answer_with([](const HttpRequest&) { return tokens(1); });
  const auto visit = [&](const std::string& method, const std::string& url) {
    return op("visit", R"({"session":"a","method":")" + method + R"(","url":")" + url + "\"}");
  };
  const std::string url = callback_of("a");
  EXPECT_THAT(visit("HEAD", url), HasSubstr(R"("status":405)"));
  EXPECT_THAT(visit("GET", url + "x"), HasSubstr(R"("status":400)"));
  const std::string shown = visit("GET", url);
  EXPECT_THAT(shown, HasSubstr(R"("status":200)"));
  EXPECT_THAT(shown, HasSubstr(R"("Cache-Control":"no-store")"));
  EXPECT_THAT(shown, HasSubstr("You are logged in"));
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("logged_in"));
}

TEST_F(AdapterTest, AnswersOverlap) {
  configure();
  ASSERT_EQ(log_in("a"), kDone);
  std::latch both(2);
  transport.answer_with([&](const HttpRequest&) {
    both.arrive_and_wait();
    return json_answer(200, "{}");
  });
  const std::size_t before = count();
  const std::string call = R"("op":"call_api","params":{"session":"a","method":"GET","path":"/"}})";
  adapter.handle(R"({"id":10,)" + call);
  adapter.handle(R"({"id":11,)" + call);
  const std::vector<std::string> answers{await_line(before), await_line(before + 1)};
  EXPECT_THAT(answers, ::testing::UnorderedElementsAre(HasSubstr("\"id\":10,\"ok\":true"),
                                                       HasSubstr("\"id\":11,\"ok\":true")));
}

TEST_F(AdapterTest, ConfiguringAgainStartsAfreshFromTheStore) {
  configure();
  ASSERT_EQ(log_in("a"), kDone);
  const std::string pending = callback_of("a");
  configure();
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("logged_in"));
  EXPECT_THAT(op("callback", R"({"session":"a","url":")" + pending + "\"}"),
              HasSubstr("state_mismatch"));
}

Seams seams_that_throw() {
  Seams seams;
  seams.token.read_lifetime = [](const JsonValue* member) -> std::optional<std::int64_t> {
    throw std::invalid_argument("cannot read " + (member == nullptr ? "" : member->text));
  };
  return seams;
}

class ThrowingAdapterTest : public AdapterTest {
 protected:
  ThrowingAdapterTest() : AdapterTest(seams_that_throw()) {}
};

TEST_F(ThrowingAdapterTest, ExceptionIsAnAnswerThatQuotesNothing) {
  configure();
  EXPECT_EQ(log_in("a"), R"({"id":1,"ok":false,"error":{"kind":"internal",)"
                         R"("message":"a defect of this program"}})");
  EXPECT_THAT(op("state", session_params("a")), HasSubstr("login_required"));
}

}  // namespace
}  // namespace heygen::client
