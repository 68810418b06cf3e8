// What an answer's header fields make a browser do, as far as checks ask.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::conformance {

// A page of another origin is not told this one's path and query. `policy` is a Referrer-Policy; of
// several values the last that is known counts (Referrer Policy §11.1).
[[nodiscard]] bool sends_no_referrer(std::string_view policy);

// A page of any origin may show this one in a frame: neither frame-ancestors nor X-Frame-Options
// keeps it from that (CSP Level 3 §6.4.2).
[[nodiscard]] bool may_be_framed(const mock::wire::Headers& headers);

// No cache may keep the answer: `fields` are names and values (RFC 9111 §5.2.2.5; names of
// directives have no case, §5.2).
[[nodiscard]] bool names_no_store(std::string_view cache_control);
template <typename Fields>
[[nodiscard]] bool forbids_storing(const Fields& fields) {
  return std::ranges::any_of(fields, [](const auto& field) {
    return mock::wire::iequals(field.first, "Cache-Control") && names_no_store(field.second);
  });
}

// All fields of that name as one, joined by commas (RFC 9110 §5.3).
[[nodiscard]] std::string joined(const mock::wire::Headers& headers, std::string_view name);

}  // namespace heygen::conformance
