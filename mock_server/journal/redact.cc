#include "mock_server/journal/redact.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/wire/form.h"
#include "mock_server/wire/message.h"
#include "mock_server/wire/syntax.h"

namespace heygen::mock {
namespace {

// Shorter values are shown as secrets where they stand, and not looked for elsewhere: they would be
// found in every second word.
constexpr std::size_t kShortestKnown = 6;
constexpr std::size_t kShortestInside = 8;
constexpr std::size_t kMostKnown = 256;

using wire::is_alnum;
using wire::lower;

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string in_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::string_view entity = c == '&'    ? "&amp;"
                                    : c == '<'  ? "&lt;"
                                    : c == '>'  ? "&gt;"
                                    : c == '"'  ? "&quot;"
                                    : c == '\'' ? "&#39;"
                                                : "";
    entity.empty() ? out += c : out += entity;
  }
  return out;
}

std::string in_json(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Only these are repeated: a client that forgets the scheme puts the token in its place.
bool is_scheme(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 8> kSchemes{"Basic", "Bearer",    "Digest", "DPoP",
                                                     "MAC",   "Negotiate", "OAuth",  "Token"};
  return std::ranges::any_of(kSchemes, [&](auto scheme) { return wire::iequals(word, scheme); });
}

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 24> kNames{"accesstoken",
                                                    "actortoken",
                                                    "apikey",
                                                    "assertion",
                                                    "authorization",
                                                    "authtoken",
                                                    "clientassertion",
                                                    "clientsecret",
                                                    "code",
                                                    "codeverifier",
                                                    "csrf",
                                                    "csrftoken",
                                                    "devicecode",
                                                    "idtoken",
                                                    "password",
                                                    "proxyauthorization",
                                                    "refreshtoken",
                                                    "registrationaccesstoken",
                                                    "secret",
                                                    "sessiontoken",
                                                    "state",
                                                    "subjecttoken",
                                                    "token",
                                                    "usercode"};
  static_assert(std::ranges::is_sorted(kNames));
  if (name.size() > 2 && lower(name[0]) == 'x' && name[1] == '-') name.remove_prefix(2);
  std::string plain;
  for (const char c : name) {
    if (is_alnum(c)) plain += lower(c);
  }
  return std::ranges::binary_search(kNames, std::string_view{plain});
}

Redactor Redactor::noting(std::vector<Secret>& secrets) const {
  Redactor copy = *this;
  copy.noted_ = &secrets;
  return copy;
}

Redactor Redactor::knowing(const std::vector<Secret>& secrets) const {
  Redactor copy = *this;
  copy.noted_ = nullptr;
  std::set<std::string_view> values;
  for (const auto& secret : secrets) {
    if (secret.value.size() < kShortestKnown || values.size() == kMostKnown) continue;
    if (!values.insert(secret.value).second) continue;
    const std::set<std::string> spellings{secret.value, in_html(secret.value),
                                          in_json(secret.value), wire::form_encode(secret.value)};
    for (const auto& spelling : spellings) {
      copy.known_.push_back({secret, spelling, spelling.size() < kShortestInside});
    }
  }
  // The longest first: one secret may contain another.
  std::ranges::stable_sort(copy.known_, std::ranges::greater{},
                           [](const Known& known) { return known.spelling.size(); });
  return copy;
}

std::string Redactor::shown(std::string_view name, std::string_view secret) const {
  if (noted_ != nullptr) noted_->push_back({std::string{name}, std::string{secret}});
  return fingerprint(secret);
}

std::string Redactor::header(std::string_view name, std::string_view value) const {
  const auto is = [name](std::string_view other) { return wire::iequals(name, other); };
  if (is("Authorization") || is("Proxy-Authorization")) return credentials(trimmed(value));
  if (is("Cookie")) return cookies(value, false);
  if (is("Set-Cookie")) return cookies(value, true);
  if (is("Location") || is("Content-Location") || is("Referer")) return uri(value);
  if (is_secret_name(name) && !trimmed(value).empty()) return shown(name, trimmed(value));
  return text(value);
}

std::string Redactor::credentials(std::string_view value) const {
  if (value.empty()) return "";
  const auto space = std::min(value.find(' '), value.size());
  const auto scheme = value.substr(0, space);
  const auto rest = trimmed(value.substr(space));
  if (!is_scheme(scheme)) return shown("authorization", value);
  if (rest.empty()) return std::string{scheme};
  if (wire::iequals(scheme, "Basic")) return basic(scheme, rest);
  const bool bearer = wire::iequals(scheme, "Bearer");
  return std::string{scheme} + " " + shown(bearer ? "access_token" : "authorization", rest);
}

