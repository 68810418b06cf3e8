// One HTTP exchange as values.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  Headers headers{};
  std::string body{};
  std::chrono::milliseconds timeout = std::chrono::seconds{30};  // for the whole exchange
  bool discard_body = false;  // only status and headers matter; the body is read and dropped
  std::stop_token cancel{};   // when asked, send() fails at once
};

struct HttpResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
};

// The first header of that name, compared without case (RFC 9110 §5.1).
[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers,
                                                          std::string_view name);
void remove_header(Headers& headers, std::string_view name);

}  // namespace heygen::client
