// The "do" of a fault. For parse.cc alone; users of faults include parse.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mock_server/faults/rule.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {

// Throws BadInput; `path` is the object's own.
FaultAction parse_action(JsonObject object, const std::string& path);

nlohmann::json render_action(const FaultAction& action);

}  // namespace heygen::mock
