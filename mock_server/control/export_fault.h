// A rule that answers as the server once did.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mock_server/journal/entry.h"
#include "mock_server/journal/redact.h"

namespace heygen::mock::control {

// In the grammar of faults, without "when". An answer that cannot be shown (a page of OAuth's) is
// told by its status and error. The redactor knows the entry's own secrets.
nlohmann::json fault_that_answers(const Entry& entry, const Redactor& redactor);

}  // namespace heygen::mock::control
