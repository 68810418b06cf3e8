// Many connections, slow ones, blocked handlers: nobody starves, nothing grows without bound.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <barrier>
#include <deque>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "mock_server/wire/io_time.h"
#include "mock_server/wire/listener.h"
#include "mock_server/wire/raw_client.h"
#include "mock_server/wire/socket.h"

namespace heygen::mock::wire {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::RawClient;
using testing::request;
using testing::status_of;

Response ok(const Request& asked) {
  Response response;
  response.body = asked.target;
  return response;
}

std::unique_ptr<Listener> serve(Handler handler, Listener::Options options = {}) {
  raise_descriptor_limit(20'000);
  auto started = Listener::start(std::move(options), std::move(handler));
  EXPECT_EQ(started.error, "");
  return std::move(started.listener);
}

bool serves(const Listener& listener) {
  RawClient client(listener.port());
  client.send(request("GET", "/probe"));
  return body_of(client.response()) == "/probe";
}

void wait_for_open(const Listener& listener, std::size_t count) {
  while (listener.open_connections() != count) std::this_thread::yield();
}

TEST(ListenerLoad, FiveHundredIdleConnectionsAreInNobodysWay) {
  const auto listener = serve(ok);
  std::deque<RawClient> idle;
  for (int i = 0; i < 500; ++i) {
    idle.emplace_back(listener->port());
    idle.back().send(request("GET", "/hello"));
    ASSERT_EQ(status_of(idle.back().response()), 200);
  }
  EXPECT_TRUE(serves(*listener));
  for (auto& client : idle) {  // and each is served again
    client.send(request("GET", "/again"));
    ASSERT_EQ(body_of(client.response()), "/again");
  }
}

TEST(ListenerLoad, AThousandHalfSentRequestsStarveNobody) {
  const auto listener = serve(ok);
  const auto workers = listener->workers();
  std::deque<RawClient> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.emplace_back(listener->port());
    slow.back().send(i % 2 == 0
                         ? "GET /slow HTTP/1.1\r\nHost: a\r\nX-Lo"
                         : "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
  }
  EXPECT_TRUE(serves(*listener));
  EXPECT_EQ(listener->workers(), workers);
  slow[999].send("-done");
  EXPECT_EQ(body_of(slow[999].response()), "/slow");
}

TEST(ListenerLoad, LargeRequestsUnderWayHaveATotalAndSmallOnesAreTakenBeyondIt) {
  Listener::Options options;
  options.held_bytes = 250'000;
  const auto listener = serve(ok, options);
  const std::string most_of_it =
      "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n" +
      std::string(100'000, 'x');
  std::deque<RawClient> half;
  for (int i = 0; i < 2; ++i) {
    half.emplace_back(listener->port());
    half.back().send(most_of_it);
  }
  while (listener->held_bytes() < 200'000) std::this_thread::yield();
  RawClient refused(listener->port());
  refused.send(most_of_it);
  const auto answer = refused.rest();
  EXPECT_EQ(status_of(answer), 503) << answer;
  EXPECT_THAT(answer, ::testing::HasSubstr("send it again later"));
  RawClient small(listener->port());
  small.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nform=data");
  EXPECT_EQ(body_of(small.response()), "/small");
  half.pop_back();  // gone without its end
  half.back().send("x");
  EXPECT_EQ(body_of(half.back().response()), "/large");
  while (listener->held_bytes() > 0) std::this_thread::yield();
  RawClient later(listener->port());
  later.send(most_of_it + "x");
  EXPECT_EQ(body_of(later.response()), "/large");
}

TEST(ListenerLoad, AnIncompleteRequestIsGivenUpAfterItsTime) {
  Listener::Options options;
  options.request_timeout = 50ms;
  const auto listener = serve(ok, options);
  RawClient client(listener->port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
  const auto answer = client.rest();
  EXPECT_EQ(status_of(answer), 408);
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST(ListenerLoad, SendingAByteNowAndThenDoesNotExtendTheTime) {
  Listener::Options options;
  options.request_timeout = 20ms;
  options.linger_timeout = 20ms;
  const auto listener = serve(ok, options);
  RawClient client(listener->port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  // Bytes keep coming for as long as the server takes them.
  std::size_t sent = 0;
  while (sent < 30'000 && client.send("x") && listener->open_connections() == 1) {
    ++sent;
    std::this_thread::yield();
  }
  EXPECT_EQ(status_of(client.rest()), 408);
  wait_for_open(*listener, 0);
}

TEST(ListenerLoad, IdleConnectionsAreClosedAfterTheirTime) {
  Listener::Options options;
  options.idle_timeout = 50ms;
  const auto listener = serve(ok, options);
  RawClient silent(listener->port());
  RawClient served(listener->port());
  served.send(request("GET", "/"));
  EXPECT_EQ(status_of(served.response()), 200);
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(silent.end(), RawClient::End::fin);
  EXPECT_EQ(served.rest(), "");
  EXPECT_EQ(served.end(), RawClient::End::fin);
}

TEST(ListenerLoad, BeyondTheLimitTheLongestIdleIsClosed) {
  Listener::Options options;
  options.max_connections = 10;
  options.workers = 1;  // which has done with one connection before it turns to the next
  const auto listener = serve(ok, options);
  std::deque<RawClient> clients;
  for (int i = 0; i < 11; ++i) {
    clients.emplace_back(listener->port());
    clients.back().send(request("GET", "/"));
    ASSERT_EQ(status_of(clients.back().response()), 200) << i;
  }
  EXPECT_EQ(clients[0].rest(), "");
  EXPECT_EQ(clients[0].end(), RawClient::End::fin);
  clients[1].send(request("GET", "/"));
  EXPECT_EQ(status_of(clients[1].response()), 200);
  EXPECT_LE(listener->open_connections(), 10U);
}

TEST(ListenerLoad, HalfSentRequestsCannotLockOthersOut) {
  Listener::Options options;
  options.max_connections = 20;
  const auto listener = serve(ok, options);
  std::deque<RawClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(listener->port());
    slow.back().send("GET / HT");
  }
  EXPECT_TRUE(serves(*listener));
}

TEST(ListenerLoad, WhenAllAreBeingAnsweredANewcomerIsClosed) {
  std::latch entered(2);
  std::latch go_on(1);
  Listener::Options options;
  options.max_connections = 2;
  const auto listener = serve(
      [&](const Request& asked) {
        entered.count_down();
        go_on.wait();
        return ok(asked);
      },
      options);
  RawClient a(listener->port());
  RawClient b(listener->port());
  a.send(request("GET", "/a"));
  b.send(request("GET", "/b"));
  entered.wait();
  RawClient newcomer(listener->port());
  EXPECT_EQ(newcomer.rest(), "");
  go_on.count_down();
  EXPECT_EQ(body_of(a.response()), "/a");
  EXPECT_EQ(body_of(b.response()), "/b");
}

// A barrier of the faults holds its requests until all of them are there: each blocks a worker.
TEST(ListenerLoad, BlockedHandlersGetOthersToHelpThem) {
  constexpr int kParties = 100;
  std::barrier together(kParties);
  Listener::Options options;
  options.workers = 2;
  const auto listener = serve(
      [&](const Request& asked) {
        if (asked.target == "/barrier") together.arrive_and_wait();
        return ok(asked);
      },
      options);
  std::deque<RawClient> clients;
  for (int i = 0; i < kParties; ++i) {
    clients.emplace_back(listener->port());
    clients.back().send(request("GET", "/barrier"));
  }
  for (auto& client : clients) ASSERT_EQ(body_of(client.response()), "/barrier");
  EXPECT_GE(listener->workers(), 100U);
  EXPECT_TRUE(serves(*listener));
}

TEST(ListenerLoad, ThePoolIsBounded) {
  std::latch go_on(1);
  std::atomic<int> entered{0};
  Listener::Options options;
  options.workers = 1;
  options.max_workers = 4;
  const auto listener = serve(
      [&](const Request& asked) {
        ++entered;
        go_on.wait();
        return ok(asked);
      },
      options);
  std::deque<RawClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(listener->port());
    clients.back().send(request("GET", "/x"));
  }
  while (entered != 4) std::this_thread::yield();
  EXPECT_EQ(listener->workers(), 4U);
  go_on.count_down();
  for (auto& client : clients) ASSERT_EQ(body_of(client.response()), "/x");
}

TEST(ListenerLoad, WithoutDescriptorsItGoesOnWhenThereAreSome) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizers look at memory through descriptors of their own";
#endif
  Listener::Options options;
  const auto listener = serve(ok, options);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // Clients first, so that only accept() lacks descriptors.
  std::deque<RawClient> busy;
  rlimit tight = before;
  UniqueFd probe{::dup(0)};
  tight.rlim_cur = static_cast<rlim_t>(probe.get()) + 3;
  probe.reset();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  while (true) {
    busy.emplace_back(listener->port());
    if (!busy.back().connected()) break;
    busy.back().send("GET /half HT");
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  busy.clear();
  EXPECT_TRUE(serves(*listener));
}

// A connection gives way to others after so many turns; whichever turn finds the peer gone, the
// last one too, ends the connection and no more.
TEST(ListenerLoad, APeerThatFloodsAndIsGoneAtAnyTurnEndsOnlyItsOwnConnection) {
  constexpr int kRequests = 100;
  std::string flood;
  for (int i = 0; i < kRequests; ++i) flood += request("GET", "/" + std::to_string(i));
  for (int gone_at = 1; gone_at < kRequests; ++gone_at) {
    std::latch reached(1);
    std::latch gone(1);
    const auto last = "/" + std::to_string(gone_at);
    const auto listener = serve([&](const Request& asked) {
      if (asked.target == last) {
        reached.count_down();
        gone.wait();
      }
      return ok(asked);
    });
    {
      RawClient client(listener->port());
      client.send(flood);
      reached.wait();
    }  // its answers unread: the kernel sends an RST
    gone.count_down();
    wait_for_open(*listener, 0);
    ASSERT_TRUE(serves(*listener)) << "gone while request " << gone_at << " was answered";
  }
}

TEST(ListenerLoad, AnAnswerThatNobodyWaitsForDoesNotHoldUpTheEnd) {
  Listener::Options options;
  options.drain_timeout = std::chrono::hours{1};
  std::latch asked_for(1);
  const auto listener = serve(
      [&](const Request& asked) {
        auto response = ok(asked);
        response.delivery.delay = std::chrono::hours{1};
        asked_for.count_down();
        return response;
      },
      options);
  {
    RawClient client(listener->port());
    client.send(request("GET", "/"));
    asked_for.wait();
  }  // gives up
  listener->stop();
  EXPECT_EQ(listener->open_connections(), 0U);
}

TEST(ListenerLoad, ConnectionsOfManyThreadsAllGetTheirOwnAnswers) {
  const auto listener = serve(ok);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 20; ++round) {
        RawClient client(listener->port());
        for (int i = 0; i < 20; ++i) {
          const auto target = "/" + std::to_string(t) + "/" + std::to_string(i);
          client.send(request("GET", target));
          if (body_of(client.response()) != target) ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace heygen::mock::wire
