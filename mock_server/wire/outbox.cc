#include "mock_server/wire/outbox.h"

#include <utility>

namespace heygen::mock::wire {

bool StreamOutbox::push(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  if (bytes.size() > limit_ || queue_.size() + taken_ > limit_ - bytes.size()) {
    open_ = false;
    queue_ = {};
    if (connection_.drop) connection_.drop();
    return false;
  }
  queue_.append(bytes);
  wake();
  return true;
}

void StreamOutbox::close() {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  open_ = false;
  wake();
}

bool StreamOutbox::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

StreamOutbox::Taken StreamOutbox::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  Taken taken{std::exchange(queue_, {}), !open_};
  taken_ = taken.bytes.size();
  return taken;
}

void StreamOutbox::detach() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  connection_ = {};
  queue_ = {};
}

// One wake-up for any number of pushes until the connection comes to take them.
void StreamOutbox::wake() {
  if (std::exchange(woken_, true) || !connection_.wake) return;
  connection_.wake();
}

}  // namespace heygen::mock::wire
