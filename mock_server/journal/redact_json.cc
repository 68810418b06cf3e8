// Secrets in JSON: by the name of the member, or recognised by themselves.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/journal/redact.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

// What an error is called: "video_not_found".
bool is_error_code(std::string_view text) noexcept {
  return text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace

void Redactor::json(ordered_json& value, JsonOf of) const {
  if (value.is_string()) {
    value = text(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (auto& item : value) json(item, of);
  } else if (value.is_object()) {
    const auto method = value.find("code_challenge_method");
    const bool plain = method == value.end() || *method != "S256";
    auto out = ordered_json::object();
    for (auto& [name, member] : value.items()) {
      const bool error_code =
          name == "code" && of != JsonOf::request &&
          (member.is_number() || (of == JsonOf::api_answer && member.is_string() &&
                                  is_error_code(member.get_ref<const std::string&>())));
      const bool secret = is_secret_name(name) || (plain && name == "code_challenge");
      if (secret && !error_code) {
        secret_json(member, name);
      } else {
        json(member, of);
      }
      out[text(name)] = std::move(member);
    }
    value = std::move(out);
  }
}

void Redactor::secret_json(ordered_json& value, const std::string& name) const {
  if (value.is_structured()) {
    for (auto& member : value) secret_json(member, name);
  } else if (value.is_string()) {
    const auto secret = value.get<std::string>();
    if (!secret.empty()) value = shown(name, secret);
  } else if (value.is_number()) {
    value = shown(name, value.dump());
  }
}

}  // namespace heygen::mock
