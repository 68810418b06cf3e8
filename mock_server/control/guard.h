// Who may call. The control API is for the machine it runs on, or for whoever has the admin token;
// a page in a developer's browser is on that machine too, and is kept out by what browsers cannot
// forge: Host, Origin and Sec-Fetch-Site.
//
// Pure functions.
#pragma once

#include <optional>

#include "mock_server/control/options.h"
#include "mock_server/control/problem.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::control {

// Nothing: let in.
std::optional<Problem> check_caller(const wire::Request& request, const ControlOptions& options);

// A body has to say that it is JSON: what a form on a page can send without asking cannot.
std::optional<Problem> check_content_type(const wire::Request& request);

}  // namespace heygen::mock::control
