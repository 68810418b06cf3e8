// What a program under test writes to its terminal: in whatever pieces it comes, the same text.
#include "conformance/subjects/pty_text.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace conformance;

void run(std::string_view input) {
  TerminalText whole;
  const std::string text = whole.take(input);
  TerminalText pieces;
  std::string pieced;
  for (std::size_t i = 0; i < input.size(); ++i) pieced += pieces.take(input.substr(i, 1));
  require(text == pieced, "a byte at a time, the same");
  require(text.find('\x1b') == std::string::npos, "no escape is left");
  const auto all = urls_in(text, true);
  const auto sure = urls_in(text, false);
  require(sure.size() <= all.size(), "what is sure is a part of all");
  for (const auto& url : all) {
    require(url.starts_with("http://") || url.starts_with("https://"), "a URL is one");
  }
}

}  // namespace heygen::fuzz
