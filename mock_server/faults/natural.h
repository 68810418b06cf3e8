// What an endpoint would say of itself: the errors that a fault answers with when its rule names no
// more than a status or an OAuth error. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/endpoint.h"
#include "mock_server/notation/json_quote.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

struct NaturalError {
  std::optional<int> status;
  std::optional<std::string> oauth_error;
  std::optional<std::string> description;
};

// At an OAuth endpoint the JSON of RFC 6749 §5.2, at the API the envelope of the path's family (v1,
// v2, v3). Below 400 it is "{}"; 3xx, 204 and 304 have no body.
[[nodiscard]] wire::Response natural_answer(Endpoint endpoint, const wire::Request& request,
                                            std::string_view path, const NaturalError& error);

// A token answer or an API answer with made-up values, for rules that spoil an answer which no
// state stands behind.
[[nodiscard]] wire::Response sample_answer(Endpoint endpoint);

// The page that the vendor's web app answers with where an API was expected.
[[nodiscard]] std::string_view unexpected_page() noexcept;

}  // namespace heygen::mock
