// Where an app's login begins, when nobody has said so.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "conformance/subjects/app.h"

namespace heygen::conformance {

// Looks where apps have their login: behind the front page, and at the usual paths beside the
// callback, a fresh browser for each. Nothing when none of them leads to the mock.
std::optional<std::string> find_start_url(const App& app, const std::stop_token& stop);

}  // namespace heygen::conformance
