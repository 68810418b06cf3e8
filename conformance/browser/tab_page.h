// What is run in a page, and how Chromium writes what it saw.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/browser/fetch.h"
#include "conformance/subject.h"

namespace heygen::conformance {

// Gives JSON: [{"text","address","form","asks"}], what a user sees to press, in the page's order.
std::string list_script();
// Presses the one of that number in the list.
std::string press_script(std::size_t index);

// Gives JSON: {"url","html","kept"}; "html" is empty where there is no such page.
extern const char* const kLookAtPage;

// Chromium's own fields, "a\nb" for two of a name.
HeaderFields header_fields(const nlohmann::json& headers);
std::string body_of(const nlohmann::json& answer);  // of Fetch.getResponseBody

// "net::ERR_CONNECTION_REFUSED", as libcurl's browser would say it; nothing for what was ended on
// purpose.
std::optional<Failure> failure_of(std::string_view error, const std::string& origin);

}  // namespace heygen::conformance
