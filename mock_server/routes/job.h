// A video job whose id says when it began and what it comes to, so that its state follows from the
// sandbox's clock alone: nothing is kept, and a job begun before the clock was moved is as old as
// the clock says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/clock.h"
#include "mock_server/core/policy.h"
#include "mock_server/core/random.h"

namespace heygen::mock {

struct Job {
  TimePoint start;
  VideoPolicy end = VideoPolicy::complete;

  friend bool operator==(const Job&, const Job&) = default;
};

// 32 hex digits, as the vendor's ids: 12 of time, 12 of randomness, 8 to tell ours from others' and
// what the job comes to.
std::string new_job_id(RandomSource& random, const Job& job);

// Nothing for an id that new_job_id did not make.
std::optional<Job> read_job(std::string_view id);

}  // namespace heygen::mock
