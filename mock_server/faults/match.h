// Which requests a rule is for, and at which of those it fires. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "mock_server/faults/faults.h"
#include "mock_server/faults/rule.h"

namespace heygen::mock {

[[nodiscard]] bool in_scope(const FaultScope& scope, const FaultQuery& query) noexcept;

// Whether the rule fires at the `ordinal`-th request in its scope, counted from 1.
[[nodiscard]] bool fires(const FaultWhen& when, std::uint64_t ordinal) noexcept;

// How many of the requests after the first `matched` can still make it fire; nothing: without end.
[[nodiscard]] std::optional<std::uint64_t> chances_after(const FaultWhen& when,
                                                         std::uint64_t matched) noexcept;

}  // namespace heygen::mock
