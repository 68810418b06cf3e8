#include "conformance/checks/page_headers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

// The pieces between the marks, in lower case and without the blanks around them; no empty ones.
std::vector<std::string> pieces_of(std::string_view text, std::string_view marks) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(marks), text.size());
    std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    piece.remove_prefix(std::min(piece.find_first_not_of(kBlanks), piece.size()));
    piece = piece.substr(0, piece.find_last_not_of(kBlanks) + 1);
    if (!piece.empty()) pieces.push_back(lowered(piece));
  }
  return pieces;
}

// Does this policy name who may frame, and leave somebody out? Nothing when it does not speak of
// it.
std::optional<bool> keeps_frames_out(const std::string& policy) {
  for (const std::string& directive : pieces_of(policy, ";")) {
    const auto words = pieces_of(directive, " \t");
    if (words.front() != "frame-ancestors") continue;
    return std::ranges::none_of(words, [](const std::string& source) {
      return source == "*" || source == "http:" || source == "https:" || source == "http://*" ||
             source == "https://*";
    });
  }
  return std::nullopt;
}

}  // namespace

bool sends_no_referrer(std::string_view policy) {
  constexpr std::array<std::string_view, 4> kGood{"no-referrer", "same-origin", "origin",
                                                  "strict-origin"};
  constexpr std::array<std::string_view, 4> kOther{"no-referrer-when-downgrade", "unsafe-url",
                                                   "origin-when-cross-origin",
                                                   "strict-origin-when-cross-origin"};
  bool good = false;
  for (const std::string& value : pieces_of(policy, ",")) {
    if (std::ranges::find(kGood, value) != kGood.end()) good = true;
    if (std::ranges::find(kOther, value) != kOther.end()) good = false;
  }
  return good;
}

bool may_be_framed(const mock::wire::Headers& headers) {
  bool spoken = false;
  for (const std::string& policy : pieces_of(joined(headers, "Content-Security-Policy"), ",")) {
    const auto keeps_out = keeps_frames_out(policy);
    if (keeps_out.value_or(false)) return false;
    spoken = spoken || keeps_out.has_value();
  }
  if (spoken) return true;  // X-Frame-Options does not count beside it
  const auto options = pieces_of(joined(headers, "X-Frame-Options"), ",");
  return std::ranges::none_of(
      options, [](const std::string& one) { return one == "deny" || one == "sameorigin"; });
}

bool names_no_store(std::string_view cache_control) {
  const auto directives = pieces_of(cache_control, ",");
  return std::ranges::find(directives, "no-store") != directives.end();
}

std::string joined(const mock::wire::Headers& headers, std::string_view name) {
  std::string all;
  for (const auto& [field, value] : headers) {
    if (mock::wire::iequals(field, name)) all += (all.empty() ? "" : ", ") + value;
  }
  return all;
}

}  // namespace heygen::conformance
