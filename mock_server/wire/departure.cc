#include "mock_server/wire/departure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace heygen::mock::wire {
namespace {

using Ending = Delivery::Ending;

constexpr std::size_t kEndlessPiece = std::size_t{16} * 1024;

std::string hex(std::size_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return {digits.data(), end.ptr};
}

Departure::Step wait_until(IoTime when) { return {Departure::Act::wait, {}, when}; }
Departure::Step done(Departure::Act act) { return {act, {}, kNever}; }

}  // namespace

Departure::Departure(Answer answer, IoTime now)
    : answer_(std::move(answer)), start_(now + answer_.delivery.delay), next_piece_(start_) {
  const auto& delivery = answer_.delivery;
  const auto body_size = answer_.bytes.size() - answer_.head_size;
  stop_at_ = answer_.bytes.size();
  endless_left_ = delivery.endless_bytes;
  terminator_due_ = answer_.framing == Answer::Framing::chunked;
  if (delivery.ending == Ending::head_only) {
    stop_at_ = answer_.head_size;
    endless_left_ = 0;
    terminator_due_ = false;
  } else if (delivery.ending == Ending::truncated) {
    stop_at_ =
        answer_.head_size + std::min(body_size, delivery.truncate_at.value_or(body_size / 2));
    endless_left_ = std::min<std::uint64_t>(
        endless_left_, delivery.truncate_at.value_or(static_cast<std::size_t>(endless_left_ / 2)));
    terminator_due_ = false;
  }
}

Departure::Step Departure::next(IoTime now) {
  const auto& delivery = answer_.delivery;
  if (now < start_) return wait_until(start_);
  if (delivery.ending == Ending::reset) return done(Act::reset);
  if (delivery.ending == Ending::empty) return done(Act::close);
  if (position_ == stop_at_) refill();
  if (position_ == stop_at_) return done(end());

  auto size = stop_at_ - position_;
  if (delivery.dribble) {
    if (piece_left_ == 0) {
      if (now < next_piece_) return wait_until(next_piece_);
      piece_left_ = std::max<std::size_t>(delivery.dribble->bytes, 1);
    }
    size = std::min(size, piece_left_);
  }
  return {Act::send, std::string_view{answer_.bytes}.substr(position_, size), kNever};
}

void Departure::sent(std::size_t count, IoTime now) {
  position_ += count;
  if (!answer_.delivery.dribble) return;
  piece_left_ -= std::min(piece_left_, count);
  if (piece_left_ == 0) next_piece_ = now + answer_.delivery.dribble->every;
}

Departure::Act Departure::end() const {
  if (answer_.delivery.ending != Ending::complete) return Act::close;
  if (answer_.stream) return Act::stream;
  if (answer_.upgrade) return Act::upgrade;
  return answer_.keep_alive ? Act::keep : Act::close;
}

// Makes up the next piece of an endless body, so that its size costs time and no memory.
void Departure::refill() {
  if (endless_left_ == 0 && !terminator_due_) return;
  const bool chunked = answer_.framing == Answer::Framing::chunked;
  auto& bytes = answer_.bytes;
  bytes.clear();
  if (endless_left_ > 0) {
    // Whole copies of the piece, so that each refill starts where the last one ended.
    auto& unit = answer_.endless;
    if (unit.empty()) unit = " ";
    const auto copies = std::max<std::size_t>(kEndlessPiece / unit.size(), 1);
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(endless_left_, copies * unit.size()));
    if (chunked) bytes += hex(size) + "\r\n";
    const auto body_start = bytes.size();
    while (bytes.size() - body_start < size) {
      bytes.append(unit, 0, size - (bytes.size() - body_start));
    }
    if (chunked) bytes += "\r\n";
    endless_left_ -= size;
  } else {
    bytes = "0\r\n\r\n";
    terminator_due_ = false;
  }
  position_ = 0;
  stop_at_ = bytes.size();
}

}  // namespace heygen::mock::wire
