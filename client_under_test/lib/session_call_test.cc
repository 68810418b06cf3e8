// Calling the API and refreshing, through Client.
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <mutex>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::body_value;
using testing::json_answer;
using testing::MemoryStore;
using testing::Rig;
using testing::seconds;
using testing::tokens;

constexpr std::string_view kRefreshUrl = "http://127.0.0.1:8765/v1/oauth/refresh_token";

// A server with one live access token and one live refresh token, which it rotates.
class FakeServer {
 public:
  explicit FakeServer(int generation = 1) : generation_(generation) {}

  Result<HttpResponse> operator()(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.url == kRefreshUrl) {
      if (body_value(request, "refresh_token") != "RT" + std::to_string(generation_)) {
        return json_answer(400, R"({"error":"invalid_grant"})");
      }
      return tokens(++generation_);
    }
    const std::string expected = "Bearer AT" + std::to_string(generation_);
    const bool good = find_header(request.headers, "Authorization") == expected;
    return json_answer(good ? 200 : 401, R"({"code":100})");
  }

 private:
  std::mutex mutex_;
  int generation_;
};

std::vector<std::string> refresh_tokens_spent(const Rig& rig) {
  std::vector<std::string> spent;
  for (const HttpRequest& request : rig.transport.sent_to(kRefreshUrl)) {
    spent.push_back(body_value(request, "refresh_token"));
  }
  return spent;
}
std::vector<std::string> authorizations_seen(const Rig& rig, const std::string& path) {
  std::vector<std::string> seen;
  for (const HttpRequest& request : rig.transport.sent_to("http://127.0.0.1:8765" + path)) {
    seen.emplace_back(find_header(request.headers, "Authorization").value_or("none"));
  }
  return seen;
}

using Texts = std::vector<std::string>;

TEST(Call, SendsTheTokenInTheHeaderAndNoWhereElse) {
  Rig rig;
  rig.log_in();
  FakeServer server;
  rig.transport.answer_with(std::ref(server));
  const auto response = rig.client.call("alice", "POST", "/v2/video/generate?x=1", "{\"a\":1}");
  EXPECT_EQ(response->status, 200);
  const HttpRequest sent = rig.transport.sent().back();
  EXPECT_EQ(sent.url, "http://127.0.0.1:8765/v2/video/generate?x=1");
  EXPECT_EQ(sent.body, "{\"a\":1}");
  EXPECT_EQ(find_header(sent.headers, "Authorization"), "Bearer AT1");
  EXPECT_EQ(find_header(sent.headers, "X-Api-Key"), std::nullopt);
}

TEST(Call, FreshTokenIsNotRefreshed) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(200, "{}"); });
  rig.clock.advance(std::chrono::hours{1});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(rig.client.call("alice", "GET", "/v1"));
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{});
}

TEST(Call, ExpiredTokenIsRefreshedBeforeItIsSent) {
  Rig rig;
  rig.log_in();
  FakeServer server;
  rig.transport.answer_with(std::ref(server));
  rig.clock.advance(seconds{864001});
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
  EXPECT_EQ(authorizations_seen(rig, "/v1"), Texts{"Bearer AT2"});
}

TEST(Call, RotatedRefreshTokensFormAChain) {
  Rig rig;
  rig.log_in();
  FakeServer server;
  rig.transport.answer_with(std::ref(server));
  for (int i = 0; i < 3; ++i) {
    rig.clock.advance(seconds{864001});
    EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
  }
  EXPECT_EQ(refresh_tokens_spent(rig), (Texts{"RT1", "RT2", "RT3"}));
}

TEST(Call, RefreshTokenNotReplacedIsKept) {
  for (const char* member : {"", R"(,"refresh_token":null)", R"(,"refresh_token":"")"}) {
    Rig rig;
    rig.log_in();
    rig.transport.answer_with([&](const HttpRequest&) {
      return json_answer(200, std::string(R"({"token_type":"Bearer","access_token":"AT9",)"
                                          R"("expires_in":60)") +
                                  member + "}");
    });
    for (int i = 0; i < 2; ++i) {
      rig.clock.advance(seconds{864001});
      EXPECT_TRUE(rig.client.call("alice", "GET", "/v1"));
    }
    EXPECT_EQ(refresh_tokens_spent(rig), (Texts{"RT1", "RT1"})) << member;
  }
}

