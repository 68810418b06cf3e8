#include "mock_server/routes/webhook.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/json_quote.h"
#include "mock_server/notation/timestamp.h"
#include "mock_server/routes/api_answer.h"
#include "mock_server/routes/encode.h"
#include "mock_server/webhooks/book.h"
#include "mock_server/webhooks/target.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

// What an endpoint may ask for (heygen-cli's list).
constexpr std::array<std::string_view, 23> kTypes{"avatar_video.success",
                                                  "avatar_video.fail",
                                                  "avatar_video_gif.success",
                                                  "avatar_video_gif.fail",
                                                  "video_translate.success",
                                                  "video_translate.fail",
                                                  "personalized_video",
                                                  "instant_avatar.success",
                                                  "instant_avatar.fail",
                                                  "photo_avatar_generation.success",
                                                  "photo_avatar_generation.fail",
                                                  "photo_avatar_train.success",
                                                  "photo_avatar_train.fail",
                                                  "photo_avatar_add_motion.success",
                                                  "photo_avatar_add_motion.fail",
                                                  "proofread_creation.success",
                                                  "proofread_creation.fail",
                                                  "live_avatar.success",
                                                  "live_avatar.fail",
                                                  "avatar_video_caption.success",
                                                  "avatar_video_caption.fail",
                                                  "video_agent.success",
                                                  "video_agent.fail"};

// A caller in the same process has no address.
bool is_elsewhere(const wire::Peer& peer) { return !peer.loopback && !peer.address.empty(); }

bool is_v1(const Call& call) { return call.request.path().starts_with("/v1/"); }

std::string new_secret(RandomSource& random) { return "whsec_" + random_alphanumeric(random, 32); }

ordered_json render(const WebhookEndpoint& endpoint, const User& account, bool with_secret) {
  ordered_json out{{"endpoint_id", endpoint.id}, {"url", endpoint.url}, {"events", nullptr}};
  if (endpoint.events) out["events"] = *endpoint.events;
  out["status"] = "enabled";
  out["created_at"] = format_timestamp(endpoint.created_at);
  if (endpoint.style == WebhookStyle::v1) out["username"] = account.id;
  if (with_secret) out["secret"] = endpoint.secret;
  return out;
}

Answer give(const Call& call, ordered_json data, std::string why = {}) {
  ordered_json body;
  if (is_v1(call)) {
    body = {{"code", 100}, {"data", std::move(data)}, {"msg", nullptr}, {"message", nullptr}};
  } else if (data.is_array()) {
    body = {{"data", std::move(data)}, {"has_more", false}, {"next_token", nullptr}};
  } else {
    body = {{"data", data.is_null() ? ordered_json::object() : std::move(data)}};
  }
  Answer answer;
  answer.response = json_response(200, body.dump());
  answer.why = std::move(why);
  return answer;
}

// A wish of the caller's that cannot be met; both texts say the same.
struct Refusal {
  std::string text;
};

// url and events of the request's JSON into the endpoint. Throws Refusal.
void read_endpoint(const Call& call, WebhookEndpoint& endpoint, bool is_new) {
  try {
    const auto json = parse_json(call.request.body);
    JsonObject in{json};
    const auto* const url = in.member("url");
    if (url != nullptr && !url->is_null()) endpoint.url = in.text("url").value_or("");
    if (is_new || url != nullptr) {
      if (auto mend = check_webhook_url(endpoint.url); !mend.empty()) throw Refusal{mend};
      endpoint.from_elsewhere = is_elsewhere(call.request.peer);
    }
    const auto* const events = in.member("events");
    if (events == nullptr) return;
    endpoint.events.reset();
    if (!events->is_null()) endpoint.events = in.texts("events");
  } catch (const BadInput& error) {
    throw Refusal{error.key().empty() ? error.what() : error.key() + ": " + error.what()};
  }
  if (!endpoint.events) return;
  for (const std::string& type : *endpoint.events) {
    if (std::ranges::find(kTypes, type) == kTypes.end()) {
      throw Refusal{"events must be event types; there is no \"" + type + "\""};
    }
  }
}

// What a person should know about where the events go.
std::string outlook(const WebhookEndpoint& endpoint, const Policy& policy) {
  if (policy.webhooks == WebhookPolicy::off) return "webhooks=off: nobody will be told of anything";
  if (policy.webhooks == WebhookPolicy::any || is_near_url(endpoint.url)) return {};
  return "this URL is neither loopback nor private and will not be called; the policy webhooks=any "
         "lets it be";
}

