#include "client_under_test/lib/json.h"

#include <nlohmann/json.hpp>

namespace heygen::client {
namespace {

constexpr int kDeepest = 32;

// Looked at before parsing: what is nested too deep is not worth building a tree of.
bool nested_within(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

JsonValue to_value(const nlohmann::json& json) {
  using Kind = JsonValue::Kind;
  if (json.is_string()) return {Kind::string, json.get<std::string>()};
  const std::string text = json.dump();
  if (json.is_number()) return {Kind::number, text, json.get<double>()};
  if (json.is_boolean()) return {Kind::boolean, text};
  if (json.is_object()) return {Kind::object, text};
  if (json.is_array()) return {Kind::array, text};
  return {Kind::null, text};
}

}  // namespace

const JsonValue* JsonObject::find(std::string_view name) const {
  const auto found = members.find(name);
  return found == members.end() ? nullptr : &found->second;
}

std::optional<std::string> JsonObject::string(std::string_view name) const {
  const JsonValue* value = find(name);
  if (value == nullptr || value->kind != JsonValue::Kind::string) return std::nullopt;
  return value->text;
}

std::optional<double> JsonObject::number(std::string_view name) const {
  const JsonValue* value = find(name);
  if (value == nullptr || value->kind != JsonValue::Kind::number) return std::nullopt;
  return value->number;
}

std::optional<JsonObject> parse_json_object(std::string_view text) {
  if (!nested_within(text, kDeepest)) return std::nullopt;
  // nlohmann's reader takes a NUL for the end, and does not look at what follows.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const nlohmann::json parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  JsonObject object;
  for (const auto& [name, value] : parsed.items()) object.members.emplace(name, to_value(value));
  return object;
}

std::string json_quote(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

JsonWriter& JsonWriter::raw(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_.push_back(',');
  members_.append(json_quote(name)).append(":").append(json);
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view name, std::string_view value) {
  return raw(name, json_quote(value));
}

JsonWriter& JsonWriter::number(std::string_view name, std::int64_t value) {
  return raw(name, std::to_string(value));
}

JsonWriter& JsonWriter::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

}  // namespace heygen::client