TEST(Call, A401IsFollowedByOneRefreshAndOneRetryOfTheSameRequest) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest& request) {
    if (request.url == kRefreshUrl) return tokens(2);
    const bool good = find_header(request.headers, "Authorization") == "Bearer AT2";
    return json_answer(good ? 200 : 401, "{}");
  });
  EXPECT_EQ(rig.client.call("alice", "POST", "/v3/videos", "BODY")->status, 200);
  const auto sent = rig.transport.sent_to("http://127.0.0.1:8765/v3/videos");
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].method, "POST");
  EXPECT_EQ(sent[1].body, "BODY");
  EXPECT_EQ(authorizations_seen(rig, "/v3/videos"), (Texts{"Bearer AT1", "Bearer AT2"}));
}

TEST(Call, A401ForEverIsNoLoop) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest& request) {
    return request.url == kRefreshUrl ? tokens(2) : json_answer(401, "{}");
  });
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 401);
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{"RT1"});
  EXPECT_EQ(authorizations_seen(rig, "/v1").size(), 2U);
}

TEST(Call, OtherRefusalsOfTheApiCostNoRefresh) {
  for (const int status : {403, 429, 500, 503}) {
    Rig rig;
    rig.log_in();
    rig.transport.answer_with([=](const HttpRequest&) { return json_answer(status, "{}"); });
    EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, status);
    EXPECT_EQ(refresh_tokens_spent(rig), Texts{});
  }
}

TEST(Call, LifetimeOfNothingIsNoRefreshStorm) {
  for (const int lifetime : {0, -1}) {
    Rig rig;
    rig.log_in("alice", tokens(1, lifetime));
    rig.transport.answer_with([=](const HttpRequest& request) {
      return request.url == kRefreshUrl ? tokens(2, lifetime) : json_answer(200, "{}");
    });
    EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
    EXPECT_EQ(refresh_tokens_spent(rig), Texts{});
  }
}

TEST(Call, UnknownLifetimeIsNotInheritedFromTheOldToken) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest& request) {
    return request.url == kRefreshUrl
               ? json_answer(200, R"({"token_type":"Bearer","access_token":"AT2"})")
               : json_answer(200, "{}");
  });
  rig.clock.advance(seconds{864001});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rig.client.call("alice", "GET", "/v1"));
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{"RT1"});
}

TEST(Call, ExpiryWithoutARefreshTokenAsksForALogin) {
  Rig rig;
  rig.log_in("alice", json_answer(200, R"({"token_type":"Bearer","access_token":"AT1",)"
                                       R"("expires_in":60})"));
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(200, "{}"); });
  rig.clock.advance(seconds{59});
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
  rig.clock.advance(seconds{1});
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1").error().kind, ErrorKind::login_required);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{});
}

TEST(Call, DeadRefreshTokenIsSpentOnce) {
  for (const int status : {400, 401}) {
    Rig rig;
    rig.log_in();
    rig.transport.answer_with(
        [=](const HttpRequest&) { return json_answer(status, R"({"error":"invalid_grant"})"); });
    rig.clock.advance(seconds{864001});
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(rig.client.call("alice", "GET", "/v1").error().kind, ErrorKind::login_required);
    }
    EXPECT_EQ(refresh_tokens_spent(rig), Texts{"RT1"});
    EXPECT_EQ(authorizations_seen(rig, "/v1"), Texts{});
    EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
    EXPECT_EQ(rig.own_store.text("alice"), "");
  }
}

