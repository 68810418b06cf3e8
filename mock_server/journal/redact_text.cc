// Secrets in text of no known structure: beside their names, or recognised by themselves.
#include <algorithm>
#include <exception>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/redact.h"
#include "mock_server/wire/syntax.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kShortestRun = 8;
constexpr std::size_t kMostParts = 8;  // of a run, tried together
constexpr int kDeepestEscape = 3;      // percent-encodings within one another
constexpr int kBase64 = 2;             // of which base64 counts for so many

using wire::is_alnum;
bool is_name_char(char c) noexcept { return is_alnum(c) || c == '_' || c == '-'; }
bool is_run_char(char c) noexcept {
  return is_alnum(c) || std::string_view{"-._~+/="}.find(c) != std::string_view::npos;
}
bool is_quote(char c) noexcept { return c == '"' || c == '\''; }

// What is there already in the place of a secret.
bool is_fingerprint(std::string_view text) noexcept {
  return text.size() == 15 && text.starts_with("fp-") &&
         std::ranges::all_of(text.substr(3), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_text(std::string_view bytes) {
  return std::ranges::none_of(bytes, [](char c) { return c >= '\0' && c < ' '; }) &&
         to_utf8(bytes) == bytes;
}

std::size_t skip_spaces(std::string_view text, std::size_t i) noexcept {
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  return i;
}

// Where the value begins that belongs to a name which ends at `i`: after "=", or, when the name is
// quoted, after ":" as in JSON. npos when there is none.
std::size_t value_after(std::string_view text, std::size_t i) noexcept {
  while (i < text.size() && text[i] == '\\') ++i;
  const bool quoted = i < text.size() && is_quote(text[i]);
  i = skip_spaces(text, quoted ? i + 1 : i);
  if (i < text.size() && (text[i] == '=' || (quoted && text[i] == ':'))) {
    return skip_spaces(text, i + 1);
  }
  return std::string_view::npos;
}

struct Span {
  std::size_t begin;
  std::size_t end;
};

// The value that begins at `i`, without its quotes.
Span value_at(std::string_view text, std::size_t i) noexcept {
  const bool escaped = i < text.size() && text[i] == '\\';  // JSON inside a JSON string
  while (i < text.size() && text[i] == '\\') ++i;
  if (i < text.size() && is_quote(text[i])) {
    const char quote = text[i++];
    if (escaped) return {i, std::min(text.find('\\', i), text.size())};
    auto end = i;
    while (end < text.size() && (text[end] != quote || text[end - 1] == '\\')) ++end;
    return {i, end};
  }
  return {i, std::min(text.find_first_of(std::string_view{" \t\r\n&#;,\"'<>`(){}[]\\"}, i),
                      text.size())};
}

// Letters and digits between punctuation; `padded_end` takes in the '='s that may end base64.
struct Part : Span {
  std::size_t padded_end;
};

std::vector<Part> parts_of(std::string_view run) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < run.size();) {
    const auto begin = i;
    while (i < run.size() && is_alnum(run[i])) ++i;
    const auto end = i;
    while (i < run.size() && run[i] == '=' && i - end < 2) ++i;
    if (end > begin) parts.push_back({{begin, end}, i});
    while (i < run.size() && !is_alnum(run[i])) ++i;
  }
  return parts;
}

}  // namespace

std::string Redactor::text(std::string_view raw) const { return text(raw, 0); }

std::string Redactor::text(std::string_view raw, int depth) const {
  auto out = without_runs(without_named(without_known(raw)), depth);
  if (depth >= kDeepestEscape || out.find('%') == std::string::npos) return out;
  const auto decoded = loosely_decoded(out);
  if (decoded == out) return out;
  auto seen_through = text(decoded, depth + 1);
  return seen_through == decoded ? out : seen_through;
}

std::string Redactor::without_named(std::string_view raw) const {
  const bool plain = raw.find("code_challenge_method=S256") == std::string_view::npos;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < raw.size();) {
    if (!is_name_char(raw[i])) {
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < raw.size() && is_name_char(raw[i])) ++i;
    const auto name = raw.substr(begin, i - begin);
    const auto at = value_after(raw, i);
    if (at == std::string_view::npos) continue;
    if (!is_secret_name(name) && !(plain && name == "code_challenge")) continue;
    const auto [first, last] = value_at(raw, at);
    const auto value = raw.substr(first, last - first);
    if (value.empty() || is_fingerprint(value)) continue;
    out.append(raw.substr(copied, first - copied)).append(shown(name, loosely_decoded(value)));
    copied = i = last;
  }
  return out.append(raw.substr(copied));
}

std::string Redactor::without_known(std::string_view raw) const {
  std::string out{raw};
  for (const auto& [secret, spelling, whole] : known_) {
    for (auto at = out.find(spelling); at != std::string::npos; at = out.find(spelling, at)) {
      const auto end = at + spelling.size();
      const bool adjoined =
          (at > 0 && is_alnum(out[at - 1])) || (end < out.size() && is_alnum(out[end]));
      if (whole && adjoined) {
        ++at;
        continue;
      }
      const auto instead = shown(secret.name, secret.value);
      out.replace(at, spelling.size(), instead);
      at += instead.size();
    }
  }
  return out;
}

std::string Redactor::without_runs(std::string_view raw, int depth) const {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size();) {
    const auto begin = i;
    while (i < raw.size() && is_run_char(raw[i])) ++i;
    if (i - begin >= kShortestRun) {
      out += run(raw.substr(begin, i - begin), depth);
    } else {
      out += raw.substr(begin, i - begin);
    }
    if (i < raw.size()) out += raw[i++];
  }
  return out;
}

// The alphabet's own punctuation may be part of a secret or stand between two: every sequence of
// parts is tried, the longest first.
std::string Redactor::run(std::string_view raw, int depth) const {
  if (recognised(raw, depth)) return shown("secret", raw);
  const auto parts = parts_of(raw);
  std::string out;
  std::size_t copied = 0;
  for (std::size_t first = 0; first < parts.size(); ++first) {
    for (auto count = std::min(parts.size() - first, kMostParts); count > 0; --count) {
      const auto begin = parts[first].begin;
      const auto& last = parts[first + count - 1];
      const auto is_hot = [&](std::size_t end) {
        return end - begin >= kShortestRun && end - begin < raw.size() &&
               recognised(raw.substr(begin, end - begin), depth);
      };
      const bool padded = last.padded_end != last.end && is_hot(last.padded_end);
      if (!padded && !is_hot(last.end)) continue;
      const auto end = padded ? last.padded_end : last.end;
      out.append(raw.substr(copied, begin - copied));
      out.append(shown("secret", raw.substr(begin, end - begin)));
      copied = end;
      first += count - 1;
      break;
    }
  }
  return out.append(raw.substr(copied));
}

bool Redactor::asked(std::string_view raw) const {
  try {
    return is_secret_ && is_secret_(raw);
  } catch (const std::exception&) {
    return true;
  }
}

bool Redactor::recognised(std::string_view raw, int depth) const {
  if (asked(raw)) return true;
  // Not base64 within base64: what it costs to try would multiply.
  if (depth + kBase64 > kDeepestEscape) return false;
  // Words decode to noise: only what decodes to text is looked into.
  const auto decoded = base64_decode(raw);
  if (!decoded || !is_text(*decoded)) return false;
  Redactor quiet = *this;
  quiet.noted_ = nullptr;  // what is shown is the whole run, not what was found in it
  return quiet.text(*decoded, depth + kBase64) != *decoded;
}

}  // namespace heygen::mock
