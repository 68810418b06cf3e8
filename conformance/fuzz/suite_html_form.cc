// The server suite's reader of consent pages.
#include "conformance/server/html_form.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace conformance;

void run(std::string_view input) {
  (void)unescape_html(input);
  const auto form = find_form(input);
  if (!form) return;
  require(form->fields.size() <= input.size(), "no more fields than were written");
  for (const bool approve : {true, false}) {
    const auto values = form->filled(approve, {{"user_code", "WDJB-MJHT"}});
    if (!values) continue;
    for (const auto& [name, value] : *values) require(!name.empty(), "what is sent has a name");
  }
}

}  // namespace heygen::fuzz
