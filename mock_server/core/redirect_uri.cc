#include "mock_server/core/redirect_uri.h"

#include <algorithm>

#include "mock_server/core/uri.h"

namespace heygen::mock {
namespace {

bool is_plain_http(const Uri& uri) { return uri.scheme == "http"; }

// RFC 8252 §7.3: the port of a loopback redirect is the client's to choose at the time of the
// request; everything else still has to be equal. "localhost" is let in with the IP literals since
// clients do register it (§8.3 merely discourages it).
bool matches_but_for_port(const Uri& a, const Uri& b) {
  return is_plain_http(a) && is_plain_http(b) && is_loopback_host(a.host, true) &&
         a.host == b.host && !a.userinfo && !b.userinfo && a.path == b.path && a.query == b.query &&
         !b.fragment;
}

// "http://127.0.0.1/*": a registration that leaves port and path open, on loopback only.
bool matches_any_path(std::string_view registered, const Uri& asked) {
  if (!registered.ends_with(kAnyPath)) return false;
  const auto base = parse_uri(registered.substr(0, registered.size() - kAnyPath.size()));
  return base && base->path.empty() && !base->query && is_plain_http(*base) &&
         is_plain_http(asked) && is_loopback_host(base->host, true) && base->host == asked.host &&
         !base->userinfo && !asked.userinfo && !asked.fragment;
}

// "http://127.0.0.1/*" is read as "http://127.0.0.1". The host is whole: else the code of a client
// of "https://app.example" would go to "https://app.example.evil.example".
bool matches_prefix(std::string_view registered, std::string_view asked) {
  if (registered.ends_with(kAnyPath)) registered.remove_suffix(kAnyPath.size());
  const auto a = parse_uri(registered);
  const auto b = parse_uri(asked);
  return a && b && a->host == b->host && a->userinfo == b->userinfo && !b->fragment &&
         asked.starts_with(registered);
}

}  // namespace

bool redirect_uri_matches(std::string_view registered, std::string_view asked,
                          RedirectPolicy policy, bool is_public) {
  if (registered == asked && !registered.ends_with(kAnyPath)) return true;
  switch (policy) {
    case RedirectPolicy::exact:
      return false;
    case RedirectPolicy::prefix:
      if (matches_prefix(registered, asked)) return true;
      break;
    case RedirectPolicy::loopback_any_port:
      break;
  }
  if (!is_public) return false;
  const auto b = parse_uri(asked);
  if (!b) return false;
  if (matches_any_path(registered, *b)) return true;
  const auto a = parse_uri(registered);
  return a && matches_but_for_port(*a, *b);
}

std::string check_registrable(std::string_view redirect_uri) {
  const auto uri = parse_uri(redirect_uri);
  if (!uri) return "not an absolute URI of printable ASCII, such as http://127.0.0.1/callback";
  if (uri->fragment) return "a redirect URI has no fragment (RFC 6749 §3.1.2)";
  std::string scheme{uri->scheme};  // in any case, RFC 3986 §3.1
  std::ranges::transform(scheme, scheme.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (scheme == "javascript" || scheme == "data" || scheme == "vbscript") {
    return "this scheme would run in the browser";
  }
  if (redirect_uri.ends_with(kAnyPath) && !is_loopback_host(uri->host, true)) {
    return "the any-path form /* is for loopback hosts only";
  }
  return {};
}

std::string explain_mismatch(std::span<const std::string> registered, std::string_view asked) {
  const auto b = parse_uri(asked);
  if (!b) return "redirect_uri is not an absolute URI of printable ASCII";
  if (b->fragment) return "redirect_uri has a fragment (RFC 6749 §3.1.2 forbids it)";
  for (const std::string& candidate : registered) {
    const auto a = parse_uri(candidate);
    if (!a || a->host != b->host) continue;
    const std::string tail = "; registered is " + candidate;
    if (a->scheme != b->scheme) return "redirect_uri differs in its scheme" + tail;
    if (b->userinfo) return "redirect_uri carries userinfo" + tail;
    if (a->path != b->path) {
      const bool slash =
          std::string{a->path} + "/" == b->path || std::string{b->path} + "/" == a->path;
      return (slash ? "redirect_uri differs in a trailing slash"
                    : "redirect_uri differs in its path") +
             tail;
    }
    if (a->query != b->query) return "redirect_uri differs in its query" + tail;
    return "redirect_uri differs in its port" + tail;
  }
  std::string all;
  for (const std::string& candidate : registered) {
    all.append(all.empty() ? "" : ", ").append(candidate);
  }
  return "redirect_uri names another host than the registered: " + (all.empty() ? "none" : all);
}

}  // namespace heygen::mock
