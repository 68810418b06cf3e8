// The parameters of a recorded request, for showing and matching: loosely decoded, so that nothing
// is lost where the rules stopped reading. Pure functions.
#pragma once

#include <cstddef>

#include "mock_server/journal/plain_text.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

inline constexpr std::size_t kMostFieldsShown = 256;  // of a query, and of a form

Fields query_fields(const wire::Request& request);
Fields form_fields(const wire::Request& request);  // none unless is_form()

}  // namespace heygen::mock
