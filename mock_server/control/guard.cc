#include "mock_server/control/guard.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "mock_server/core/crypto.h"
#include "mock_server/core/uri.h"
#include "mock_server/wire/syntax.h"

namespace heygen::mock::control {
namespace {

using wire::iequals;

struct Origin {
  std::string scheme;
  std::string host;
  std::string port;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// scheme://host[:port] and nothing else (RFC 6454 §6.2).
std::optional<Origin> parse_origin(std::string_view text) {
  const std::string lower = wire::lowered(text);
  const auto uri = parse_uri(lower);
  if (!uri || uri->userinfo || !uri->path.empty() || uri->query || uri->fragment) {
    return std::nullopt;
  }
  const bool has_port = uri->port && !uri->port->empty();
  return Origin{std::string{uri->scheme}, std::string{uri->host},
                has_port                 ? std::string{*uri->port}
                : uri->scheme == "https" ? "443"
                                         : "80"};
}

bool is_address(std::string_view host) {
  return host.starts_with('[') ||
         std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_our_host(std::string_view host, const ControlOptions& options) {
  if (is_loopback_host(host, true)) return true;
  if (iequals(host, options.host) || iequals(host, "[" + options.host + "]")) return true;
  // A server that is bound to every address is reached by any of them. An address cannot be pointed
  // elsewhere, as a name can.
  if ((options.host == "0.0.0.0" || options.host == "::") && is_address(host)) return true;
  return std::ranges::any_of(options.host_suffixes, [&](const std::string& suffix) {
    return iequals(host, suffix) ||
           (host.size() > suffix.size() + 1 && host[host.size() - suffix.size() - 1] == '.' &&
            iequals(host.substr(host.size() - suffix.size()), suffix));
  });
}

// Where the caller believes to have called: an absolute target counts before the Host header
// (RFC 9112 §3.2.2).
std::optional<Origin> origin_called(const wire::Request& request) {
  const auto scheme_end = request.target.find("://");
  if (!request.target.starts_with('/') && scheme_end != std::string::npos) {
    return parse_origin(
        request.target.substr(0, request.target.find_first_of("/?#", scheme_end + 3)));
  }
  if (request.headers.count("Host") != 1) return std::nullopt;
  return parse_origin(request.scheme + "://" + std::string{request.headers.get("Host")});
}

bool has_token(const wire::Request& request, std::string_view token) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.headers.get("Authorization");
  if (request.headers.count("Authorization") != 1 || header.size() < kScheme.size() ||
      !iequals(header.substr(0, kScheme.size()), kScheme)) {
    return false;
  }
  return constant_time_equal(header.substr(kScheme.size()), token);
}

// Keeps out a page whose own name was made to resolve to this machine (DNS rebinding): the browser
// still sends that name.
std::optional<Problem> check_host(const wire::Request& request, const ControlOptions& options) {
  const auto called = origin_called(request);
  if (!called) return Problem{403, "send one Host header that names this server", "Host"};
  if (is_our_host(called->host, options)) return std::nullopt;
  return Problem{403,
                 "the Host is none of this server's names: call it by its address or as localhost, "
                 "start it with --sandbox-host-suffix, or send the admin token",
                 "Host"};
}

std::optional<Problem> check_origin(const wire::Request& request) {
  if (request.headers.has("Origin")) {
    const auto page = parse_origin(request.headers.get("Origin"));  // "null" is none
    if (request.headers.count("Origin") != 1 || !page || page != origin_called(request)) {
      return Problem{403, "pages of another origin may not call the control API", "Origin"};
    }
  }
  if (request.headers.get("Sec-Fetch-Site") == "cross-site") {
    return Problem{403, "pages of another site may not call the control API", "Sec-Fetch-Site"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Problem> check_caller(const wire::Request& request, const ControlOptions& options) {
  const bool proven = options.admin_token && has_token(request, *options.admin_token);
  // Who has the token is no page; containers call one another by names that nobody announced here.
  if (!proven) {
    if (auto problem = check_host(request, options)) return problem;
  }
  if (auto problem = check_origin(request)) return problem;
  if (proven || (!options.admin_token && request.peer.loopback)) return std::nullopt;
  if (!options.admin_token) {
    return Problem{
        403,
        "callers beyond this machine need a token: start the server with --admin-token T "
        "and send Authorization: Bearer T"};
  }
  Problem problem{401, "send Authorization: Bearer TOKEN with the server's admin token",
                  "Authorization"};
  problem.headers.add("WWW-Authenticate", "Bearer realm=\"heygen-mock control\"");  // RFC 6750 §3
  return problem;
}

std::optional<Problem> check_content_type(const wire::Request& request) {
  if (request.body.empty()) return std::nullopt;
  std::string_view type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (iequals(type, "application/json") || iequals(type, "application/merge-patch+json")) {
    return std::nullopt;
  }
  return Problem{415, "send Content-Type: application/json (curl: --json instead of -d)",
                 "Content-Type"};
}

}  // namespace heygen::mock::control
