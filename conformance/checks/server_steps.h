// What checks of several endpoints of a server share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/server/trial.h"

namespace heygen::conformance {

HttpRequest form_request(const std::string& url, const Params& form, std::string method = "POST");

// Where refreshes go: the token endpoint, and the refresh endpoint where there is another.
std::vector<std::string> refresh_urls(const ServerTrial& trial);
// Judges each of them, up to the first that fails: two routes are easily two implementations.
Verdict for_each_refresh_url(ServerTrial& trial,
                             const std::function<Verdict(const std::string& url)>& judge);

// The suite's public client, and one with a secret where the server knows one.
std::vector<ServerClient> clients_of(const ServerTrial& trial);

// The Authorization field of HTTP Basic, both halves form-encoded (RFC 6749 §2.3.1).
mock::wire::Headers basic_of(std::string_view id, std::string_view secret);

// In other case, with a character more, with one less: what a database's collation or a comparison
// of beginnings takes for the same.
std::vector<std::string> almost(const std::string& value);

}  // namespace heygen::conformance
