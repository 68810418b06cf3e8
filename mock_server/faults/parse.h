// A fault as people write it, the contract's grammar with these additions of ours:
//
//   on.endpoint                       also "metadata" and "registration"
//   on.path                           a final '*' matches what follows
//   when.probability                  without a seed: seed 0
//   do.jitter: "200ms"                up to so much more delay, drawn from the sandbox's randomness
//   do.location: "https://…"          redirects elsewhere, with 307 or the 3xx in `status`
//   do.endless: 1048576               a body that goes on for so many bytes
//   do.patch_text: {"n":"8.64e5"}     as `patch`, but the value is JSON text, and sent byte for
//   byte;
//                                     "null" sets a null, where `patch` deletes
//   do.retry_after                    also seconds as a number, or an HTTP-date
//   do.redirect.flip: ["state"]       changes one character of the value
//   do.redirect.fragment: true        the response after '#' instead of '?'
//
// What can never fire or never do anything is refused, not taken in silence.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mock_server/faults/faults.h"
#include "mock_server/faults/rule.h"

namespace heygen::mock {

// Throws BadInput with the key at fault, below `path`. JSON objects have no order: `headers`,
// `patch` and `redirect.set` come out sorted by name.
FaultRule parse_fault(const nlohmann::json& json, const std::string& path = "");

// parse_fault(render_fault(rule)) is the rule again, for every rule that came from parse_fault.
nlohmann::json render_fault(const FaultRule& rule);

// The rule's members and beside them "id", "matched", "fired", "remaining" (null: without limit),
// "expires_at" (null: never) and "expired".
nlohmann::json render_fault_state(const FaultState& state);

}  // namespace heygen::mock
