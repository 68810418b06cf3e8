// The JSON this library reads and writes: one object, its members looked at one level deep. Keeps
// the JSON library out of every other file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace heygen::client {

struct JsonValue {
  enum class Kind { null, boolean, number, string, object, array };
  Kind kind = Kind::null;
  std::string text;     // a string's value; else the value as compact JSON
  double number = 0.0;  // of a number
};

class JsonObject {
 public:
  std::map<std::string, JsonValue, std::less<>> members;

  // nullptr when there is no such member.
  [[nodiscard]] const JsonValue* find(std::string_view name) const;
  // The value of a member that is a string.
  [[nodiscard]] std::optional<std::string> string(std::string_view name) const;
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
};

// Nothing when the text is not one JSON object (RFC 8259), or is nested deeper than 32. Of members
// with one name the last one counts. Never throws.
[[nodiscard]] std::optional<JsonObject> parse_json_object(std::string_view text);

// Writes an object on one line. Bytes that are not UTF-8 become U+FFFD.
class JsonWriter {
 public:
  JsonWriter& string(std::string_view name, std::string_view value);
  JsonWriter& number(std::string_view name, std::int64_t value);
  JsonWriter& boolean(std::string_view name, bool value);
  JsonWriter& raw(std::string_view name, std::string_view json);
  [[nodiscard]] std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace heygen::client
