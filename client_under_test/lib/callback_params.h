// The parameters of an authorization response (RFC 6749 §4.1.2, RFC 9207 §2). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/result.h"

namespace heygen::client {

struct CallbackParams {
  std::optional<std::string> code{};
  std::optional<std::string> state{};
  std::optional<std::string> error{};
  std::optional<std::string> error_description{};
  std::optional<std::string> iss{};
};

// The parts of a callback URL, which may be a whole URL or a request target ("/path?query"). A
// fragment is dropped: a browser never sends one.
[[nodiscard]] std::string_view path_of(std::string_view url);
[[nodiscard]] std::string_view query_of(std::string_view url);

// invalid_callback when a known parameter occurs twice (RFC 6749 §3.1) or is not well encoded.
// Unknown ones are ignored (§4.1.2).
[[nodiscard]] Result<CallbackParams> parse_callback_query(std::string_view query);
// The same of a callback URL: its query counts, and nothing else of it.
[[nodiscard]] Result<CallbackParams> read_callback(std::string_view url);

}  // namespace heygen::client