TEST(Call, PassingTroubleKeepsTheLogin) {
  const std::vector<Result<HttpResponse>> troubles{
      Error{ErrorKind::transport, "timed out"},
      Error{ErrorKind::unsafe_response, "too large"},
      json_answer(500, ""),
      json_answer(429, "{}"),
      json_answer(200, R"({"token_type":"Bearer"})"),
      HttpResponse{200, {{"Content-Type", "text/html"}}, "<html>"}};
  for (const Result<HttpResponse>& trouble : troubles) {
    Rig rig;
    rig.log_in();
    rig.transport.answer_with([&](const HttpRequest&) { return trouble; });
    rig.clock.advance(seconds{864001});
    EXPECT_NE(rig.client.call("alice", "GET", "/v1").error().kind, ErrorKind::login_required);
    EXPECT_EQ(rig.client.state("alice").value(), LoginState::logged_in);
    FakeServer server;
    rig.transport.answer_with(std::ref(server));
    EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
    EXPECT_EQ(refresh_tokens_spent(rig), (Texts{"RT1", "RT1"}));
  }
}

TEST(Call, TokenThatStillLivesIsUsedWhenItsRefreshFails) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest& request) {
    return json_answer(request.url == kRefreshUrl ? 503 : 200, "{}");
  });
  rig.clock.advance(seconds{864000 - 30});
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
  EXPECT_EQ(authorizations_seen(rig, "/v1"), Texts{"Bearer AT1"});
}

TEST(Call, RetryAfterIsAFloorForTheNextRefresh) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) {
    return HttpResponse{503, {{"Retry-After", "30"}}, ""};
  });
  rig.clock.advance(seconds{864001});
  EXPECT_FALSE(rig.client.call("alice", "GET", "/v1"));
  FakeServer server;
  rig.transport.answer_with(std::ref(server));
  rig.clock.advance(seconds{29});
  EXPECT_FALSE(rig.client.call("alice", "GET", "/v1"));
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{"RT1"});
  rig.clock.advance(seconds{1});
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
}

TEST(Call, ManyAtOnceCostOneRefresh) {
  Rig rig;
  rig.log_in();
  FakeServer server;
  constexpr int kCallers = 20;
  std::latch all_called(kCallers);
  rig.transport.answer_with([&](const HttpRequest& request) {
    if (request.url == kRefreshUrl) all_called.wait();
    return server(request);
  });
  rig.clock.advance(seconds{864001});
  std::vector<std::future<int>> calls;
  for (int i = 0; i < kCallers; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      all_called.count_down();
      return rig.client.call("alice", "GET", "/v1")->status;
    }));
  }
  for (auto& call : calls) EXPECT_EQ(call.get(), 200);
  EXPECT_EQ(refresh_tokens_spent(rig), Texts{"RT1"});
}

TEST(Call, RefreshOfOneUserLeavesTheOtherAlone) {
  Rig rig;
  rig.log_in("alice");
  rig.log_in("bob", tokens(7));
  rig.transport.answer_with([](const HttpRequest& request) {
    return request.url == kRefreshUrl ? tokens(2) : json_answer(200, "{}");
  });
  EXPECT_TRUE(rig.client.refresh("alice"));
  EXPECT_TRUE(rig.client.call("bob", "GET", "/v1"));
  EXPECT_TRUE(rig.client.call("alice", "GET", "/v1"));
  EXPECT_EQ(authorizations_seen(rig, "/v1"), (Texts{"Bearer AT7", "Bearer AT2"}));
}

TEST(Call, RotatedTokenIsStoredBeforeItIsUsed) {
  MemoryStore store;
  Rig rig(store);
  rig.log_in();
  std::string stored_at_the_first_use;
  FakeServer server;
  rig.transport.answer_with([&](const HttpRequest& request) {
    if (request.url != kRefreshUrl) stored_at_the_first_use = store.text("alice");
    return server(request);
  });
  rig.clock.advance(seconds{864001});
  EXPECT_TRUE(rig.client.call("alice", "GET", "/v1"));
  EXPECT_NE(stored_at_the_first_use.find("\"RT2\""), std::string::npos);
}

