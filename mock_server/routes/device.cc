// The device flow's two ends (RFC 8628): where the device asks, and the page where its user
// answers.
#include "mock_server/core/device.h"

#include <array>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/page.h"
#include "mock_server/routes/page_guard.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kDevicePath = "/device";

Answer show(int status, std::string_view file, View view, std::string why) {
  Answer answer;
  answer.response = page(status, file, std::move(view));
  answer.why = std::move(why);
  return answer;
}

// The field for the code, with what was wrong with the last one.
Answer ask_for_code(const Visit& visit, std::string_view typed, const std::string& error) {
  View view;
  view.texts = {{"title", "Connect a device"},
                {"user_code", std::string{typed}},
                {"action", std::string{base_path(visit.base)}.append(kDevicePath)}};
  view.lists = {{"error", View::maybe(error)}};
  Answer answer = show(error.empty() ? 200 : 400, "device.html", std::move(view), error);
  if (!error.empty()) answer.outcome = "invalid_user_code";
  return answer;
}

Answer say(DeviceDecision decision, bool approved) {
  View view;
  std::string why;
  const bool taken = decision == DeviceDecision::taken;
  if (taken && approved) {
    view.texts = {{"title", "Your device is connected"},
                  {"text", "You can close this page and go back to it."}};
    why = "the user approved: the device's next poll brings its tokens";
  } else if (taken) {
    view.texts = {{"title", "Access was denied"}, {"text", "The device gets nothing."}};
    why = "the user denied: the device's next poll says access_denied";
  } else if (decision == DeviceDecision::already_taken) {
    view.texts = {{"title", "This code was answered before"},
                  {"text", "Ask your device for a new one if it still waits."}};
    why = "the user code was decided before";
  } else {
    view.texts = {{"title", "This code has expired"}, {"text", "Ask your device for a new one."}};
    why = "the user code has expired (policy device_ttl_s)";
  }
  Answer answer = show(taken ? 200 : 400, "message.html", std::move(view), std::move(why));
  if (!taken) answer.outcome = "invalid_user_code";
  if (taken && !approved) answer.outcome = "access_denied";
  return answer;
}

Answer ask_for_decision(const Visit& visit, const StoredDevice& device) {
  Code request;
  request.client_id = device.client_id;
  request.scope = device.scope;
  const PendingConsent decision =
      open_page(visit, {"", "", std::move(request), "", std::nullopt, device.user_code, {}},
                visit.context.policy.pending_ttl);
  View view;
  view.texts = {{"title", "Connect a device"},
                {"client", device.client_id},
                {"user_code", display_user_code(device.user_code)},
                {"consent", decision.id},
                {"csrf", decision.csrf},
                {"action", std::string{base_path(visit.base)}.append(kDevicePath)}};
  view.lists = {{"scopes", scope_items(device.scope)},
                {"users", user_items(visit.config)},
                {"several", View::when(visit.config.users.size() > 1)}};
  Answer answer = show(200, "device_confirm.html", std::move(view),
                       "the page waits for the user's decision (approve: ask)");
  bind_page(answer.response, decision, visit, kDevicePath);
  return answer;
}

}  // namespace

Answer handle_device_authorization(const Call& call, const Visit& visit, const Fixtures&) {
  constexpr std::array<std::string_view, 3> kDeviceOnce{"client_id", "client_secret", "scope"};
  const ErrorsPolicy errors = visit.context.policy.errors;
  if (auto error = check_body(call, kDeviceOnce)) return refuse(std::move(*error), errors);
  auto client = authenticate(visit.context, credentials_of(call));
  if (!client) return refuse(std::move(client.error()), errors);
  const DeviceRequest request =
      start_device(visit.context, **client, param(call.form, "scope").value_or(""));
  const std::string page = visit.base + std::string{kDevicePath};
  const std::string shown = display_user_code(request.user_code);
  const auto lifetime =
      std::chrono::duration_cast<std::chrono::seconds>(request.expires_at - visit.context.now);
  Answer answer;  // §3.2
  answer.response = json_response(
      200, R"({"device_code":)" + json_quote(request.device_code) + R"(,"user_code":)" +
               json_quote(shown) + R"(,"verification_uri":)" + json_quote(page) +
               R"(,"verification_uri_complete":)" + json_quote(page + "?user_code=" + shown) +
               R"(,"expires_in":)" + std::to_string(lifetime.count()) + R"(,"interval":)" +
               std::to_string(request.interval.count()) + "}");
  answer.why = "the user decides at " + page;
  answer.tokens_issued.push_back(fingerprint(request.device_code));
  return answer;
}

Answer handle_device_page(const Call& call, const Visit& visit, const Fixtures&) {
  if (call.query.error) {
    return refuse_for_reader(
        call,
        make_error(ErrorId::parameters_malformed,
                   "the query is not well-formed: " + *call.query.error, *call.query.error),
        visit.context.policy.errors);
  }
  const auto typed = param(call.query, "user_code");
  if (!typed || call.request.method == "HEAD") return ask_for_code(visit, "", "");
  const std::string user_code = canonical_user_code(*typed);
  const auto device = visit.context.store.find_device(user_code);
  if (!device) return ask_for_code(visit, *typed, "No device waits for this code.");
  if (device->state != DeviceState::pending) return say(DeviceDecision::already_taken, false);
  if (visit.context.now >= device->expires_at) return say(DeviceDecision::expired, false);
  // As at the authorize endpoint: opening the page is what the user does, the rest is configured.
  if (visit.config.approve == Approve::ask) return ask_for_decision(visit, *device);
  const bool approved = visit.config.approve == Approve::automatic;
  std::optional<std::string_view> user;
  if (approved) user = visit.config.users.front().id;
  return say(visit.context.store.decide_device(user_code, user, visit.context.now), approved);
}

Answer handle_device_decision(const Call& call, const Visit& visit, const Fixtures&) {
  const ErrorsPolicy errors = visit.context.policy.errors;
  auto choice = read_choice(call, visit.config);
  auto decision = choice ? check_page(call, visit) : Result<PendingConsent>{choice.error()};
  if (!decision) return refuse_for_reader(call, std::move(decision.error()), errors);
  std::optional<std::string_view> user;
  if (choice->approved) user = choice->user;
  Answer answer =
      say(visit.context.store.decide_device(decision->user_code, user, visit.context.now),
          choice->approved);
  try {
    (void)take_page(*decision, visit);  // it was the device's: the first decision stands
  } catch (const StoreUnavailable&) {
    answer.why += "; the page is still there, since the store failed, and decides nothing more";
  }
  release_page(answer.response, decision->id, visit, kDevicePath);
  return answer;
}

}  // namespace heygen::mock
