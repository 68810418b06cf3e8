// One exchange against one description of it, field by field. Pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "mock_server/journal/verify.h"

namespace heygen::mock {

bool matches(const ExchangeMatch& match, const Entry& entry);
// In how many fields it differs, and in which, by a redactor that knows the entry's secrets
// (redactor_for).
std::size_t count_differences(const ExchangeMatch& match, const Entry& entry);
std::vector<Difference> differences(const ExchangeMatch& match, const Entry& entry,
                                    const Redactor& redactor);

}  // namespace heygen::mock
