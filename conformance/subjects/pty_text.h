// What a terminal was sent, as the plain text a person would read there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heygen::conformance {

// Takes the bytes in any portions. Escape sequences are left out, so that a colour in the middle of
// a secret or of an address does not hide it; the target of a hyperlink (OSC 8) stays, as a word of
// its own.
class TerminalText {
 public:
  [[nodiscard]] std::string take(std::string_view bytes);

 private:
  enum class At { text, escape, sequence, string, string_escape, one_more };
  void in_text(char c, std::string& out);
  void in_escape(char c);
  void end_string(std::string& out);

  At at_ = At::text;
  bool link_ = false;  // the string is an operating system command
  bool after_return_ = false;
  std::string command_;  // of the string, bounded
};

// The http and https URLs in a text, in order. One at the very end counts only when `complete` says
// that nothing will be added to it.
std::vector<std::string> urls_in(std::string_view text, bool complete);

}  // namespace heygen::conformance
