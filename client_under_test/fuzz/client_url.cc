// URLs of a configuration and of redirects. The input is a base, a line end, and a reference.
#include "client_under_test/lib/retry_after.h"
#include "client_under_test/lib/url.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace client;

void run(std::string_view input) {
  const Instant now{std::chrono::seconds{1767225600}};
  if (const auto retry = parse_retry_after(input, now)) {
    require(*retry <= now + kLongestRetryAfter, "no server locks a client out for longer");
  }
  const auto base = take_until(input, '\n');
  if (const auto url = parse_url(base)) {
    require(url->scheme == "http" || url->scheme == "https", "http and https alone");
    require(!url->host.empty() && !url->port.empty(), "a host and a port");
    require(url->path.starts_with('/'), "a path");
    require(same_origin(base, base), "of its own origin");
    const auto origin = parse_url(origin_of(*url) + "/");
    require(origin && origin->host == url->host && origin->port == url->port,
            "its origin is a URL");
  }
  if (const auto secure = require_secure_url(base, "token_url")) {
    require(secure->scheme == "https" || is_loopback_host(secure->host),
            "in the clear on this machine alone");
    require(!secure->has_user, "no user name");
  }
  if (const auto resolved = resolve_url(base, input)) {
    require(parse_url(*resolved).has_value(), "what is resolved is a URL");
  }
}

}  // namespace heygen::fuzz
