#include "client_under_test/lib/listener_http.h"

#include <algorithm>

#include "client_under_test/lib/text.h"

namespace heygen::client {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Bad Request";
  }
}

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

HeadOutcome read_request_head(std::string_view received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return received.size() > kLargestRequestHead ? HeadOutcome{{}, 431} : HeadOutcome{};
  }
  if (end > kLargestRequestHead) return {{}, 431};
  const std::string_view line = received.substr(0, received.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t second = line.rfind(' ');
  if (first == std::string_view::npos || second == first) return {{}, 400};
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  const bool good_version = version == "HTTP/1.1" || version == "HTTP/1.0";
  if (!is_method(method) || !good_version || !target.starts_with('/') ||
      !is_visible_ascii(target)) {
    return {{}, 400};
  }
  return {PageRequest{std::string(method), std::string(target)}};
}

std::string write_response(const PageResponse& response, bool with_body) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_of(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("Content-Length: ").append(std::to_string(response.html.size())).append("\r\n");
  if (response.status == 405) out.append("Allow: GET\r\n");
  out.append("Connection: close\r\n\r\n");
  if (with_body) out.append(response.html);
  return out;
}

}  // namespace heygen::client
