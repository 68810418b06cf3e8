#include "conformance/secrets.h"

#include <algorithm>
#include <span>

#include "conformance/url.h"
#include "mock_server/core/crypto.h"
#include "mock_server/wire/form.h"

namespace heygen::conformance {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string base64_of(std::string_view text) {
  const std::span bytes{reinterpret_cast<const unsigned char*>(text.data()), text.size()};
  return mock::base64_padded(bytes);
}

// A text is encoded in groups of three bytes, and what stands before it moves it against them. The
// first and the last group of each of the three results depend on the neighbours, and are left out.
std::vector<std::string> base64_forms(std::string_view value) {
  std::vector<std::string> forms;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string encoded = base64_of(std::string(before, ' ') + std::string(value));
    const std::size_t begin = before == 0 ? 0 : 4;
    const std::size_t end = (before + value.size()) / 3 * 4;
    if (end < begin + Secrets::kShortest) continue;
    std::string form = encoded.substr(begin, end - begin);
    std::string url_form = form;
    std::ranges::replace(url_form, '+', '-');
    std::ranges::replace(url_form, '/', '_');
    if (url_form != form) forms.push_back(std::move(url_form));
    forms.push_back(std::move(form));
  }
  return forms;
}

std::string hex_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

// "116, 111, 107", "116 111 107", "74 6f 6b".
std::vector<std::string> listed_forms(std::string_view value) {
  std::vector<std::string> forms(3);
  for (const char c : value) {
    const std::string decimal = std::to_string(static_cast<unsigned char>(c));
    const bool first = forms[0].empty();
    forms[0] += (first ? "" : ", ") + decimal;
    forms[1] += (first ? "" : " ") + decimal;
    forms[2] += (first ? "" : " ") + hex_of({&c, 1});
  }
  return forms;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string_view to_string(SecretKind kind) noexcept {
  switch (kind) {
    case SecretKind::code:
      return "the authorization code";
    case SecretKind::access_token:
      return "the access token";
    case SecretKind::refresh_token:
      return "the refresh token";
    case SecretKind::verifier:
      return "the code_verifier";
    case SecretKind::state:
      return "the state";
    case SecretKind::device_code:
      return "the device code";
    case SecretKind::client_secret:
      return "the client secret";
    case SecretKind::api_key:
      return "the API key";
  }
  return "a secret";
}

std::string Leak::describe() const {
  const std::string what(to_string(kind));
  switch (form) {
    case Form::raw:
      return what;
    case Form::percent_encoded:
      return what + ", percent-encoded";
    case Form::base64:
      return what + ", base64-encoded";
    case Form::hexadecimal:
      return what + ", as the numbers of its bytes";
    case Form::suffix:
      return "the last characters of " + what.substr(4);
    case Form::prefix:
      return "the first characters of " + what.substr(4);
  }
  return what;
}

void Secrets::add(SecretKind kind, std::string_view value) {
  if (value.size() < kShortest) return;
  const auto same = [&](const Secret& one) { return one.value == value && one.kind == kind; };
  if (std::ranges::any_of(secrets_, same)) return;
  std::string encoded = mock::wire::percent_encode(value);
  if (encoded == value) encoded.clear();
  secrets_.push_back({kind, std::string(value), std::move(encoded), hex_of(value),
                      listed_forms(value), base64_forms(value)});
}

std::optional<Leak> Secrets::find_in(std::string_view text,
                                     const std::vector<SecretKind>& except) const {
  std::optional<Leak> part;
  const std::string small = lowered(text);
  for (const Secret& secret : secrets_) {
    if (std::ranges::find(except, secret.kind) != except.end()) continue;
    if (contains(text, secret.value)) return Leak{secret.kind, Leak::Form::raw};
    if (!secret.encoded.empty() && contains(text, secret.encoded)) {
      return Leak{secret.kind, Leak::Form::percent_encoded};
    }
    const auto here = [&](const std::string& form) { return contains(text, form); };
    if (std::ranges::any_of(secret.base64, here)) return Leak{secret.kind, Leak::Form::base64};
    const auto said = [&](const std::string& form) { return contains(small, form); };
    if (contains(small, secret.hex) || std::ranges::any_of(secret.listed, said)) {
      return Leak{secret.kind, Leak::Form::hexadecimal};
    }
    // Half of a secret this short would be said by chance.
    const std::string& value = secret.value;
    if (part || value.size() < 2 * kShortest) continue;
    if (contains(text, value.substr(0, kShortest))) {
      part = Leak{secret.kind, Leak::Form::prefix};
    } else if (contains(text, value.substr(value.size() - kShortest))) {
      part = Leak{secret.kind, Leak::Form::suffix};
    }
  }
  return part;
}

std::string Secrets::scrub(std::string_view text) const {
  std::string clean(text);
  for (const Secret& secret : secrets_) {
    const std::string fingerprint = mock::fingerprint(secret.value);
    replace_all(clean, secret.value, fingerprint);
    replace_all(clean, secret.encoded, fingerprint);
    replace_all(clean, secret.hex, fingerprint);
    for (const std::string& form : secret.base64) replace_all(clean, form, fingerprint);
    for (const std::string& form : secret.listed) replace_all(clean, form, fingerprint);
  }
  return clean;
}

std::vector<std::string> Secrets::values(SecretKind kind) const {
  std::vector<std::string> found;
  for (const Secret& secret : secrets_) {
    if (secret.kind == kind) found.push_back(secret.value);
  }
  return found;
}

}  // namespace heygen::conformance
