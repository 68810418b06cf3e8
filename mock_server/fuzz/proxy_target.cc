// What a client asks the proxy for: CONNECT's authority, an absolute URL, credentials.
#include <string>

#include "mock_server/proxy/target.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace mock::proxy;

void run(std::string_view input) {
  for (const auto& target : {parse_target(input), parse_absolute(input)}) {
    if (!target) continue;
    require(target->port != 0, "there is a port");
    require(!target->host.empty(), "there is a host");
    require(target->host.find_first_of("[]/@?# \t\r\n") == std::string::npos,
            "the host is a name or an address, and nothing else");
    const bool address = target->host.find(':') != std::string::npos;
    const std::string written =
        (address ? "[" + target->host + "]" : target->host) + ":" + std::to_string(target->port);
    const auto again = parse_target(written);
    require(again && again->host == target->host && again->port == target->port,
            "written and read again, the same");
    const auto absolute = parse_absolute("http://" + written + "/x?y");
    require(absolute && absolute->host == target->host, "the same in a URL");
  }
  mock::wire::Headers headers;
  headers.add("Proxy-Authorization", std::string{input});
  require(proxy_user(headers).find(':') == std::string::npos, "a user name has no colon");
}

}  // namespace heygen::fuzz
