// The vendor's webhook endpoints, and the events that jobs bring about.
#pragma once

#include "mock_server/routes/api_values.h"
#include "mock_server/routes/fixtures.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// Add, list, update, delete an endpoint of the account, or give it another secret. The secret is
// shown by add and rotate-secret, and never again.
Answer answer_webhook(const Call& call, const Visit& visit, const Fixtures::Match& match,
                      const User& account, const Policy& policy);

// The job that `answer` began will end: those who registered for it are to be told.
void expect_event(const Call& call, const Visit& visit, const FixtureEvent& event,
                  ApiValues& values, const Job& job, const User& account, const Policy& policy,
                  Answer& answer);

}  // namespace heygen::mock
