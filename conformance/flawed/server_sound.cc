// Servers that are sound, each in its way.

#include <array>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

// As fixtures/expected-failures/heygen.txt, which has the reasons.
constexpr std::array<std::string_view, 7> kDepartures{
    "server.authorize.missing-redirect",
    "server.authorize.response-type",
    "server.authorize.pkce-bad-challenge",
    "server.token.content-type",
    "server.token.grant-type",
    "server.token.error-shape",
    "server.refresh.reuse-revokes-family",
};

// Another way to write the same: field names, order of members, a charset, members that nobody
// asked for.
void write_otherwise(ServerSeams& seams) {
  seams.front.push_back(after(at_token, [](const Request&, Response& response) {
    response.headers.set("Content-Type", "application/json;charset=UTF-8");
    response.headers.set("Cache-Control", "No-Store, private");
    if (response.status != 200) return;
    patch(response, "token_type", "\"bearer\"");
    patch(response, "scope", "\"openid\"");
    patch(response, "id_token", "\"x.y.z\"");
  }));
  seams.front.push_back(after(at_authorize, [](const Request&, Response& response) {
    if (response.status == 302) response.status = 303;
  }));
}

}  // namespace

const std::vector<SoundServer>& sound_servers() {
  static const std::vector<SoundServer> all{
      {"strict-server", "the mock with the profile strict", nullptr, {}},
      {"strict-server-with-grace",
       "strict, with a grace window of 30 s",
       [](ServerSeams& seams) { seams.policies.emplace_back("reuse_grace_s", std::int64_t{30}); },
       {}},
      {"other-writing", "strict, its answers written otherwise", &write_otherwise, {}},
      {"heygen-server", "the mock with the profile heygen, and its known departures",
       [](ServerSeams& seams) { seams.profile = mock::Profile::heygen; }, kDepartures},
  };
  return all;
}

}  // namespace heygen::conformance
