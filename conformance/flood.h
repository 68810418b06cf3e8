// A server whose answers have no end in sight: it counts how much of them was taken.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "mock_server/wire/unique_fd.h"

namespace heygen::conformance {

// Answers each request, one after the other, with 200 and white space, which any JSON may begin
// with, until `most` bytes are sent or the client closes the connection. Listens on 127.0.0.1 until
// it is destroyed.
class Flood {
 public:
  // Throws std::runtime_error when no port can be had.
  explicit Flood(std::uint64_t most);
  ~Flood();
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:40001"
  // Of the request that took most. The buffers between us and the client count as taken.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void serve();
  void answer(int connection);

  const std::uint64_t most_;
  mock::wire::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> taken_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> over_ = false;
  std::thread server_;  // last: it uses the rest
};

}  // namespace heygen::conformance
