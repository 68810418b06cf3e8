#include "mock_server/faults/parse_action.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/wire/message.h"

namespace heygen::mock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::minutes{10};
constexpr std::int64_t kMostEndless = std::int64_t{1} << 30U;
constexpr std::int64_t kMostPiece = std::int64_t{1} << 20U;
constexpr std::int64_t kMostParties = 256;  // each holds a worker thread

std::optional<milliseconds> short_duration(JsonObject& object, std::string_view key) {
  const auto value = object.duration(key);
  if (value && *value > kLongest) object.refuse(key, "write 10m or less");
  return value;
}

// RFC 9110 §5.1, §5.5.
bool is_field_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

void check_field_name(const JsonObject& headers, const std::string& name) {
  constexpr std::array<std::string_view, 5> kOurs{"Content-Length", "Transfer-Encoding",
                                                  "Connection", "Keep-Alive", "X-Mock-Fault"};
  if (!is_field_name(name)) headers.refuse(name, "write the name of a header field");
  if (std::ranges::any_of(kOurs, [&](auto ours) { return wire::iequals(ours, name); })) {
    headers.refuse(name,
                   "the server sets it; for a broken length write \"connection\":\"truncate\"");
  }
}

// Members of an object of strings, sorted by name, as the JSON library keeps them.
std::vector<std::pair<std::string, std::string>> text_members(JsonObject& object,
                                                              std::string_view key) {
  std::vector<std::pair<std::string, std::string>> out;
  auto members = object.object(key);
  if (!members) return out;
  for (const auto& [name, value] : object.member(key)->items()) {
    out.emplace_back(name, *members->text(name));
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> parse_headers(JsonObject& object) {
  auto headers = text_members(object, "headers");
  for (const auto& [name, value] : headers) {
    const JsonObject at{*object.member("headers"), object.path_of("headers")};
    check_field_name(at, name);
    if (!is_field_value(value)) at.refuse(name, "leave out control characters");
  }
  return headers;
}

std::optional<std::string> field_value(JsonObject& object, std::string_view key) {
  auto value = object.text(key);
  if (value && !is_field_value(*value)) object.refuse(key, "leave out control characters");
  return value;
}

// IMF-fixdate, RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
bool looks_like_http_date(std::string_view text) {
  constexpr std::string_view kShape = "Aaa, 00 Aaa 0000 00:00:00 GMT";
  const auto fits = [](char shape, char c) {
    if (shape == '0') return c >= '0' && c <= '9';
    if (shape == 'A') return c >= 'A' && c <= 'Z';
    if (shape == 'a') return c >= 'a' && c <= 'z';
    return c == shape;
  };
  constexpr std::size_t kZone = kShape.size() - 3;
  return text.size() == kShape.size() && text.substr(kZone) == kShape.substr(kZone) &&
         std::ranges::equal(kShape.substr(0, kZone), text.substr(0, kZone), fits);
}

// RFC 9110 §10.2.3: whole seconds, or a date.
std::optional<std::string> parse_retry_after(JsonObject& object) {
  const auto* const member = object.member("retry_after");
  if (member == nullptr) return std::nullopt;
  if (member->is_number()) {
    return std::to_string(*object.integer("retry_after", 0, std::int64_t{1} << 31U));
  }
  if (member->is_string() && looks_like_http_date(member->get_ref<const std::string&>())) {
    return member->get<std::string>();
  }
  return std::to_string(
      std::chrono::ceil<std::chrono::seconds>(*object.duration("retry_after")).count());
}

std::optional<wire::Delivery::Dribble> parse_dribble(JsonObject& object) {
  auto given = object.object("dribble");
  if (!given) return std::nullopt;
  wire::Delivery::Dribble dribble;
  dribble.bytes = static_cast<std::size_t>(given->integer("bytes", 1, kMostPiece).value_or(1));
  dribble.every = short_duration(*given, "every").value_or(dribble.every);
  given->finish();
  return dribble;
}

std::optional<BarrierSpec> parse_barrier(JsonObject& object) {
  auto given = object.object("barrier");
  if (!given) return std::nullopt;
  BarrierSpec barrier;
  barrier.parties =
      static_cast<std::uint32_t>(given->integer("parties", 2, kMostParties).value_or(2));
  barrier.timeout = short_duration(*given, "timeout").value_or(barrier.timeout);
  given->finish();
  return barrier;
}

JsonPatch parse_patch(JsonObject& object) {
  JsonPatch patch;
  if (const auto members = object.object("patch")) {
    for (const auto& [name, value] : object.member("patch")->items()) {
      patch.emplace_back(name, value.is_null() ? std::nullopt : std::optional{value.dump()});
    }
  }
  for (auto& [name, text] : text_members(object, "patch_text")) {
    const JsonObject at{*object.member("patch_text"), object.path_of("patch_text")};
    if (!is_json(text)) at.refuse(name, "write JSON text, such as \"8.64e5\"");
    if (std::ranges::any_of(patch, [&, &key = name](const auto& p) { return p.first == key; })) {
      at.refuse(name, "it stands in `patch` already");
    }
    patch.emplace_back(name, std::move(text));
  }
  std::ranges::sort(patch, {}, [](const auto& member) { return member.first; });
  return patch;
}

RedirectTampering parse_redirect(JsonObject& object) {
  RedirectTampering out;
  auto given = object.object("redirect");
  if (!given) return out;
  out.drop = given->texts("drop").value_or(out.drop);
  out.set = text_members(*given, "set");
  out.flip = given->texts("flip").value_or(out.flip);
  out.duplicate = given->texts("duplicate").value_or(out.duplicate);
  out.fragment = given->flag("fragment").value_or(false);
  given->finish();
  if (!tampers(out)) object.refuse("redirect", "say what to drop, set, flip or duplicate");
  return out;
}

void check_location(const JsonObject& object, const FaultAction& action) {
  if (!action.location) return;
  if (action.location->empty()) object.refuse("location", "write where to");
  if (action.status && (*action.status < 300 || *action.status > 399)) {
    object.refuse("status", "a `location` goes with 301, 302, 303, 307 or 308");
  }
  if (action.oauth_error || action.echo_secrets || action.malformed) {
    object.refuse("location", "write either it, or an error or malformed body");
  }
}

bool does_nothing(const FaultAction& action) {
  return !action.status && !action.oauth_error && action.headers.empty() && !action.body &&
         !action.content_type && !action.retry_after && !action.dribble && !action.connection &&
         !action.malformed && !action.location && action.patch.empty() && !action.echo_secrets &&
         action.endless_bytes == 0 && !tampers(action.redirect) && !action.barrier &&
         action.delay.count() == 0 && action.jitter.count() == 0;
}

}  // namespace

FaultAction parse_action(JsonObject object, const std::string& path) {
  constexpr std::array kConnections{FaultConnection::reset, FaultConnection::close,
                                    FaultConnection::empty, FaultConnection::truncate};
  constexpr std::array kBodies{FaultBody::json, FaultBody::html, FaultBody::empty_object};
  FaultAction action;
  if (object.choice("stage", {"before", "after_commit"}) == 1U) {
    action.stage = FaultStage::after_commit;
  }
  action.delay = short_duration(object, "delay").value_or(action.delay);
  action.jitter = short_duration(object, "jitter").value_or(action.jitter);
  if (const auto status = object.integer("status", 200, 599)) {
    action.status = static_cast<int>(*status);
  }
  action.oauth_error = object.text("oauth_error");
  action.description = object.text("description");
  action.headers = parse_headers(object);
  action.body = object.text("body");
  action.content_type = field_value(object, "content_type");
  action.retry_after = parse_retry_after(object);
  action.dribble = parse_dribble(object);
  if (const auto i = object.choice("connection", {"reset", "close", "empty", "truncate"})) {
    action.connection = kConnections.at(*i);
  }
  if (const auto i = object.choice("malformed", {"json", "html", "empty-object"})) {
    action.malformed = kBodies.at(*i);
  }
  action.location = field_value(object, "location");
  action.patch = parse_patch(object);
  action.echo_secrets = object.flag("echo_secrets").value_or(false);
  action.endless_bytes =
      static_cast<std::uint64_t>(object.integer("endless", 1, kMostEndless).value_or(0));
  action.redirect = parse_redirect(object);
  action.barrier = parse_barrier(object);
  object.finish();

  if (does_nothing(action)) throw BadInput{path, "say what is done, such as {\"status\":503}"};
  if (action.oauth_error && action.oauth_error->empty()) {
    object.refuse("oauth_error", "write an error such as \"invalid_grant\"");
  }
  if (action.description && !action.oauth_error && !action.status && !action.echo_secrets) {
    object.refuse("description", "it describes an error: give oauth_error or status with it");
  }
  check_location(object, action);
  return action;
}

}  // namespace heygen::mock
