#include "mock_server/wire/framing.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

namespace heygen::mock::wire {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Everything a byte stream yields: the complete requests, then what stopped it.
struct Seen {
  std::vector<FramedRequest> requests;
  RequestFramer::State state = RequestFramer::State::idle;
  int status = 0;
  std::string reason;
};

Seen frame(std::string_view bytes, std::size_t step, const FramingLimits& limits) {
  Seen seen;
  RequestFramer framer;
  while (!bytes.empty() && framer.state() != RequestFramer::State::refused) {
    auto piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    while (!piece.empty() && framer.state() != RequestFramer::State::refused) {
      piece.remove_prefix(framer.feed(piece, limits));
      if (framer.state() == RequestFramer::State::complete) seen.requests.push_back(framer.take());
    }
  }
  seen.state = framer.state();
  if (seen.state == RequestFramer::State::refused) {
    seen.status = framer.refusal().status;
    seen.reason = framer.refusal().reason;
  }
  return seen;
}

// Frames the bytes in one piece and a byte at a time; both must see the same.
Seen frame(std::string_view bytes, const FramingLimits& limits = {}) {
  auto whole = frame(bytes, bytes.size(), limits);
  const auto single = frame(bytes, 1, limits);
  EXPECT_EQ(whole.state, single.state) << bytes.substr(0, 200);
  EXPECT_EQ(whole.status, single.status) << bytes.substr(0, 200);
  EXPECT_EQ(whole.reason, single.reason) << bytes.substr(0, 200);
  EXPECT_EQ(whole.requests.size(), single.requests.size());
  for (std::size_t i = 0; i < std::min(whole.requests.size(), single.requests.size()); ++i) {
    EXPECT_EQ(whole.requests[i].request.target, single.requests[i].request.target);
    EXPECT_EQ(whole.requests[i].request.body, single.requests[i].request.body);
    EXPECT_EQ(whole.requests[i].request.headers.size(), single.requests[i].request.headers.size());
  }
  return whole;
}

int refused_with(std::string_view bytes) {
  const auto seen = frame(bytes);
  EXPECT_EQ(seen.state, RequestFramer::State::refused) << bytes.substr(0, 200);
  EXPECT_FALSE(seen.status != 0 && seen.reason.empty());
  EXPECT_EQ(seen.requests.size(), 0U);
  return seen.status;
}

TEST(Framing, ARequestIsTakenAsReceived) {
  const auto seen = frame(
      "POST /v1/oauth/token?x=%20&x=2 HTTP/1.1\r\n"
      "Host: 127.0.0.1:8765\r\n"
      "X-Two:  a \t\r\n"
      "x-two: %62\r\n"
      "Content-Length: 3\r\n"
      "\r\n"
      "a=b");
  ASSERT_EQ(seen.requests.size(), 1U);
  const auto& request = seen.requests[0].request;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/oauth/token?x=%20&x=2");
  EXPECT_EQ(request.body, "a=b");
  EXPECT_THAT(std::vector(request.headers.begin(), request.headers.end()),
              ElementsAre(Pair("Host", "127.0.0.1:8765"), Pair("X-Two", "a"), Pair("x-two", "%62"),
                          Pair("Content-Length", "3")));
  EXPECT_TRUE(seen.requests[0].keep_alive);
}

TEST(Framing, PipelinedRequestsComeOutOneByOne) {
  const auto seen = frame(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
      "\r\n"  // RFC 9112 §2.2: an empty line in front is forgiven
      "PROPFIND /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nyz"
      "GET /4");
  ASSERT_EQ(seen.requests.size(), 3U);
  EXPECT_EQ(seen.requests[0].request.target, "/1");
  EXPECT_EQ(seen.requests[1].request.body, "x");
  EXPECT_EQ(seen.requests[2].request.method, "PROPFIND");
  EXPECT_EQ(seen.requests[2].request.body, "yz");
  EXPECT_EQ(seen.state, RequestFramer::State::partial);
}

TEST(Framing, ChunksAreDecodedExtensionsAndTrailersDiscarded) {
  const auto seen = frame(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5\r\nhello\r\n"
      "00A;name=\"v\"\r\n, world...\r\n"
      "0;last\r\n"
      "X-Trailer: 1\r\n"
      "\r\n");
  ASSERT_EQ(seen.requests.size(), 1U);
  EXPECT_EQ(seen.requests[0].request.body, "hello, world...");
  EXPECT_FALSE(seen.requests[0].request.headers.has("X-Trailer"));
}

TEST(Framing, KeepAliveFollowsVersionAndConnection) {
  const auto keep_alive = [](std::string_view text) {
    const auto seen = frame(text);
    return seen.requests.size() == 1 && seen.requests[0].keep_alive;
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(Framing, TheAbsoluteFormDecidesTheHost) {
  const auto seen = frame("GET http://api2.heygen.com/v1/x HTTP/1.1\r\nHost: other\r\n\r\n");
  ASSERT_EQ(seen.requests.size(), 1U);
  EXPECT_EQ(seen.requests[0].request.headers.get("Host"), "api2.heygen.com");
  EXPECT_EQ(seen.requests[0].request.path(), "/v1/x");
  EXPECT_EQ(refused_with("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET http://u@h/x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(Framing, AsteriskAndAuthorityFormsBelongToTheirMethods) {
  EXPECT_EQ(frame("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").requests.size(), 1U);
  EXPECT_EQ(frame("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:443\r\n\r\n").requests.size(), 1U);
  EXPECT_EQ(refused_with("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(Framing, BadRequestLinesAreRefused) {
  EXPECT_EQ(refused_with("GET /\r\n"), 400);
  EXPECT_EQ(refused_with("GET\r\n"), 400);
  EXPECT_EQ(refused_with("G(T / HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with(" GET / HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET  / HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET / x HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1 \r\n"), 400);
  EXPECT_EQ(refused_with("GET / http/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET /#frag HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET /\x80 HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("GET /\0 HTTP/1.1\r\n"sv), 400);
  EXPECT_EQ(refused_with("\r\n\r\n"), 400);
  EXPECT_EQ(refused_with(std::string(65, 'G') + " / HTTP/1.1\r\n"), 400);
  EXPECT_EQ(refused_with("\x16\x03\x01\x02"), 400);
  EXPECT_THAT(frame("\x16\x03\x01").reason, HasSubstr("TLS"));
}

TEST(Framing, OtherVersionsAre505) {
  EXPECT_EQ(refused_with("GET / HTTP/1.2\r\n"), 505);
  EXPECT_EQ(refused_with("PRI * HTTP/2.0\r\n"), 505);
  EXPECT_EQ(refused_with("GET / HTTP/0.9\r\n"), 505);
  EXPECT_EQ(refused_with("GET / HTTP/11\r\n"), 400);
}

TEST(Framing, BadFieldsAreRefused) {
  const auto with_field = [](std::string_view line) {
    return refused_with("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n\r\n");
  };
  EXPECT_EQ(with_field("X : 1"), 400);        // a space before the colon
  EXPECT_EQ(with_field("X: 1\r\n  2"), 400);  // obs-fold
  EXPECT_EQ(with_field("\tX: 1"), 400);
  EXPECT_EQ(with_field("X"), 400);
  EXPECT_EQ(with_field(": 1"), 400);
  EXPECT_EQ(with_field("X(: 1"), 400);
  EXPECT_EQ(with_field("X: a\rb"), 400);     // a bare CR
  EXPECT_EQ(with_field("X: a\nY: b"), 400);  // a bare LF
  EXPECT_EQ(with_field("X: a\0b"sv), 400);
  EXPECT_EQ(with_field("X: a\x7F"), 400);
}

TEST(Framing, HostIsNeededOnce) {
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
  EXPECT_EQ(frame("GET / HTTP/1.0\r\n\r\n").requests.size(), 1U);
  EXPECT_EQ(frame("GET / HTTP/1.1\r\nHost:\r\n\r\n").requests.size(), 1U);
  EXPECT_EQ(frame("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").requests.size(), 1U);
}

// RFC 9112 §6.3 and §11.2: what two parsers may read differently is refused.
TEST(Framing, SmugglingIsRefused) {
  const auto post = [](std::string_view fields) {
    return refused_with("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
                        "\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  EXPECT_EQ(post("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked\r\nContent-Length: 0"), 400);
  EXPECT_EQ(post("Content-Length: 5\r\nContent-Length: 6"), 400);
  EXPECT_EQ(post("Content-Length: 5, 5"), 400);
  EXPECT_EQ(post("Content-Length: 5,6"), 400);
  EXPECT_EQ(post("Content-Length: +5"), 400);
  EXPECT_EQ(post("Content-Length: -5"), 400);
  EXPECT_EQ(post("Content-Length: 0x5"), 400);
  EXPECT_EQ(post("Content-Length: 5 5"), 400);
  EXPECT_EQ(post("Content-Length:"), 400);
  EXPECT_EQ(post("Content-Length : 5"), 400);
  EXPECT_EQ(post("Transfer-Encoding : chunked"), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked, identity"), 400);
  EXPECT_EQ(post("Transfer-Encoding: identity"), 400);
  EXPECT_EQ(post("Transfer-Encoding: xchunked"), 400);
  EXPECT_EQ(post("Transfer-Encoding:"), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400);
  EXPECT_EQ(post("Transfer-Encoding:\r\n chunked"), 400);
  EXPECT_EQ(post("Transfer-Encoding: \x0b"
                 "chunked"),
            400);
  EXPECT_EQ(post("Transfer-Encoding: gzip, chunked"), 501);
  EXPECT_EQ(post("Transfer-Encoding: chunked, chunked"), 501);
  EXPECT_EQ(refused_with("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(Framing, EqualContentLengthsAreOne) {
  const auto seen =
      frame("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab");
  ASSERT_EQ(seen.requests.size(), 1U);
  EXPECT_EQ(seen.requests[0].request.body, "ab");
}

TEST(Framing, BadChunksAreRefused) {
  const auto chunks = [](std::string_view text) {
    return refused_with("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                        std::string(text));
  };
  EXPECT_EQ(chunks("g\r\n"), 400);
  EXPECT_EQ(chunks("\r\n"), 400);
  EXPECT_EQ(chunks("-1\r\n"), 400);
  EXPECT_EQ(chunks("0x5\r\n"), 400);
  EXPECT_EQ(chunks("5 \r\n"), 400);
  EXPECT_EQ(chunks("5\nhello\r\n"), 400);
  EXPECT_EQ(chunks("5\r\nhelloX\r\n"), 400);
  EXPECT_EQ(chunks("5\r\nhello\n"), 400);
  EXPECT_EQ(chunks("00000000000000001\r\n"), 400);
  EXPECT_EQ(chunks("ffffffffffffffff\r\n"), 413);
  EXPECT_EQ(chunks("100001\r\n"), 413);
  EXPECT_EQ(chunks("1;" + std::string(300, 'e')), 400);
  EXPECT_EQ(chunks("1;\x01\r\n"), 400);
  EXPECT_EQ(chunks("0\r\nBad Name: 1\r\n"), 400);
  EXPECT_EQ(chunks("0\r\nX: " + std::string(9000, 'x')), 431);
}

TEST(Framing, LimitsHaveTheirStatus) {
  FramingLimits limits;
  limits.body_bytes = 4;
  const auto status = [&limits](const std::string& text) { return frame(text, limits).status; };
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status(post + "Content-Length: 5\r\n\r\n"), 413);
  EXPECT_EQ(status(post + "Content-Length: 99999999999999999999999\r\n\r\n"), 413);
  EXPECT_EQ(status(post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n"), 413);
  EXPECT_EQ(frame(post + "Content-Length: 4\r\n\r\nabcd", limits).requests.size(), 1U);

  EXPECT_EQ(status("GET /" + std::string(16 * 1024, 'a') + " HTTP/1.1\r\n"), 414);
  EXPECT_EQ(status("GET /" + std::string(40 * 1024, 'a')), 414);
  EXPECT_EQ(
      frame("GET /" + std::string(16 * 1024 - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", limits)
          .requests.size(),
      1U);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(33 * 1024, 'a')), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; ++i) many += "X: 1\r\n";
  EXPECT_EQ(frame(many + "\r\n", limits).requests.size(), 1U);
  EXPECT_EQ(status(many + "X: 1\r\n\r\n"), 431);
}

TEST(Framing, OneWhoWaitsFor100ContinueIsSeenOnce) {
  const FramingLimits limits;
  RequestFramer framer;
  framer.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n",
              limits);
  EXPECT_EQ(framer.state(), RequestFramer::State::partial);
  EXPECT_TRUE(framer.take_continue());
  EXPECT_FALSE(framer.take_continue());
  framer.feed("ab", limits);
  EXPECT_EQ(framer.state(), RequestFramer::State::complete);

  RequestFramer eager;  // sent its body without waiting
  eager.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\na",
             limits);
  EXPECT_FALSE(eager.take_continue());
  EXPECT_EQ(refused_with("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n"), 417);
}

TEST(Framing, WhatIsKnownOfARefusedRequestIsKept) {
  RequestFramer framer;
  framer.feed("GET /who HTTP/1.1\r\nHost: a\r\nX : 1\r\n", {});
  EXPECT_EQ(framer.state(), RequestFramer::State::refused);
  EXPECT_EQ(framer.partial().target, "/who");
  EXPECT_EQ(framer.partial().headers.get("Host"), "a");
}

}  // namespace
}  // namespace heygen::mock::wire
