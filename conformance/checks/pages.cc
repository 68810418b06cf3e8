#include "conformance/checks/pages.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

// Another letter or digit of the same kind: what is hexadecimal stays so.
char turned(char c) {
  if (c >= '0' && c <= '9') return c == '9' ? '0' : static_cast<char>(c + 1);
  const auto small = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const char last = small <= 'f' ? 'f' : 'z';
  const char first = small <= 'f' ? 'a' : 'g';
  return small == last ? static_cast<char>(c - (last - first)) : static_cast<char>(c + 1);
}

// Its last letters and digits differ; escapes in it stay what they are.
std::string strange(std::string value) {
  int left = 8;
  for (std::size_t at = value.size(); at > 0 && left > 0; --at) {
    char& c = value[at - 1];
    const bool escape = (at >= 2 && value[at - 2] == '%') || (at >= 3 && value[at - 3] == '%');
    if (escape || std::isalnum(static_cast<unsigned char>(c)) == 0) continue;
    c = turned(c);
    --left;
  }
  return value;
}

}  // namespace

std::vector<Landing> all_of(const Landing& first) {
  std::vector<Landing> all{first};
  all.insert(all.end(), first.followed.begin(), first.followed.end());
  return all;
}

std::string readable(const Landing& landing) {
  std::string text = landing.kept + "\n";
  for (const Landing& page : all_of(landing)) {
    text += page.body + "\n";
    for (const auto& [name, value] : page.headers) {
      const bool cookie = mock::wire::iequals(name, "Set-Cookie");
      const bool hidden = cookie && value.find("HttpOnly") != std::string::npos;
      if (!hidden) text.append(name).append(": ").append(value).append("\n");
    }
  }
  return text;
}

HeaderFields cookies_of(const std::vector<Landing>& shown) {
  HeaderFields cookies;
  for (const Landing& landing : shown) {
    for (const Landing& page : all_of(landing)) {
      for (const auto& [header, text] : page.headers) {
        if (!mock::wire::iequals(header, "Set-Cookie")) continue;
        const std::string pair = text.substr(0, text.find(';'));
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) continue;
        cookies.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
      }
    }
  }
  return cookies;
}

HeaderFields strange_cookies(const std::vector<Landing>& shown) {
  std::map<std::string, std::string> last;
  for (auto& [name, value] : cookies_of(shown)) last[name] = value;
  std::string text;
  for (const auto& [name, value] : last) {
    if (value.empty()) continue;
    if (!text.empty()) text += "; ";
    text.append(name).append("=").append(strange(value));
  }
  if (text.empty()) return {};
  return {{"Cookie", text}};
}

}  // namespace heygen::conformance
