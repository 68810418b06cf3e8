#include "mock_server/webhooks/book.h"

#include <algorithm>
#include <utility>

namespace heygen::mock {
namespace {

auto is(std::string_view account, std::string_view id) {
  return [=](const WebhookEndpoint& e) { return e.account == account && e.id == id; };
}

WebhookReach reach_of(const WebhookEvent& event, bool from_elsewhere) {
  if (event.anywhere) return WebhookReach::anywhere;
  return from_elsewhere ? WebhookReach::neighbours : WebhookReach::near;
}

bool subscribes(const WebhookEndpoint& endpoint, const WebhookEvent& event) {
  return endpoint.account == event.account &&
         (!endpoint.events ||
          std::ranges::find(*endpoint.events, event.type) != endpoint.events->end());
}

}  // namespace

bool WebhookBook::add(WebhookEndpoint endpoint) {
  const std::lock_guard lock{mutex_};
  if (endpoints_.size() >= limits_.endpoints) return false;
  endpoints_.push_back(std::move(endpoint));
  return true;
}

std::vector<WebhookEndpoint> WebhookBook::endpoints(std::string_view account) const {
  const std::lock_guard lock{mutex_};
  std::vector<WebhookEndpoint> out;
  std::ranges::copy_if(endpoints_, std::back_inserter(out),
                       [&](const auto& endpoint) { return endpoint.account == account; });
  return out;
}

std::optional<WebhookEndpoint> WebhookBook::find(std::string_view account,
                                                 std::string_view id) const {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(endpoints_, is(account, id));
  if (found == endpoints_.end()) return std::nullopt;
  return *found;
}

bool WebhookBook::replace(const WebhookEndpoint& endpoint) {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(endpoints_, is(endpoint.account, endpoint.id));
  if (found == endpoints_.end()) return false;
  *found = endpoint;
  return true;
}

bool WebhookBook::remove(std::string_view account, std::string_view id) {
  const std::lock_guard lock{mutex_};
  return std::erase_if(endpoints_, is(account, id)) != 0;
}

bool WebhookBook::expect(WebhookEvent event) {
  const std::lock_guard lock{mutex_};
  if (events_.size() >= limits_.events) return false;
  const TimePoint due = event.due;
  events_.emplace(due, std::move(event));
  return true;
}

std::optional<TimePoint> WebhookBook::next() const {
  const std::lock_guard lock{mutex_};
  std::optional<TimePoint> next;
  if (!events_.empty()) next = events_.begin()->first;
  if (!deliveries_.empty()) next = std::min(next.value_or(kNever), deliveries_.begin()->first);
  return next;
}

std::vector<WebhookDelivery> WebhookBook::take_due(TimePoint now, std::size_t most) {
  const std::lock_guard lock{mutex_};
  fan_out_locked(now);
  std::vector<WebhookDelivery> due;
  while (!deliveries_.empty() && deliveries_.begin()->first <= now && due.size() < most) {
    auto delivery = std::move(deliveries_.extract(deliveries_.begin()).mapped());
    if (wants_locked(delivery)) due.push_back(std::move(delivery));
  }
  return due;
}

void WebhookBook::fan_out_locked(TimePoint now) {
  while (!events_.empty() && events_.begin()->first <= now) {
    const auto event =
        std::make_shared<const WebhookEvent>(std::move(events_.extract(events_.begin()).mapped()));
    for (const WebhookEndpoint& endpoint : endpoints_) {
      if (!subscribes(endpoint, *event)) continue;
      queue_locked({event, endpoint.id, endpoint.url, endpoint.secret, endpoint.style, 1,
                    event->due, epoch_, reach_of(*event, endpoint.from_elsewhere)});
    }
    if (!event->callback_url.empty()) {
      queue_locked({event,
                    {},
                    event->callback_url,
                    {},
                    event->style,
                    1,
                    event->due,
                    epoch_,
                    reach_of(*event, event->from_elsewhere)});
    }
  }
}

void WebhookBook::queue_locked(WebhookDelivery delivery) {
  if (deliveries_.size() >= limits_.deliveries) deliveries_.erase(deliveries_.begin());
  const TimePoint due = delivery.due;
  deliveries_.emplace(due, std::move(delivery));
}

bool WebhookBook::wants(const WebhookDelivery& delivery) const {
  const std::lock_guard lock{mutex_};
  return wants_locked(delivery);
}

bool WebhookBook::wants_locked(const WebhookDelivery& delivery) const {
  if (delivery.epoch != epoch_) return false;
  return delivery.endpoint_id.empty() ||
         std::ranges::any_of(endpoints_, is(delivery.event->account, delivery.endpoint_id));
}

bool WebhookBook::retry(WebhookDelivery delivery) {
  const std::lock_guard lock{mutex_};
  if (!wants_locked(delivery)) return false;
  queue_locked(std::move(delivery));
  return true;
}

void WebhookBook::clear() {
  const std::lock_guard lock{mutex_};
  ++epoch_;
  endpoints_.clear();
  events_.clear();
  deliveries_.clear();
}

}  // namespace heygen::mock
