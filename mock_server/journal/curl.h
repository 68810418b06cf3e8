// An exchange's request as a curl command for a POSIX shell: "copy as curl".
//
// It holds no secret: each stands as a shell variable named for it, "$CODE", "$CODE_VERIFIER",
// "$ACCESS_TOKEN", equal ones alike, so that whoever has the values sets them and pastes. What is
// shown redacted for another reason (a body that could not be read) is "$BODY".
#pragma once

#include <string>
#include <string_view>

#include "mock_server/journal/entry.h"
#include "mock_server/journal/redact.h"

namespace heygen::mock {

// `base` is what the sandbox's URLs begin with: "http://127.0.0.1:8765", "http://…/s/NAME".
std::string as_curl(const Entry& entry, const Redactor& redactor, std::string_view base);

}  // namespace heygen::mock
