#include "mock_server/wire/departure.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace heygen::mock::wire {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Act = Departure::Act;
using Ending = Delivery::Ending;

constexpr IoTime kStart{1000s};

Answer answer(Delivery delivery) {
  Answer answer;
  answer.bytes = "HEAD\r\n\r\nabcdef";
  answer.head_size = 8;
  answer.keep_alive = true;
  answer.delivery = delivery;
  return answer;
}

Answer answer(Ending ending) {
  Delivery delivery;
  delivery.ending = ending;
  return answer(delivery);
}

// Lets everything leave, jumping over the waits: what was sent, each wait, and the end.
struct Left {
  std::string bytes;
  std::vector<std::chrono::milliseconds> waits;  // since the start
  std::vector<std::string> pieces;
  Act end = Act::keep;
};

Left let_leave(Answer given, std::size_t accepted_at_once = 1000000) {
  Left left;
  auto now = kStart;
  Departure departure(std::move(given), now);
  for (;;) {
    const auto step = departure.next(now);
    if (step.act == Act::wait) {
      EXPECT_GT(step.until, now);
      now = step.until;
      left.waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - kStart));
    } else if (step.act == Act::send) {
      const auto piece = step.bytes.substr(0, accepted_at_once);
      left.bytes += piece;
      left.pieces.emplace_back(piece);
      departure.sent(piece.size(), now);
    } else {
      left.end = step.act;
      return left;
    }
  }
}

TEST(Departure, APlainAnswerLeavesInOnePieceAndKeepsTheConnection) {
  const auto left = let_leave(answer(Delivery{}));
  EXPECT_THAT(left.pieces, ElementsAre("HEAD\r\n\r\nabcdef"));
  EXPECT_EQ(left.end, Act::keep);
  auto closing = answer(Delivery{});
  closing.keep_alive = false;
  EXPECT_EQ(let_leave(closing).end, Act::close);
}

TEST(Departure, PartialWritesGoOnWhereTheyStopped) {
  const auto left = let_leave(answer(Delivery{}), 5);
  EXPECT_THAT(left.pieces, ElementsAre("HEAD\r", "\n\r\nab", "cdef"));
}

TEST(Departure, EachEndingStopsAtItsPlace) {
  EXPECT_EQ(let_leave(answer(Ending::reset)).bytes, "");
  EXPECT_EQ(let_leave(answer(Ending::reset)).end, Act::reset);
  EXPECT_EQ(let_leave(answer(Ending::empty)).bytes, "");
  EXPECT_EQ(let_leave(answer(Ending::empty)).end, Act::close);
  EXPECT_EQ(let_leave(answer(Ending::head_only)).bytes, "HEAD\r\n\r\n");
  EXPECT_EQ(let_leave(answer(Ending::head_only)).end, Act::close);
  EXPECT_EQ(let_leave(answer(Ending::close)).bytes, "HEAD\r\n\r\nabcdef");
  EXPECT_EQ(let_leave(answer(Ending::close)).end, Act::close);
}

TEST(Departure, TruncationIsAtTheByteAskedForOrHalfTheBody) {
  Delivery delivery;
  delivery.ending = Ending::truncated;
  EXPECT_EQ(let_leave(answer(delivery)).bytes, "HEAD\r\n\r\nabc");
  delivery.truncate_at = 1;
  EXPECT_EQ(let_leave(answer(delivery)).bytes, "HEAD\r\n\r\na");
  delivery.truncate_at = 99;
  EXPECT_EQ(let_leave(answer(delivery)).bytes, "HEAD\r\n\r\nabcdef");
  EXPECT_EQ(let_leave(answer(delivery)).end, Act::close);
}

TEST(Departure, ADelayComesBeforeEveryEnding) {
  Delivery delivery;
  delivery.delay = 250ms;
  EXPECT_THAT(let_leave(answer(delivery)).waits, ElementsAre(250ms));
  delivery.ending = Ending::reset;
  EXPECT_THAT(let_leave(answer(delivery)).waits, ElementsAre(250ms));
}

TEST(Departure, ADribbleIsPiecesAndPausesAndNoPauseAfterTheLast) {
  Delivery delivery;
  delivery.delay = 10ms;
  delivery.dribble = {.bytes = 6, .every = 100ms};
  const auto left = let_leave(answer(delivery));
  EXPECT_THAT(left.pieces, ElementsAre("HEAD\r\n", "\r\nabcd", "ef"));
  EXPECT_THAT(left.waits, ElementsAre(10ms, 110ms, 210ms));
}

TEST(Departure, APieceOfADribbleMayTakeSeveralWrites) {
  Delivery delivery;
  delivery.dribble = {.bytes = 6, .every = 100ms};
  const auto left = let_leave(answer(delivery), 4);
  EXPECT_THAT(left.pieces, ElementsAre("HEAD", "\r\n", "\r\nab", "cd", "ef"));
  EXPECT_THAT(left.waits, ElementsAre(100ms, 200ms));
}

TEST(Departure, ADribbleOfZeroBytesStillMoves) {
  Delivery delivery;
  delivery.dribble = {.bytes = 0, .every = 1ms};
  EXPECT_EQ(let_leave(answer(delivery)).bytes, "HEAD\r\n\r\nabcdef");
}

Answer endless(std::uint64_t bytes, std::string unit, Ending ending = Ending::complete) {
  auto given = answer(ending);
  given.bytes = "H";
  given.head_size = 1;
  given.framing = Answer::Framing::chunked;
  given.endless = std::move(unit);
  given.delivery.endless_bytes = bytes;
  return given;
}

TEST(Departure, AnEndlessBodyIsMadeUpInChunks) {
  EXPECT_EQ(let_leave(endless(7, "abc")).bytes, "H7\r\nabcabca\r\n0\r\n\r\n");
  EXPECT_EQ(let_leave(endless(2, "")).bytes, "H2\r\n  \r\n0\r\n\r\n");
  EXPECT_EQ(let_leave(endless(7, "abc")).end, Act::keep);
  auto cut = endless(7, "abc", Ending::truncated);
  cut.delivery.truncate_at = 4;
  EXPECT_EQ(let_leave(cut).bytes, "H4\r\nabca\r\n");
  EXPECT_EQ(let_leave(endless(7, "abc", Ending::head_only)).bytes, "H");

  const auto left = let_leave(endless(40000, "abc"));
  EXPECT_EQ(left.bytes.substr(0, 10), "H3fff\r\nabc");
  EXPECT_GE(left.pieces.size(), 4U);  // not one piece in memory
  EXPECT_LT(left.pieces[1].size(), 17000U);
}

TEST(Departure, AnEndlessBodyWithoutChunksEndsWithTheConnection) {
  auto given = endless(5, "ab");
  given.framing = Answer::Framing::until_close;
  given.keep_alive = false;
  EXPECT_EQ(let_leave(given).bytes, "Hababa");
  EXPECT_EQ(let_leave(given).end, Act::close);
}

TEST(Departure, AStreamGoesOnAfterItsHead) {
  auto given = answer(Delivery{});
  given.keep_alive = false;
  given.stream = [](const std::shared_ptr<Outbox>&) {};
  const auto left = let_leave(given);
  EXPECT_EQ(left.bytes, "HEAD\r\n\r\nabcdef");
  EXPECT_EQ(left.end, Act::stream);
}

}  // namespace
}  // namespace heygen::mock::wire
