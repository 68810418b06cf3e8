// Wakes a thread that polls, from any other (eventfd).
#pragma once

#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::wire {

// Thread-safe.
class WakeFd {
 public:
  WakeFd();  // throws std::system_error
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  void wake() const noexcept;
  void clear() const noexcept;

 private:
  UniqueFd fd_;
};

}  // namespace heygen::mock::wire
