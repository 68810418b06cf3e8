// Which checks of the catalogue run.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"

namespace heygen::conformance {

struct Selection {
  std::vector<std::string> only;  // globs over ids; none: all
  std::vector<std::string> skip;  // globs
  Level level = Level::may;       // the least: `should` leaves out what MAY
  Side side = Side::client;
};

// '*' stands for any characters, '?' for one; all else for itself. A glob without either also
// matches the ids below it: "callback.state" is "callback.state.*".
bool glob_matches(std::string_view glob, std::string_view id) noexcept;

std::vector<const Check*> select_checks(std::span<const Check* const> all,
                                        const Selection& selection);

// The first glob, of either kind, that no check of the side matches: a typing mistake. "" when all
// match something.
std::string useless_glob(std::span<const Check* const> all, const Selection& selection);

}  // namespace heygen::conformance
