#include "mock_server/control/export_fault.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mock_server/faults/rule.h"
#include "mock_server/journal/body.h"
#include "mock_server/journal/plain_text.h"
#include "mock_server/notation/duration.h"
#include "mock_server/wire/form.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using Ending = wire::Delivery::Ending;

json scope_of(const Entry& entry, const Redactor& redactor) {
  json on = json::object();
  if (entry.endpoint != Endpoint::none) on["endpoint"] = to_string(entry.endpoint);
  // One path serves many functions of OAuth; of the API each path is one. A path with a secret in
  // it is another's the next time.
  const std::string path{entry.request.path()};
  const bool by_path = entry.endpoint == Endpoint::api || entry.endpoint == Endpoint::none;
  if (by_path && redactor.text(path) == path) on["path"] = to_utf8(path);
  if (!entry.client_id.empty() && redactor.text(entry.client_id) == entry.client_id) {
    on["client_id"] = to_utf8(entry.client_id);
  }
  if (entry.endpoint == Endpoint::token && !entry.grant_type.empty() &&
      entry.grant_type != "refresh_token") {
    on["grant_type"] = to_utf8(redactor.text(entry.grant_type));
  }
  return on;
}

// What the wire writes itself, and what belongs to one exchange alone.
bool is_of_the_moment(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames{
      "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
      "Date",         "Set-Cookie",     "X-Mock-Fault",      "Location",   "X-Request-Id"};
  return std::ranges::any_of(kNames, [&](auto one) { return wire::iequals(one, name); });
}

void add_fields(const wire::Headers& headers, const Redactor& redactor, json& action) {
  for (const auto& [name, value] : headers) {
    if (!is_of_the_moment(name)) action["headers"][name] = to_utf8(redactor.header(name, value));
  }
  if (const auto* const type = headers.find("Content-Type")) {
    action["content_type"] = to_utf8(*type);
  }
}

// The error that an authorization response took to the client (RFC 6749 §4.1.2.1).
bool add_redirected_error(const Entry& entry, const Redactor& redactor, json& action) {
  const auto* const location = entry.response.headers.find("Location");
  if (location == nullptr || entry.endpoint != Endpoint::authorize) return false;
  const auto mark = location->find_first_of("?#");
  if (mark == std::string::npos) return false;
  const auto params = wire::parse_form(std::string_view{*location}.substr(mark + 1));
  for (const auto& [name, value] : params.fields) {
    if (name == "error") action["oauth_error"] = to_utf8(value);
    if (name == "error_description") action["description"] = to_utf8(redactor.text(value));
  }
  return action.contains("oauth_error");
}

void add_delivery(const wire::Delivery& delivery, json& action) {
  if (delivery.delay.count() != 0) action["delay"] = format_duration(delivery.delay);
  if (delivery.dribble) {
    action["dribble"] = {{"bytes", delivery.dribble->bytes},
                         {"every", format_duration(delivery.dribble->every)}};
  }
  if (delivery.endless_bytes != 0) action["endless"] = delivery.endless_bytes;
  switch (delivery.ending) {
    case Ending::complete:
      break;
    case Ending::reset:
      action["connection"] = "reset";
      break;
    case Ending::empty:
      action["connection"] = "empty";
      break;
    case Ending::head_only:
    case Ending::truncated:
      action["connection"] = "truncate";
      break;
    case Ending::close:
      action["connection"] = "close";
      break;
  }
}

// Byte for byte where nothing in it is a secret.
std::optional<std::string> body_of(const Entry& entry, const Redactor& redactor) {
  const std::string& body = entry.response.body;
  if (body.empty()) return "";
  const bool api = entry.endpoint == Endpoint::api || entry.endpoint == Endpoint::none;
  const auto of = api ? Redactor::JsonOf::api_answer : Redactor::JsonOf::answer;
  nlohmann::ordered_json shown;
  switch (show_body(body, entry.endpoint, of, redactor, shown)) {
    case BodyShown::json:
      return shown == nlohmann::ordered_json::parse(body) ? body : shown.dump();
    case BodyShown::text:
      if (body.size() > kMostJsonShown) return std::nullopt;
      return to_utf8(redactor.text(body));
    case BodyShown::opaque:
      break;
  }
  return std::nullopt;
}

bool nothing_arrived(Ending ending) { return ending == Ending::reset || ending == Ending::empty; }

}  // namespace

json fault_that_answers(const Entry& entry, const Redactor& redactor) {
  const wire::Response& response = entry.response;
  json action{{"stage", "before"}};
  add_delivery(response.delivery, action);
  if (!nothing_arrived(response.delivery.ending) &&
      !add_redirected_error(entry, redactor, action)) {
    action["status"] = response.status;
    if (auto body = body_of(entry, redactor)) {
      action["body"] = std::move(*body);
      add_fields(response.headers, redactor, action);
    } else if (entry.outcome != "fault") {
      action["oauth_error"] = entry.outcome;
    }
  }
  return {{"on", scope_of(entry, redactor)}, {"do", std::move(action)}};
}

}  // namespace heygen::mock::control