TEST(Call, FullDiskIsReportedAndTheProcessGoesOn) {
  Rig rig;
  rig.log_in();
  FakeServer server;
  rig.transport.answer_with(std::ref(server));
  rig.own_store.refuse_saves(true);
  for (int i = 0; i < 2; ++i) {
    rig.clock.advance(seconds{864001});
    EXPECT_EQ(rig.client.call("alice", "GET", "/v1")->status, 200);
  }
  EXPECT_EQ(refresh_tokens_spent(rig), (Texts{"RT1", "RT2"}));
  EXPECT_NE(rig.log.find("the disk is full"), std::string::npos);
}

TEST(Processes, WithOneStoreSpendARefreshTokenOnce) {
  MemoryStore store;
  Rig one(store);
  Rig two(store);
  one.log_in();
  EXPECT_EQ(two.client.state("alice").value(), LoginState::logged_in);
  FakeServer server;
  one.transport.answer_with(std::ref(server));
  two.transport.answer_with(std::ref(server));
  one.clock.advance(seconds{864001});
  two.clock.advance(seconds{864001});
  auto first =
      std::async(std::launch::async, [&] { return one.client.call("alice", "GET", "/v1"); });
  const auto second = two.client.call("alice", "GET", "/v1");
  EXPECT_EQ(first.get()->status, 200);
  EXPECT_EQ(second->status, 200);
  EXPECT_EQ(refresh_tokens_spent(one).size() + refresh_tokens_spent(two).size(), 1U);
}

TEST(Processes, LogoutInOneEndsTheRefreshOfTheOther) {
  MemoryStore store;
  Rig one(store);
  Rig two(store);
  one.log_in();
  one.transport.answer_with([&](const HttpRequest& request) {
    if (request.url == kRefreshUrl) {
      EXPECT_TRUE(store.remove("alice"));  // as another process that cannot wait for the lock does
      return tokens(2);
    }
    return json_answer(200, "{}");
  });
  EXPECT_EQ(one.client.refresh("alice").error().kind, ErrorKind::login_required);
  EXPECT_EQ(store.text("alice"), "");
  const auto revoked = one.transport.sent_to("http://127.0.0.1:8765/v1/oauth/revoke");
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(body_value(revoked[0], "token"), "RT2");
}

TEST(Logout, DuringARefreshLeavesTheUserLoggedOut) {
  Rig rig;
  rig.log_in();
  std::latch refreshing(1);
  std::latch logged_out(1);
  rig.transport.answer_with([&](const HttpRequest&) {
    refreshing.count_down();
    logged_out.wait();
    return tokens(2);
  });
  auto refresh = std::async(std::launch::async, [&] { return rig.client.refresh("alice"); });
  refreshing.wait();
  std::once_flag once;  // the refresh that comes too late revokes what it got as well
  rig.transport.answer_with([&](const HttpRequest&) {
    std::call_once(once, [&] { logged_out.count_down(); });  // the revocation comes last
    return json_answer(200, "");
  });
  EXPECT_TRUE(rig.client.logout("alice"));
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(200, ""); });
  EXPECT_EQ(refresh.get().error().kind, ErrorKind::login_required);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
  EXPECT_EQ(rig.own_store.text("alice"), "");
}

TEST(Download, GetsTheTokenOnlyAtTheApisOrigin) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return HttpResponse{200, {}, "x"}; });
  EXPECT_EQ(rig.client.download("alice", "http://127.0.0.1:8765/files/1").value(), 200);
  EXPECT_EQ(rig.client.download("alice", "http://127.0.0.1:9999/files/1").value(), 200);
  EXPECT_EQ(rig.client.download("alice", "http://localhost:8765/files/1").value(), 200);
  const auto sent = rig.transport.sent();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(find_header(sent[1].headers, "Authorization"), "Bearer AT1");
  EXPECT_EQ(find_header(sent[2].headers, "Authorization"), std::nullopt);
  EXPECT_EQ(find_header(sent[3].headers, "Authorization"), std::nullopt);
  EXPECT_EQ(rig.client.download("alice", "http://evil.example/").error().kind,
            ErrorKind::bad_request);
}

}  // namespace
}  // namespace heygen::client