std::string endpoint_id(const Call& call, const Fixtures::Match& match) {
  if (!match.path.empty()) return std::string{match.path.front().second};
  if (const std::string* const id = call.query.find("endpoint_id")) return *id;
  return body_member(call.request, "endpoint_id").value_or("");
}

Answer add(const Call& call, const Visit& visit, const User& account, const Policy& policy) {
  RandomSource& random = visit.context.random;
  WebhookEndpoint endpoint;
  read_endpoint(call, endpoint, true);
  endpoint.style = is_v1(call) ? WebhookStyle::v1 : WebhookStyle::v3;
  endpoint.id = (is_v1(call) ? "" : "ep_") + random_text(random, "0123456789abcdef", 32);
  endpoint.account = account.id;
  endpoint.secret = new_secret(random);
  endpoint.created_at = visit.context.now;
  if (!visit.webhooks->add(endpoint)) throw Refusal{"there are too many webhook endpoints"};
  return give(call, render(endpoint, account, true), outlook(endpoint, policy));
}

Answer list(const Call& call, const Visit& visit, const User& account) {
  auto all = ordered_json::array();
  for (const auto& endpoint : visit.webhooks->endpoints(account.id)) {
    all.push_back(render(endpoint, account, false));
  }
  return give(call, std::move(all));
}

Answer change(const Call& call, const Visit& visit, FixtureAction action, WebhookEndpoint endpoint,
              const User& account, const Policy& policy) {
  WebhookBook& book = *visit.webhooks;
  if (action == FixtureAction::webhook_delete) {
    book.remove(account.id, endpoint.id);
    return give(call, nullptr);
  }
  if (action == FixtureAction::webhook_rotate_secret) {
    endpoint.secret = new_secret(visit.context.random);
    book.replace(endpoint);
    return give(call, {{"endpoint_id", endpoint.id}, {"secret", endpoint.secret}});
  }
  read_endpoint(call, endpoint, false);
  book.replace(endpoint);
  return give(call, render(endpoint, account, false), outlook(endpoint, policy));
}

}  // namespace

Answer answer_webhook(const Call& call, const Visit& visit, const Fixtures::Match& match,
                      const User& account, const Policy& policy) {
  const FixtureAction action = *match.fixture->action;
  if (visit.webhooks == nullptr) {
    return api_failure(call, ApiError::unavailable, "there are no webhooks here");
  }
  try {
    if (action == FixtureAction::webhook_add) return add(call, visit, account, policy);
    if (action == FixtureAction::webhook_list) return list(call, visit, account);
    const std::string id = endpoint_id(call, match);
    auto endpoint = visit.webhooks->find(account.id, id);
    if (!endpoint) {
      return api_failure(call, ApiError::not_found, "the account has no such webhook endpoint",
                         "Webhook endpoint " + id + " not found");
    }
    return change(call, visit, action, std::move(*endpoint), account, policy);
  } catch (const Refusal& refusal) {
    return api_failure(call, ApiError::invalid_parameter, refusal.text, refusal.text);
  }
}

void expect_event(const Call& call, const Visit& visit, const FixtureEvent& event,
                  ApiValues& values, const Job& job, const User& account, const Policy& policy,
                  Answer& answer) {
  if (visit.webhooks == nullptr || policy.webhooks == WebhookPolicy::off) return;
  const FixtureEvent::End& end = job.end == VideoPolicy::fail ? event.fail : event.complete;
  WebhookEvent out;
  out.id = "evt_" + random_text(visit.context.random, "0123456789abcdef", 32);
  out.account = account.id;
  out.type = end.type;
  out.body = R"({"event_type":)" + json_quote(end.type) + R"(,"event_data":)" +
             end.data.fill(values.lookup()) + "}";
  const auto callback = body_member(call.request, "callback_url").value_or("");
  if (check_webhook_url(callback).empty()) out.callback_url = callback;
  out.from_elsewhere = is_elsewhere(call.request.peer);
  out.style =
      is_v1(call) || call.request.path().starts_with("/v2/") ? WebhookStyle::v1 : WebhookStyle::v3;
  out.anywhere = policy.webhooks == WebhookPolicy::any;
  out.due = job.start + event.after;
  answer.event_expected = visit.webhooks->expect(std::move(out));
  if (!answer.event_expected) answer.why = "too many events wait: nobody will be told of this one";
}

}  // namespace heygen::mock
