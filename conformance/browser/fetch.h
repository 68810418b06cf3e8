// One HTTP exchange of the suite's browser, over libcurl: no redirect is followed here.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/browser/cookie_jar.h"
#include "conformance/subject.h"

namespace heygen::conformance {

// The value of the first field of that name, in any case; "" when there is none.
std::string_view header_of(const HeaderFields& fields, std::string_view name) noexcept;

struct FetchRequest {
  std::string method = "GET";
  std::string url;  // http or https, as it stands; a fragment is not sent
  HeaderFields headers = {};
  std::optional<std::string> body = std::nullopt;
};

struct Fetched {
  int status = 0;
  HeaderFields headers;  // in their order, duplicates kept
  std::string body;
};

struct FetchLimits {
  std::string ca_file;  // PEM, for https beside the system's; "": the system's alone
  std::size_t body = std::size_t{4} * 1024 * 1024;
  std::size_t head = std::size_t{256} * 1024;
};

// The answer, or why there is none: Origin::gone when the server refused or dropped the connection,
// Origin::timeout after the deadline, Origin::protocol for an answer that is none or has no end.
// Each request has a connection of its own. Thread-safe.
Outcome<Fetched> fetch(const FetchRequest& request, const CookieJar& jar, const FetchLimits& limits,
                       std::chrono::steady_clock::time_point deadline, std::stop_token stop);

// Does somebody accept connections (and TLS) at the URL's origin? Nothing is requested.
Outcome<Done> reachable(const std::string& url, const FetchLimits& limits,
                        std::chrono::steady_clock::time_point deadline, std::stop_token stop);

}  // namespace heygen::conformance
