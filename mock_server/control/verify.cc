#include "mock_server/journal/verify.h"

#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/reply.h"
#include "mock_server/control/secrets.h"

namespace heygen::mock::control {

// What was not met is a problem that carries the whole verdict, the nearest misses among it.
wire::Response verify_journal(const Call& call) {
  const Expectation expectation = parse_expectation(call.body);
  const Verdict verdict =
      verify(call.sandbox->journal(), expectation, Redactor{secrets_of(call.sandbox)});
  auto shown = render_verdict(verdict);
  if (verdict.met) return reply(200, shown);
  nlohmann::ordered_json problem{{"type", "about:blank"},
                                 {"title", wire::reason_phrase(422)},
                                 {"status", 422},
                                 {"detail", verdict.message}};
  problem.update(shown);
  return reply(422, problem, "application/problem+json");
}

}  // namespace heygen::mock::control
