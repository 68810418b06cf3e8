// Tells the endpoints of every sandbox what has happened: one thread, which sleeps until the next
// event is due by its sandbox's clock, and is woken when a clock is moved.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "mock_server/sandbox/sandbox.h"
#include "mock_server/webhooks/delivery/poster.h"

namespace heygen::mock {

// An attempt that is not answered with 2xx is followed by another, after these times by the
// sandbox's clock; then no more. (The vendor goes on for 24 hours.)
inline constexpr std::array<std::chrono::seconds, 2> kWebhookRetries{std::chrono::seconds{10},
                                                                     std::chrono::seconds{60}};

// Thread-safe.
class WebhookDispatcher {
 public:
  // Called from the dispatcher's thread with each attempt as it ended: endpoint `webhook`, outcome
  // "ok" or "undelivered".
  using Record = std::function<void(Sandbox&, const Entry&)>;

  explicit WebhookDispatcher(Record record, PosterLimits limits = {});
  ~WebhookDispatcher();  // stop()
  WebhookDispatcher(const WebhookDispatcher&) = delete;
  WebhookDispatcher& operator=(const WebhookDispatcher&) = delete;

  // Something waits in the sandbox's book. The first call starts the thread; where it cannot, the
  // record says why.
  void watch(const std::shared_ptr<Sandbox>& sandbox);

  // Attempts under way are given up, without a record. Nothing is sent after it returns.
  void stop();

 private:
  class Loop;
  std::shared_ptr<Loop> start();

  const Record record_;
  const PosterLimits limits_;
  std::mutex mutex_;
  std::shared_ptr<Loop> loop_;
  std::jthread thread_;
  bool stopped_ = false;
};

}  // namespace heygen::mock
