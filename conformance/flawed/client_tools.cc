#include "conformance/flawed/client_tools.h"

#include <algorithm>
#include <span>
#include <vector>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/json.h"

namespace heygen::conformance {

std::string random_text(client::RandomSource& random, std::size_t octets) {
  std::string text(octets, '\0');
  random.fill(std::as_writable_bytes(std::span(text)));
  return text;
}

std::string random_hex(client::RandomSource& random, std::size_t octets) {
  return to_hex(random_text(random, octets));
}

std::string random_digits(client::RandomSource& random, std::size_t count) {
  std::string digits = random_text(random, count);
  for (char& c : digits) c = static_cast<char>('0' + static_cast<unsigned char>(c) % 10);
  return digits;
}

std::string to_hex(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    hex.push_back(kDigits[octet / 16]);
    hex.push_back(kDigits[octet % 16]);
  }
  return hex;
}

std::string to_base64url(std::string_view octets) {
  return client::base64url(std::as_bytes(std::span(octets)));
}

std::string from_base64url(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string octets;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    held = (held << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets.push_back(static_cast<char>(held >> bits & 0xFFU));
  }
  return octets;
}

std::string sha256_octets(std::string_view text) {
  std::string octets;
  for (const std::byte octet : client::sha256(text)) {
    octets.push_back(static_cast<char>(std::to_integer<unsigned char>(octet)));
  }
  return octets;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

client::Fields fields_of(const client::HttpRequest& request) {
  client::Fields fields;
  for (client::FormField& field : client::form_decode(request.body)) {
    fields.emplace_back(std::move(field.name), std::move(field.value));
  }
  return fields;
}

std::string field_of(const client::HttpRequest& request, std::string_view name) {
  for (const auto& [field, value] : fields_of(request)) {
    if (field == name) return value;
  }
  return "";
}

bool has_grant(const client::HttpRequest& request, std::string_view grant_type) {
  return field_of(request, "grant_type") == grant_type;
}

client::HttpRequest with_fields(client::HttpRequest request, const client::Fields& fields) {
  request.body = client::form_encode(fields);
  return request;
}

client::HttpRequest without_field(client::HttpRequest request, std::string_view name) {
  client::Fields fields = fields_of(request);
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return with_fields(std::move(request), fields);
}

std::string joined_raw(const client::Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text.push_back('&');
    text.append(name).append("=").append(value);
  }
  return text;
}

std::string json_of(const client::Fields& fields) {
  client::JsonWriter out;
  for (const auto& [name, value] : fields) out.string(name, value);
  return out.str();
}

}  // namespace heygen::conformance
