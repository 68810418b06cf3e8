// Armed faults as a note, for a store that outlives the process. For this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/faults/rule.h"

namespace heygen::mock {

struct KeptFault {
  std::string id;
  FaultRule rule;
  std::optional<TimePoint> expires_at;
};
struct KeptFaults {
  std::uint64_t last_id = 0;
  std::vector<KeptFault> faults;
};

std::string write_faults(const KeptFaults& kept);
// Throws StoreUnavailable when the bytes are no such note.
KeptFaults read_faults(std::string_view note);

}  // namespace heygen::mock
