// A video job whose id says when it began, so that its state follows from the sandbox's clock
// alone: nothing is kept, and a job begun before the clock was moved is as old as the clock says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"

namespace heygen::mock {

// 32 hex digits, as the vendor's ids: 12 of time, 12 of randomness, 8 to tell ours from others'.
std::string new_job_id(RandomSource& random, TimePoint now);

// When the job began; nothing for an id that new_job_id did not make.
std::optional<TimePoint> job_start(std::string_view id);

}  // namespace heygen::mock
