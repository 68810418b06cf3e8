#include <ostream>

#include "conformance/catalogue.h"
#include "conformance/cli/commands.h"
#include "conformance/flawed/flaws.h"
#include "conformance/report/text.h"

namespace heygen::conformance {
namespace {

void field(const CommandContext& context, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  constexpr std::size_t kLabel = 11;
  const std::size_t room = context.width > kLabel + 20 ? context.width - kLabel : 20;
  context.out << pad(label, kLabel) << wrapped(text, room, kLabel) << "\n";
}

std::string_view meaning(Source source) {
  switch (source) {
    case Source::normative:
      return "N: the clause itself says so";
    case Source::vendor:
      return "V: the vendor's guide or own client says so";
    case Source::judgement:
      return "I: the suite demands it, for the reasons given";
  }
  return "";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void explain(const CommandContext& context, const Check& check) {
  context.out << check.id << "\n";
  field(context, "", check.title);
  field(context, "level", to_string(check.level));
  field(context, "clause", check.clause);
  field(context, "source", meaning(check.source));
  field(context, "provokes", check.provokes);
  field(context, "requires", check.requires_);
  field(context, "mend", check.mend);
  field(context, "reports", check.motive);
  field(context, "needs", listed(check.needs.names()));
  for (const Flaw* flaw : flaws_caught_by(check.id)) {
    field(context, "catches", std::string(flaw->id) + ": " + std::string(flaw->summary));
  }
}

}  // namespace

int run_explain(const ExplainCommand& command, const CommandContext& context) {
  for (const std::string& id : command.ids) {
    const Check* const check = find_check(id);
    if (check == nullptr) {
      context.err << "heygen-conformance: \"" << printable(id)
                  << "\" is no check: see heygen-conformance list\n";
      return kExitUsage;
    }
    if (&id != &command.ids.front()) context.out << "\n";
    explain(context, *check);
  }
  return kExitGood;
}

}  // namespace heygen::conformance
