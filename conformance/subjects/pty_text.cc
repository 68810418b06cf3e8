#include "conformance/subjects/pty_text.h"

#include <algorithm>
#include <array>

namespace heygen::conformance {
namespace {

constexpr char kEscape = '\x1B';
constexpr char kBell = '\x07';
constexpr std::size_t kLongestCommand = std::size_t{64} * 1024;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

// Whatever may stand in a URL, and is not taken for its end by those who print one.
bool goes_on(char c) {
  return !is_control(c) && std::string_view(" \"<>\\^`{|}").find(c) == std::string_view::npos;
}

}  // namespace

void TerminalText::in_text(char c, std::string& out) {
  // A bare return starts the line anew: what follows is not the same word.
  if (after_return_ && c != '\n') out += '\n';
  after_return_ = c == '\r';
  if (c == kEscape) {
    at_ = At::escape;
  } else if (c == '\n' || c == '\t' || !is_control(c)) {
    out += c;
  }
}

void TerminalText::in_escape(char c) {
  if (c == '[') {
    at_ = At::sequence;
  } else if (std::string_view("]PX^_").find(c) != std::string_view::npos) {
    link_ = c == ']';
    command_.clear();
    at_ = At::string;
  } else {
    at_ =
        std::string_view("()*+-./# %").find(c) != std::string_view::npos ? At::one_more : At::text;
  }
}

void TerminalText::end_string(std::string& out) {
  at_ = At::text;
  if (!link_ || !command_.starts_with("8;")) return;
  const std::size_t target = command_.find(';', 2);
  if (target == std::string::npos || target + 1 == command_.size()) return;
  out += ' ';
  out.append(command_, target + 1);
  out += ' ';
}

std::string TerminalText::take(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    switch (at_) {
      case At::text:
        in_text(c, out);
        break;
      case At::escape:
        in_escape(c);
        break;
      case At::one_more:
        at_ = At::text;
        break;
      case At::sequence:
        if (c >= '\x40' && c <= '\x7E') at_ = At::text;
        break;
      case At::string:
        if (c == kBell) {
          end_string(out);
        } else if (c == kEscape) {
          at_ = At::string_escape;
        } else if (command_.size() < kLongestCommand) {
          command_ += c;
        }
        break;
      case At::string_escape:
        end_string(out);
        if (c != '\\') in_escape(c);
        break;
    }
  }
  return out;
}

std::vector<std::string> urls_in(std::string_view text, bool complete) {
  constexpr std::array<std::string_view, 2> kSchemes{"http://", "https://"};
  std::vector<std::string> urls;
  for (std::size_t at = text.find("http"); at < text.size(); at = text.find("http", at)) {
    const std::string_view rest = text.substr(at);
    if (std::ranges::none_of(kSchemes, [&](auto scheme) { return rest.starts_with(scheme); })) {
      at += 4;
      continue;
    }
    const auto end = std::ranges::find_if_not(rest, goes_on);
    std::string_view url = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    at += url.size();
    if (at == text.size() && !complete) break;
    // Punctuation of the sentence around it.
    while (std::string_view(".,;:!)'").find(url.back()) != std::string_view::npos) {
      url.remove_suffix(1);
    }
    urls.emplace_back(url);
  }
  return urls;
}

}  // namespace heygen::conformance
