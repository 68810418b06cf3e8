// Redirect URIs: whom a code may be sent to. The input is a registered URI, a line end, and the one
// that is asked for.
#include "mock_server/core/redirect_uri.h"

#include <array>
#include <string>

#include "mock_server/core/uri.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

// Where a browser would end up, by the letter of RFC 3986 alone, without the core's parser.
std::string_view authority_of(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (scheme == std::string_view::npos) return {};
  uri.remove_prefix(scheme + 3);
  return uri.substr(0, uri.find_first_of("/?#\\"));
}
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

void judge(std::string_view registered, std::string_view asked) {
  require(!redirect_uri_matches(registered, asked, RedirectPolicy::exact, false) ||
              (registered == asked),
          "exact is equal, for a client with a secret");
  require(!redirect_uri_matches(registered, asked, RedirectPolicy::loopback_any_port, false) ||
              (registered == asked),
          "a client with a secret chooses no port");
  if (!redirect_uri_matches(registered, asked, RedirectPolicy::loopback_any_port, true)) return;
  if (registered == asked) return;
  const auto authority = authority_of(asked);
  require(authority.find('@') == std::string_view::npos, "no userinfo that was not registered");
  const auto host = host_of(authority);
  require(host == "localhost" || host == "[::1]" || host.starts_with("127."),
          "what is not equal is loopback");
  require(host == host_of(authority_of(registered)), "the host is the registered one");
  require(asked.starts_with("http://"), "the scheme is http");
  require(asked.find('#') == std::string_view::npos, "no fragment");
}

}  // namespace

void run(std::string_view input) {
  const auto registered = take_until(input, '\n');
  judge(registered, input);
  const std::array<std::string, 1> all{std::string{registered}};
  require(!explain_mismatch(all, input).empty(), "a refusal is explained");
  (void)check_registrable(registered);

  if (const auto uri = parse_uri(input)) {
    require(!uri->scheme.empty(), "an absolute URI has a scheme");
    const std::string with = append_query(input, {{"code", "a&b=c#d\r\n"}, {"state", input}});
    const auto again = parse_uri(with);
    require(again && again->host == uri->host && again->path == uri->path &&
                again->scheme == uri->scheme && again->fragment == uri->fragment,
            "parameters change the query alone");
    require(again->query && again->query->starts_with(uri->query.value_or("")),
            "the registered query is kept (RFC 6749 §3.1.2)");
    require(with.find_first_of("\r\n") == std::string::npos, "no line break gets into a header");
  }
}

}  // namespace heygen::fuzz
