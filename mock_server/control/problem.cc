#include "mock_server/control/problem.h"

#include <nlohmann/json.hpp>

#include "mock_server/control/reply.h"

namespace heygen::mock::control {

wire::Response to_response(const Problem& problem) {
  // RFC 9457 §4.2.1: with about:blank the title is the status's own phrase.
  nlohmann::ordered_json body{{"type", "about:blank"},
                              {"title", wire::reason_phrase(problem.status)},
                              {"status", problem.status},
                              {"detail", problem.detail}};
  if (!problem.key.empty()) body["key"] = problem.key;
  for (const auto& [name, value] : problem.members) body[name] = value;
  wire::Response response = reply(problem.status, body, "application/problem+json");
  for (const auto& [name, value] : problem.headers) response.headers.set(name, value);
  return response;
}

}  // namespace heygen::mock::control
