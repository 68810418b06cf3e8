#include "conformance/runner/select.h"

#include <algorithm>

namespace heygen::conformance {
namespace {

bool matches_whole(std::string_view glob, std::string_view id) noexcept {
  // The usual two pointers: the last star takes one more character each time the rest fails.
  std::size_t g = 0;
  std::size_t i = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (i < id.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = i;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == id[i])) {
      ++g;
      ++i;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

bool any_matches(const std::vector<std::string>& globs, std::string_view id) {
  return std::ranges::any_of(globs, [id](const auto& glob) { return glob_matches(glob, id); });
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view id) noexcept {
  if (matches_whole(glob, id)) return true;
  const bool plain = glob.find_first_of("*?") == std::string_view::npos;
  return plain && id.size() > glob.size() && id.starts_with(glob) && id[glob.size()] == '.';
}

std::vector<const Check*> select_checks(std::span<const Check* const> all,
                                        const Selection& selection) {
  std::vector<const Check*> chosen;
  std::ranges::copy_if(all, std::back_inserter(chosen), [&](const Check* check) {
    return check->side == selection.side && check->level <= selection.level &&
           (selection.only.empty() || any_matches(selection.only, check->id)) &&
           !any_matches(selection.skip, check->id);
  });
  return chosen;
}

std::string useless_glob(std::span<const Check* const> all, const Selection& selection) {
  for (const auto* globs : {&selection.only, &selection.skip}) {
    for (const std::string& glob : *globs) {
      const bool useful = std::ranges::any_of(all, [&](const Check* check) {
        return check->side == selection.side && glob_matches(glob, check->id);
      });
      if (!useful) return glob;
    }
  }
  return {};
}

}  // namespace heygen::conformance
