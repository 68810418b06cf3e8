#include "mock_server/wire/form.h"

#include <algorithm>
#include <cstdint>

#include "mock_server/wire/syntax.h"

namespace heygen::mock::wire {
namespace {

constexpr bool unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// True when every byte stands for itself: the common case of codes, tokens and verifiers.
bool literal(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c != '%' && c != '+' && c != '\0' && static_cast<unsigned char>(c) < 0x80;
  });
}

// The length of the UTF-8 sequence that starts `text`, or 0 (Unicode 15, table 3-7: no overlong
// forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto continues = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead == 0xE0) return continues(1, 0xA0) && continues(2) ? 3 : 0;
  if (lead == 0xED) return continues(1, 0x80, 0x9F) && continues(2) ? 3 : 0;
  if (lead > 0xE0 && lead <= 0xEF) return continues(1) && continues(2) ? 3 : 0;
  if (lead == 0xF0) return continues(1, 0x90) && continues(2) && continues(3) ? 4 : 0;
  if (lead >= 0xF1 && lead <= 0xF3) return continues(1) && continues(2) && continues(3) ? 4 : 0;
  if (lead == 0xF4) return continues(1, 0x80, 0x8F) && continues(2) && continues(3) ? 4 : 0;
  return 0;
}

bool valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string at_byte(std::string_view what, std::size_t position) {
  return std::string(what) + " at byte " + std::to_string(position);
}

// Decodes one name or value that starts at byte `offset` of the form.
std::optional<std::string> decode(std::string_view text, std::size_t offset, std::string& out) {
  if (literal(text)) {
    out.assign(text);
    return std::nullopt;
  }
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto position = offset + i;
    char c = text[i];
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return at_byte("bad percent-escape", position);
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return at_byte("NUL byte", position);
    out.push_back(c);
  }
  if (!valid_utf8(out)) return at_byte("invalid UTF-8 in the name or value", offset);
  return std::nullopt;
}

void append_encoded(std::string& out, std::string_view text, bool space_as_plus) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (unreserved(c)) {
      out.push_back(c);
    } else if (c == ' ' && space_as_plus) {
      out.push_back('+');
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out.push_back('%');
      out.push_back(digits[byte >> 4U]);
      out.push_back(digits[byte & 0x0FU]);
    }
  }
}

}  // namespace

const std::string* Form::find(std::string_view name) const noexcept {
  for (const auto& [field_name, value] : fields) {
    if (field_name == name) return &value;
  }
  return nullptr;
}

std::size_t Form::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      fields.begin(), fields.end(), [name](const Field& field) { return field.first == name; }));
}

Form parse_form(std::string_view text) {
  Form form;
  std::size_t start = 0;
  while (start < text.size()) {
    const auto end = std::min(text.find('&', start), text.size());
    const auto piece = text.substr(start, end - start);
    if (!piece.empty()) {
      if (form.fields.size() == kMaxFormFields) {
        form.error = "more than " + std::to_string(kMaxFormFields) + " fields";
        return form;
      }
      if (form.fields.capacity() == 0) form.fields.reserve(6);
      const auto equals = std::min(piece.find('='), piece.size());
      Form::Field field;
      form.error = decode(piece.substr(0, equals), start, field.first);
      if (!form.error && equals < piece.size()) {
        form.error = decode(piece.substr(equals + 1), start + equals + 1, field.second);
      }
      if (form.error) return form;
      form.fields.push_back(std::move(field));
    }
    start = end + 1;
  }
  return form;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  append_encoded(out, text, false);
  return out;
}

std::string form_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  append_encoded(out, text, true);
  return out;
}

std::string form_encode(std::span<const Form::Field> fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out.push_back('&');
    append_encoded(out, name, true);
    out.push_back('=');
    append_encoded(out, value, true);
  }
  return out;
}

}  // namespace heygen::mock::wire
