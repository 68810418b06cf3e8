// The vocabulary that checks end with. Each function looks at what happened and says what came of
// it; those that take a Trial may drive it.
//
// "Nothing happened" is also what a dead client does, so the expectations that something does not
// happen bring their positive control: a good login before, in the same configuration, and another
// one after, because a client may as well be wedged. Without it the verdict is inconclusive.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/trial.h"

namespace heygen::conformance {

// Changes one thing about a good authorization response.
using Spoil = std::function<void(CallbackUrl&)>;

// The spoiled callback leads to no token request and to no login.
Verdict expect_callback_rejected(Trial& trial, const Spoil& spoil);
// The same for several variants, each in a login of its own; the first that is taken fails.
Verdict expect_callbacks_rejected(Trial& trial, const std::vector<Spoil>& spoils);
// The same for a callback that was made in any other way; the control before it is the caller's.
Verdict expect_rejected(Trial& trial, std::string_view callback_url,
                        std::string_view session = kFirst);
// The changed callback still ends in a login.
Verdict expect_callback_accepted(Trial& trial, const Spoil& change);

// States that nobody issued, and that some ways to look one up find nevertheless: what every object
// of a language has, names of folders, patterns.
inline constexpr std::array<std::string_view, 7> kNamesOfNoState{
    "__proto__", "constructor", "toString", "..", "*", "%", "."};

// How often since the mark.
Verdict expect_code_requests(Trial& trial, Mark since, std::size_t least, std::size_t most);
Verdict expect_refreshes(Trial& trial, Mark since, std::size_t least, std::size_t most);
inline Verdict expect_one_refresh(Trial& trial, Mark since) {
  return expect_refreshes(trial, since, 1, 1);
}
Verdict expect_no_token_request(Trial& trial, Mark since);

// Values that may be secret: a report shows fingerprints.
Verdict expect_equal(std::string_view what, std::string_view wanted, std::string_view seen);
// The request has the parameter exactly once in its form; and nothing of that name in its query.
Verdict expect_form_param(const Seen& seen, std::string_view name);

Verdict expect_state(Trial& trial, LoginState wanted, std::string_view session = kFirst);
// The call brought a 2xx answer.
Verdict expect_call_succeeds(const Outcome<ApiAnswer>& answer);
// The login works: a call to the API succeeds.
Verdict expect_usable(Trial& trial, std::string_view session = kFirst);

// None of the trial's secrets is in the text, however written; a prefix is a warning. `place` reads
// after "was found in": "the log".
Verdict expect_no_secret_in(Trial& trial, std::string_view place, std::string_view text,
                            const std::vector<SecretKind>& except = {});
// No request that the second origin saw carries one.
Verdict expect_evil_saw_no_secret(Trial& trial);
// The token was sent to nobody since the mark: not to the API, not to a token endpoint.
Verdict expect_never_sent(Trial& trial, Mark since, std::string_view what, std::string_view token);

// A check's own demand on the course of things: ends the check as inconclusive unless it holds.
void require(Trial& trial, bool holds, std::string_view what);
// The one token request of a login; ends the check when there is none.
const Seen& require_token_request(Trial& trial, const Login& login);

}  // namespace heygen::conformance
