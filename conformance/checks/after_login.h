// Steps and expectations that the checks share which begin where a login ends: the token endpoint's
// answer, refreshing, the API.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/expect.h"

namespace heygen::conformance {

using Tokens = std::vector<std::string>;

// A login whose token requests are answered like this. Ends the check when there was none.
Login login_answered_with(Trial& trial, const Fault& fault, std::string_view session = kFirst);
// A token answer of the check's own making.
Fault exchange_answer(std::string_view body, std::string_view content_type = "application/json");

// Tokens are opaque: what means something in a form has to be encoded. The server knows neither of
// these, so that a call is refused.
struct OddTokens {
  std::string access;
  std::string refresh;
  Login login;
};
OddTokens login_with_odd_tokens(Trial& trial, std::string_view session);

// The access tokens that were issued so far.
Tokens access_tokens(Trial& trial);
// No API request since the mark carries credentials but the good ones; one without any is fine.
Verdict expect_only_tokens(Trial& trial, Mark since, const Tokens& good);
// The first API request from now on carries this token, as it stands.
// Since before the login where the mock does not know the token: some drivers learn the state from
// a call, after which a token that is refused is gone.
Verdict expect_token_sent(Trial& trial, std::string_view session, std::string_view token,
                          std::optional<Mark> since = std::nullopt);
// The session is not logged in. A subject of one session may still be so by an earlier login, and
// is not asked.
Verdict expect_no_login(Trial& trial, std::string_view session);
// Both: what the login brought is not used, whatever the client says of itself. Since before the
// login: a driver that learns the state from a call has made one by now, after which a token that
// was refused may be gone.
Verdict expect_login_unused(Trial& trial, std::string_view session, const Tokens& good, Mark since);
// The callback was taken, the session is logged in, and a call succeeds.
Verdict expect_logged_in(Trial& trial, const Login& login);

// Something that may come on its own, in the background, has this long to show itself.
inline constexpr std::chrono::milliseconds kQuietWindow{25};
// So many refreshes or more since the mark, now or within the quiet window.
bool refreshed_often(Trial& trial, Mark since, std::size_t often);

// The access token has ended: by both clocks where the client's can be set, else by the server's
// will alone.
void end_access_token(Trial& trial);

// Makes the client refresh: its access token is dead at the server, and it calls the API; where no
// refresh comes of that, the token has ended by its clock as well, and then it is told to. The
// refresh requests, oldest first; ends the check when there are none.
std::vector<Seen> make_refresh(Trial& trial, std::string_view session = kFirst);
// The same, whatever comes of it.
std::vector<Seen> try_refresh(Trial& trial, std::string_view session = kFirst);

// After a failed refresh and with a server that is well again: a call succeeds. A client may wait a
// while before it asks again.
Verdict expect_recovery(Trial& trial, std::string_view session = kFirst);

}  // namespace heygen::conformance
