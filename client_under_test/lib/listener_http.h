// The HTTP/1.1 that a loopback listener speaks: request heads in, whole answers out. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/loopback_listener.h"

namespace heygen::client {

inline constexpr std::size_t kLargestRequestHead = 32 * 1024;

struct HeadOutcome {
  std::optional<PageRequest> request{};
  int refuse_with = 0;  // a status, when it cannot be a request
};

// Neither a request nor a refusal: more is to come.
[[nodiscard]] HeadOutcome read_request_head(std::string_view received);

// With the response's headers, its length, and the end of the connection.
[[nodiscard]] std::string write_response(const PageResponse& response, bool with_body);

}  // namespace heygen::client
