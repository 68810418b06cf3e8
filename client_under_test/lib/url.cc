#include "client_under_test/lib/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "client_under_test/lib/text.h"

namespace heygen::client {
namespace {

struct Release {
  void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
  void operator()(char* text) const noexcept { curl_free(text); }
};
using Handle = std::unique_ptr<CURLU, Release>;

std::optional<std::string> part(const Handle& handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(handle.get(), which, &text, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, Release> owner(text);
  return std::string(text);
}

// libcurl trims and repairs some of what it is given; a URL with a blank, a control character or a
// backslash is refused instead, before two readers can differ about it.
bool is_clean(std::string_view text) {
  constexpr std::size_t kLongest = 16 * 1024;
  return !text.empty() && text.size() <= kLongest && is_visible_ascii(text) &&
         text.find('\\') == std::string_view::npos;
}

// As it is written, without a user name. libcurl takes one slash as it takes two.
std::string_view host_and_port(std::string_view url) {
  url.remove_prefix(std::min(url.find(':') + 1, url.size()));
  url.remove_prefix(std::min(url.find_first_not_of('/'), url.size()));
  url = url.substr(0, url.find_first_of("/?#"));
  return url.substr(url.rfind('@') + 1);
}

bool set(const Handle& handle, std::string_view text) {
  return handle &&
         curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), 0) == CURLUE_OK;
}

bool is_ipv4_loopback(std::string_view host) {
  std::array<int, 4> octets{};
  const char* at = host.data();
  const char* const end = at + host.size();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto [next, failure] = std::from_chars(at, end, octets[i]);
    if (failure != std::errc{} || octets[i] < 0 || octets[i] > 255) return false;
    at = next;
    if (i + 1 < octets.size() && (at == end || *at++ != '.')) return false;
  }
  return at == end && octets[0] == 127;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (!is_clean(text)) return std::nullopt;
  const Handle handle(curl_url());
  if (!set(handle, text)) return std::nullopt;
  Url url;
  url.scheme = to_lower(part(handle, CURLUPART_SCHEME).value_or(""));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  url.host = to_lower(part(handle, CURLUPART_HOST).value_or(""));
  url.port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
  url.path = part(handle, CURLUPART_PATH).value_or("/");
  url.query = part(handle, CURLUPART_QUERY).value_or("");
  url.has_query = text.substr(0, text.find('#')).find('?') != std::string_view::npos;
  url.has_fragment = text.find('#') != std::string_view::npos;
  url.has_user =
      part(handle, CURLUPART_USER).has_value() || part(handle, CURLUPART_PASSWORD).has_value();
  if (url.host.empty() || url.port.empty()) return std::nullopt;
  // libcurl decodes "%30" in a host, after it has looked for numbers there: no two read it alike,
  // and it is no name (RFC 1123 §2.1).
  if (host_and_port(text).find('%') != std::string_view::npos) return std::nullopt;
  return url;
}

std::optional<std::string> resolve_url(std::string_view base, std::string_view reference) {
  if (!is_clean(base) || !is_clean(reference)) return std::nullopt;
  const Handle handle(curl_url());
  if (!set(handle, base) || !set(handle, reference)) return std::nullopt;
  std::optional<std::string> resolved = part(handle, CURLUPART_URL);
  if (!resolved || !parse_url(*resolved)) return std::nullopt;
  return resolved;
}

std::string origin_of(const Url& url) { return url.scheme + "://" + url.host + ":" + url.port; }

bool same_origin(std::string_view a, std::string_view b) {
  const std::optional<Url> first = parse_url(a);
  const std::optional<Url> second = parse_url(b);
  return first && second && origin_of(*first) == origin_of(*second);
}

bool is_loopback_host(std::string_view host) {
  constexpr std::string_view kSuffix = ".localhost";
  return host == "localhost" || host == "[::1]" || is_ipv4_loopback(host) ||
         (host.size() > kSuffix.size() && host.ends_with(kSuffix));
}

Result<Url> require_secure_url(std::string_view text, std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorKind::bad_request, std::string(what).append(": ").append(why)};
  };
  std::optional<Url> url = parse_url(text);
  if (!url) return refuse("not an http or https URL");
  if (url->has_user) return refuse("a user name in a URL is not allowed; remove it");
  if (url->scheme == "http" && !is_loopback_host(url->host)) {
    return refuse("must be https: plain http is allowed to loopback hosts only");
  }
  return *std::move(url);
}

}  // namespace heygen::client