// RFC 7617 §2 in RFC 6749 §2.3.1: both halves are form-encoded. Shown decoded, "Basic demo:fp-…".
std::string Redactor::basic(std::string_view scheme, std::string_view blob) const {
  const auto plain = base64_decode(blob);
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::string{scheme} + " " + shown("authorization", blob);
  const auto secret = std::string_view{*plain}.substr(colon + 1);
  std::string out = std::string{scheme} + " " + text(loosely_form_decoded(plain->substr(0, colon)));
  out += ':';
  if (secret.empty()) return out;
  out += shown("client_secret", loosely_form_decoded(secret));
  if (noted_ != nullptr) noted_->push_back({"client_secret", std::string{secret}});
  return out;
}

// "a=1; b=2", or with `attributes` "a=1; Path=/; Secure".
std::string Redactor::cookies(std::string_view value, bool attributes) const {
  std::string out;
  for (bool first = true; !value.empty() || first; first = false) {
    const auto end = std::min(value.find(';'), value.size());
    const auto piece = trimmed(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    if (!first) out += "; ";
    const auto equals = piece.find('=');
    if (attributes && !first) {
      out += text(piece);
    } else if (equals == std::string_view::npos) {
      if (!piece.empty()) out += shown("cookie", piece);
    } else {
      const auto name = piece.substr(0, equals);
      out += text(name) + "=";
      if (equals + 1 < piece.size()) {
        out += shown("cookie_" + std::string{name}, piece.substr(equals + 1));
      }
    }
  }
  return out;
}

std::string Redactor::uri(std::string_view raw) const {
  const auto hash = std::min(raw.find('#'), raw.size());
  const auto mark = std::min(raw.find('?'), hash);
  std::string_view path = raw.substr(0, mark);
  std::string out;
  // RFC 3986 §3.2.1: what stands before the '@' of the authority.
  const auto slashes = path.find("//");
  if (slashes == 0 || (slashes != std::string_view::npos && path[slashes - 1] == ':')) {
    const auto begin = slashes + 2;
    const auto at = path.substr(0, path.find('/', begin)).rfind('@');
    if (at != std::string_view::npos && at > begin) {
      out = text(path.substr(0, begin)) + shown("userinfo", path.substr(begin, at - begin));
      path.remove_prefix(at);
    }
  }
  out += text(path);
  if (mark < hash) out += "?" + query(raw.substr(mark + 1, hash - mark - 1));
  if (hash < raw.size()) out += "#" + query(raw.substr(hash + 1));
  return out;
}

// What holds no secret stays byte for byte.
std::string Redactor::query(std::string_view raw) const {
  const auto decoded = loosely_parsed(raw, SIZE_MAX);
  const auto redacted = fields(decoded);
  std::string out;
  for (std::size_t i = 0, start = 0; start < raw.size();) {
    const auto end = std::min(raw.find('&', start), raw.size());
    const auto piece = raw.substr(start, end - start);
    if (start > 0) out += '&';
    start = end + 1;
    if (piece.empty()) continue;
    const auto& [name, value] = redacted[i];
    const auto equals = std::min(piece.find('='), piece.size());
    out +=
        name == decoded[i].first ? std::string{piece.substr(0, equals)} : wire::form_encode(name);
    if (equals < piece.size()) {
      out += '=';
      out += value == decoded[i].second ? std::string{piece.substr(equals + 1)}
                                        : wire::form_encode(value);
    }
    ++i;
  }
  return out;
}

Fields Redactor::fields(const Fields& decoded) const {
  const auto is_method = [](const auto& field) { return field.first == "code_challenge_method"; };
  const auto method = std::ranges::find_if(decoded, is_method);
  const bool plain = method == decoded.end() || method->second != "S256";
  Fields out;
  out.reserve(decoded.size());
  for (const auto& [name, value] : decoded) {
    const bool secret = is_secret_name(name) || (plain && name == "code_challenge");
    out.emplace_back(text(name), secret && !value.empty() ? shown(name, value) : text(value));
  }
  return out;
}

}  // namespace heygen::mock
