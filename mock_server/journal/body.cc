#include "mock_server/journal/body.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

constexpr int kDeepestBody = 64;                              // levels of JSON
constexpr std::size_t kMostScanned = std::size_t{64} * 1024;  // of text
constexpr std::string_view kCut = "\xE2\x80\xA6";             // "…"

bool too_deep(std::string_view json) noexcept {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepestBody) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::optional<ordered_json> parsed(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (body[first] != '{' && body[first] != '[')) return {};
  if (body.size() > kMostJsonShown || too_deep(body)) return {};
  // The parser takes a NUL for the end: what follows would not be shown.
  if (body.find('\0') != std::string_view::npos) return {};
  auto json = ordered_json::parse(body, nullptr, false);
  if (json.is_discarded()) return {};
  return json;
}

// What is opened by an API's answer, or not opened at all, is no place for codes and tokens.
bool opaque_unless_read(Endpoint endpoint) noexcept {
  return endpoint != Endpoint::api && endpoint != Endpoint::none;
}

std::string cut_text(std::string_view body, const Redactor& redactor) {
  bool cut = body.size() > kMostScanned;
  if (cut) {
    body = body.substr(0, kMostScanned);
    // The last word may be the beginning of a secret.
    const auto end = body.find_last_of(" \t\r\n");
    body = body.substr(0, end == std::string_view::npos ? 0 : end);
  }
  const auto whole = to_utf8(redactor.text(body));
  const auto shown = cut_utf8(whole, kMostBodyShown);
  cut = cut || shown.size() < whole.size();
  return std::string{shown} + std::string{cut ? kCut : ""};
}

}  // namespace

BodyShown show_body(std::string_view body, Endpoint endpoint, Redactor::JsonOf of,
                    const Redactor& redactor, ordered_json& shown) {
  if (auto json = parsed(body)) {
    redactor.json(*json, of);
    shown = std::move(*json);
    return BodyShown::json;
  }
  if (opaque_unless_read(endpoint) && !body.empty()) {
    shown = ordered_json{{"bytes", body.size()}, {"fingerprint", fingerprint(body)}};
    return BodyShown::opaque;
  }
  shown = cut_text(body, redactor);
  return BodyShown::text;
}

}  // namespace heygen::mock
