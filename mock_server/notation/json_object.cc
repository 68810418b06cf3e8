#include "mock_server/notation/json_object.h"

#include <nlohmann/json.hpp>

#include "mock_server/notation/duration.h"

namespace heygen::mock {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 64;

// Builds the value, and refuses a key that an object has twice: which of them counts is anybody's
// guess.
class StrictBuilder {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
        keys_.emplace_back();
        [[fallthrough]];
      case json::parse_event_t::array_start:
        if (depth >= static_cast<int>(kDeepest)) {
          throw BadInput{"", "nest it less than " + std::to_string(kDeepest) + " levels deep"};
        }
        break;
      case json::parse_event_t::object_end:
        keys_.pop_back();
        break;
      case json::parse_event_t::key: {
        const auto& key = parsed.get_ref<const std::string&>();
        if (!keys_.back().insert(key).second) throw BadInput{key, "give the key once"};
        break;
      }
      default:
        break;
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

std::string list_of(std::initializer_list<std::string_view> choices) {
  std::string out;
  for (const auto choice : choices) {
    if (!out.empty()) out += ", ";
    out.append("\"").append(choice).append("\"");
  }
  return out;
}

}  // namespace

bool is_json(std::string_view text) {
  return text.find('\0') == std::string_view::npos && json::accept(text);
}

json parse_json(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) throw BadInput{"", "not JSON: a NUL byte in it"};
  try {
    return json::parse(text, [builder = StrictBuilder{}](int depth, json::parse_event_t event,
                                                         json& parsed) mutable {
      return builder(depth, event, parsed);
    });
  } catch (const json::parse_error& error) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i + 1 < error.byte && i < text.size(); ++i) {
      column = text[i] == '\n' ? 1 : column + 1;
      if (text[i] == '\n') ++line;
    }
    throw BadInput{
        "", "not JSON at line " + std::to_string(line) + ", column " + std::to_string(column)};
  } catch (const json::exception&) {
    throw BadInput{"", "not JSON"};
  }
}

JsonObject::JsonObject(const json& value, std::string path)
    : value_(value), path_(std::move(path)) {
  if (!value_.is_object()) throw BadInput{path_, "write a JSON object"};
}

bool JsonObject::has(std::string_view key) const {
  looked_for_.emplace(key);
  return value_.contains(key);
}

const json* JsonObject::member(std::string_view key) {
  asked_.emplace(key);
  const auto found = value_.find(key);
  return found == value_.end() ? nullptr : &*found;
}

std::string JsonObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

void JsonObject::refuse(std::string_view key, const std::string& mend) const {
  throw BadInput{path_of(key), mend};
}

std::optional<std::string> JsonObject::text(std::string_view key) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) refuse(key, "write a string");
  return found->get<std::string>();
}

std::optional<bool> JsonObject::flag(std::string_view key) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) refuse(key, "write true or false");
  return found->get<bool>();
}

std::optional<std::int64_t> JsonObject::integer(std::string_view key, std::int64_t least,
                                                std::int64_t most) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number_integer() ||
      (found->is_number_unsigned() &&
       found->get<std::uint64_t>() >
           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))) {
    refuse(key, "write a whole number");
  }
  const auto value = found->get<std::int64_t>();
  if (value < least) refuse(key, "write " + std::to_string(least) + " or more");
  if (value > most) refuse(key, "write " + std::to_string(most) + " or less");
  return value;
}

std::optional<double> JsonObject::number(std::string_view key) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number()) refuse(key, "write a number");
  return found->get<double>();
}

std::optional<std::vector<std::string>> JsonObject::texts(std::string_view key) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_array()) refuse(key, "write an array of strings");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (!(*found)[i].is_string()) {
      refuse(std::string{key} + "[" + std::to_string(i) + "]", "write a string");
    }
    out.push_back((*found)[i].get<std::string>());
  }
  return out;
}

std::optional<std::chrono::milliseconds> JsonObject::duration(std::string_view key,
                                                              bool signed_ok) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  const auto parsed = found->is_string()
                          ? parse_duration(found->get_ref<const std::string&>(), signed_ok)
                          : std::nullopt;
  if (!parsed) refuse(key, std::string{kDurationForm});
  return parsed;
}

std::optional<std::size_t> JsonObject::choice(std::string_view key,
                                              std::initializer_list<std::string_view> choices) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) {
    std::size_t i = 0;
    for (const auto choice : choices) {
      if (found->get_ref<const std::string&>() == choice) return i;
      ++i;
    }
  }
  refuse(key, "write one of " + list_of(choices));
}

std::optional<JsonObject> JsonObject::object(std::string_view key) {
  const json* const found = member(key);
  if (found == nullptr) return std::nullopt;
  return JsonObject{*found, path_of(key)};
}

void JsonObject::each(std::string_view key,
                      const std::function<void(const json& item, std::string path)>& each) {
  const json* const found = member(key);
  if (found == nullptr) return;
  if (!found->is_array()) refuse(key, "write an array");
  for (std::size_t i = 0; i < found->size(); ++i) {
    each((*found)[i], path_of(key) + "[" + std::to_string(i) + "]");
  }
}

void JsonObject::finish() const {
  for (const auto& [key, unused] : value_.items()) {
    if (asked_.contains(key)) continue;
    std::string known;
    std::set<std::string, std::less<>> names = asked_;
    names.insert(looked_for_.begin(), looked_for_.end());
    for (const auto& name : names) known += (known.empty() ? "" : ", ") + name;
    throw BadInput{path_of(key), "unknown key; known here: " + known};
  }
}

}  // namespace heygen::mock
