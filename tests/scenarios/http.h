// One exchange by libcurl, on a connection of its own: what a client sees, curl's error codes
// included. For tests only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::scenarios {

// CURLcode, as far as a server can provoke it.
inline constexpr int kCurlOk = 0;
inline constexpr int kCurlPartialFile = 18;
inline constexpr int kCurlTimedOut = 28;
inline constexpr int kCurlGotNothing = 52;
inline constexpr int kCurlReset = 56;

struct Reply {
  int curl = kCurlOk;
  int status = 0;    // 0: no status line came
  std::string head;  // the fields, one a line
  std::string body;

  // The field's value, or "". Names are compared without case.
  [[nodiscard]] std::string header(std::string_view name) const;
};

struct Ask {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers{};  // "Name: value"
  std::string body{};
  std::chrono::milliseconds timeout = std::chrono::seconds{15};
};
// Never follows a redirect, never asks a proxy. Thread-safe.
Reply http(const Ask& ask);

using Params = std::vector<std::pair<std::string, std::string>>;
// application/x-www-form-urlencoded
std::string form(const Params& params);
// A parameter in a URL's query, decoded; "" when absent.
std::string query_of(std::string_view url, std::string_view name);

}  // namespace heygen::scenarios
