#include "mock_server/place.h"

#include <algorithm>

#include "mock_server/sandbox/registry.h"
#include "mock_server/wire/syntax.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kPrefix = "/s/";
constexpr std::string_view kMetadata = "/.well-known/oauth-authorization-server";

// host or [address], and a port: nothing that would mean something else inside a URL.
bool is_authority(std::string_view host) {
  return !host.empty() && host.size() <= 300 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

// NAME of NAME.SUFFIX, or nothing. A NAME that is none is given back too: the registry refuses it,
// and whoever wrote it does not change another sandbox unawares.
std::string name_in_host(std::string_view host, std::span<const std::string> suffixes) {
  host = without_port(host);
  for (const std::string& suffix : suffixes) {
    if (host.size() <= suffix.size() + 1) continue;
    const auto at = host.size() - suffix.size();
    if (host[at - 1] != '.' || !wire::iequals(host.substr(at), suffix)) continue;
    return wire::lowered(host.substr(0, at - 1));
  }
  return {};
}

}  // namespace

Place place_of(const wire::Request& request, std::span<const std::string> host_suffixes,
               std::string_view own_url) {
  const std::string_view host = request.headers.get("Host");
  Place place;
  place.base =
      is_authority(host) ? request.scheme + "://" + std::string{host} : std::string{own_url};
  std::string_view path = request.path();
  if (path.starts_with(kMetadata)) {
    place.at = kMetadata.size();
    path.remove_prefix(place.at);
  }
  if (path.starts_with(kPrefix)) {
    const auto rest = path.substr(kPrefix.size());
    place.sandbox = rest.substr(0, rest.find('/'));
    place.prefix = kPrefix.size() + place.sandbox.size();
    place.base.append(path.substr(0, place.prefix));
    return place;
  }
  place.at = 0;
  place.sandbox = name_in_host(host, host_suffixes);
  // Clients with fixed addresses name theirs to the proxy: HTTPS_PROXY=http://NAME@127.0.0.1:8766.
  if (place.sandbox.empty() && request.tunnel) place.sandbox = request.tunnel->user;
  if (place.sandbox.empty()) place.sandbox = kDefaultSandbox;
  return place;
}

}  // namespace heygen::mock
