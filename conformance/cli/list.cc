#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "conformance/catalogue.h"
#include "conformance/cli/commands.h"
#include "conformance/report/text.h"

namespace heygen::conformance {
namespace {

using nlohmann::ordered_json;

ordered_json check_json(const Check& check) {
  ordered_json out;
  out["id"] = check.id;
  out["title"] = check.title;
  out["subject"] = to_string(check.side);
  out["phase"] = to_string(check.phase);
  out["level"] = to_string(check.level);
  out["clause"] = check.clause;
  out["source"] = to_string(check.source);
  out["provokes"] = check.provokes;
  out["requires"] = check.requires_;
  out["mend"] = check.mend;
  out["motive"] = check.motive;
  out["needs"] = check.needs.names();
  return out;
}

}  // namespace

int run_list(const ListCommand& command, const CommandContext& context) {
  std::vector<const Check*> chosen;
  std::ranges::copy_if(all_checks(), std::back_inserter(chosen), [&](const Check* check) {
    return (!command.side || check->side == *command.side) && check->level <= command.level;
  });
  if (command.json) {
    ordered_json out;
    out["version"] = 1;
    out["checks"] = ordered_json::array();
    for (const Check* check : chosen) out["checks"].push_back(check_json(*check));
    context.out << out.dump(2) << "\n";
    return kExitGood;
  }
  std::size_t longest = 0;
  for (const Check* check : chosen) longest = std::max(longest, check->id.size());
  for (const Check* check : chosen) {
    context.out << pad(check->id, longest) << "  " << pad(to_string(check->level), 6) << "  "
                << to_string(check->source) << "  " << check->title << "\n";
  }
  return kExitGood;
}

}  // namespace heygen::conformance
