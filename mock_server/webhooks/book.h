// The endpoints of a sandbox, and the events that they are still to be told of. It decides what is
// due and to whom; who sends it is delivery/'s business.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/webhooks/event.h"

namespace heygen::mock {

struct WebhookLimits {
  std::size_t endpoints = 64;
  std::size_t events = 1024;      // that wait for their time
  std::size_t deliveries = 1024;  // that wait for theirs; beyond it the oldest is dropped
};

// Thread-safe.
class WebhookBook {
 public:
  explicit WebhookBook(WebhookLimits limits = {}) : limits_(limits) {}

  // --- endpoints; each account sees its own ---
  bool add(WebhookEndpoint endpoint);  // false: there are too many
  // In the order they were added.
  [[nodiscard]] std::vector<WebhookEndpoint> endpoints(std::string_view account) const;
  // Replaces the one with this id and account. False: there is none.
  bool replace(const WebhookEndpoint& endpoint);
  [[nodiscard]] std::optional<WebhookEndpoint> find(std::string_view account,
                                                    std::string_view id) const;
  bool remove(std::string_view account, std::string_view id);

  // --- events ---
  bool expect(WebhookEvent event);  // false: too many are waiting
  // When the next of them is due; nothing when none is.
  [[nodiscard]] std::optional<TimePoint> next() const;
  // Hands out what is due, once, at most `most`. Who is told is decided now: an endpoint that was
  // registered after the job began gets its event too.
  std::vector<WebhookDelivery> take_due(TimePoint now, std::size_t most);
  // Is the delivery still wanted? Not after clear(), nor once its endpoint is gone.
  [[nodiscard]] bool wants(const WebhookDelivery& delivery) const;
  // Puts it back, to be due at its `due`. False, and dropped, when it is no longer wanted.
  bool retry(WebhookDelivery delivery);

  // Forgets all of it.
  void clear();

 private:
  [[nodiscard]] bool wants_locked(const WebhookDelivery& delivery) const;
  void fan_out_locked(TimePoint now);
  void queue_locked(WebhookDelivery delivery);

  const WebhookLimits limits_;
  mutable std::mutex mutex_;
  std::uint64_t epoch_ = 0;
  std::vector<WebhookEndpoint> endpoints_;
  std::multimap<TimePoint, WebhookEvent> events_;
  std::multimap<TimePoint, WebhookDelivery> deliveries_;
};

}  // namespace heygen::mock
