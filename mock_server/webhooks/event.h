// Who is told of an event, and what. Plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/core/clock.h"

namespace heygen::mock {

// Which generation of the vendor's API an endpoint was registered with: they sign differently.
enum class WebhookStyle : std::uint8_t {
  v1,  // Signature
  v3,  // Heygen-Signature, Heygen-Timestamp, Heygen-Event-Id
};

// Whom the mock calls. It never reaches out by accident, nor for a stranger where he cannot reach.
enum class WebhookReach : std::uint8_t {
  near,        // loopback and private addresses
  neighbours,  // private addresses alone: loopback is this machine, and the caller is at another
  anywhere,    // the policy webhooks=any
};

struct WebhookEndpoint {
  std::string id;
  std::string account;  // whose: User::id
  std::string url;
  std::optional<std::vector<std::string>> events;  // absent: all of them
  std::string secret;                              // of the signatures
  WebhookStyle style = WebhookStyle::v3;
  TimePoint created_at;
  bool from_elsewhere = false;  // its URL was given by a caller at another machine
};

// What will happen, or has.
struct WebhookEvent {
  std::string id;
  std::string account;
  std::string type;                       // "avatar_video.success"
  std::string body;                       // JSON, sent as it is
  std::string callback_url;               // told as well; "": nobody
  WebhookStyle style = WebhookStyle::v3;  // of what the callback_url gets
  bool anywhere = false;                  // by the policy at that time
  bool from_elsewhere = false;            // callback_url was given by a caller at another machine
  TimePoint due;                          // by the sandbox's clock
};

// One event for one receiver.
struct WebhookDelivery {
  std::shared_ptr<const WebhookEvent> event;
  std::string endpoint_id;  // "": the event's callback_url, which has no secret
  std::string url;
  std::string secret;
  WebhookStyle style = WebhookStyle::v3;
  int attempt = 1;
  TimePoint due;
  std::uint64_t epoch = 0;  // of the book that gave it out
  WebhookReach reach = WebhookReach::near;
};

}  // namespace heygen::mock
