// The loopback listener's HTTP: what is taken for a request is one line without surprises.
#include "client_under_test/lib/listener_http.h"
#include "client_under_test/lib/text.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace client;

void run(std::string_view input) {
  const HeadOutcome outcome = read_request_head(input);
  require(!(outcome.request && outcome.refuse_with != 0), "taken or refused, not both");
  require(outcome.refuse_with == 0 || outcome.refuse_with >= 400, "a refusal has a status");
  if (!outcome.request) return;
  require(outcome.request->target.starts_with('/'), "a target is a path");
  require(is_visible_ascii(outcome.request->target), "without white space");
  require(input.find("\r\n\r\n") != std::string_view::npos, "the head was whole");
}

}  // namespace heygen::fuzz
