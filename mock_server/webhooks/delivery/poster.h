// HTTP POSTs, several at a time, on the thread that waits for them. The one place that calls out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/webhooks/event.h"

namespace heygen::mock {

struct PosterLimits {
  std::chrono::milliseconds timeout{10'000};  // for a whole exchange, as the vendor allows
  std::size_t at_once = 16;
  std::size_t body = std::size_t{16} * 1024;  // of an answer; the rest is read and dropped
};

// Redirects are not followed, no proxy is asked, certificates are checked against the system's.
class Poster {
 public:
  struct Order {
    std::uint64_t ticket = 0;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    WebhookReach reach = WebhookReach::near;  // an address beyond it is not called
  };
  struct Outcome {
    std::uint64_t ticket = 0;
    int status = 0;  // 0: no answer, and:
    std::string error;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };

  // Throws std::runtime_error when libcurl cannot be initialised.
  explicit Poster(PosterLimits limits = {});
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  // --- one thread ---
  [[nodiscard]] std::size_t free() const noexcept;  // how many more may be sent now
  void send(Order order);
  // Works until something is done, wake() is called, or the time is over.
  std::vector<Outcome> wait(std::chrono::milliseconds at_most);

  // --- any thread ---
  void wake() noexcept;

 private:
  struct Transfer;
  struct Multi;
  const PosterLimits limits_;
  std::unique_ptr<Multi> multi_;
};

}  // namespace heygen::mock
