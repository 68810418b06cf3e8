// application/x-www-form-urlencoded, read and written (RFC 6749 Appendix B; the decoding of the
// WHATWG URL standard, without its repairs: what is malformed is reported, not guessed at).
//
// Pure functions and values; safe to use from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::mock::wire {

inline constexpr std::size_t kMaxFormFields = 256;

struct Form {
  using Field = std::pair<std::string, std::string>;

  std::vector<Field> fields;  // decoded, in the order of arrival, duplicates kept
  // Why the text is not a form: "bad percent-escape at byte 12", "NUL byte at byte 3", ...
  // `fields` then holds what was read before it.
  std::optional<std::string> error;

  // The first field of that name (names are case-sensitive), or nothing.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  // How often the name occurs: RFC 6749 §3.1 and §3.2 forbid more than once.
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
};

// Never throws for any input; a body or query of n bytes costs O(n). "a" is a field with an empty
// value; empty pieces ("a=1&&b=2") are skipped.
[[nodiscard]] Form parse_form(std::string_view text);

// RFC 3986 §2.1: the unreserved characters are kept, all else becomes %XX in capitals.
[[nodiscard]] std::string percent_encode(std::string_view text);

// As percent_encode, but a space becomes '+'.
[[nodiscard]] std::string form_encode(std::string_view text);
[[nodiscard]] std::string form_encode(std::span<const Form::Field> fields);

}  // namespace heygen::mock::wire
