#include "conformance/expect.h"

#include <algorithm>

#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

std::string count_of(std::size_t n, std::string_view thing) {
  return std::to_string(n) + " " + std::string(thing) + (n == 1 ? "" : "s");
}

Verdict expect_count(std::string_view thing, std::size_t seen, std::size_t least,
                     std::size_t most) {
  if (seen >= least && seen <= most) return passed();
  std::string wanted = count_of(least, thing);
  if (most != least) {
    wanted = least == 0 ? "at most " + count_of(most, thing)
                        : std::to_string(least) + " to " + count_of(most, thing);
  }
  return failed(wanted, count_of(seen, thing));
}

// A good login up to the callback, which is then changed.
CallbackUrl spoiled_callback(Trial& trial, const Spoil& spoil, std::string_view session) {
  CallbackUrl url = trial.authorize(trial.begin(session));
  spoil(url);
  return url;
}

// No token request and no login: what it says of that is worth a line in the report.
Verdict judge_rejection(Trial& trial, std::string_view callback_url, std::string_view session) {
  const Mark before = trial.mark();
  const auto landed = trial.callback_raw(callback_url, session);
  const LoginState state = trial.state(session);
  const std::size_t requests = trial.code_requests(before).size();
  if (requests > 0) {
    return failed("no token request", count_of(requests, "token request") +
                                          (state == LoginState::logged_in ? ", and a login" : ""));
  }
  if (state == LoginState::logged_in) return failed("no login", "the session is logged in");
  return passed(landed.ok() ? "" : "it was refused: " + landed.failure().message);
}

}  // namespace

Verdict expect_rejected(Trial& trial, std::string_view callback_url, std::string_view session) {
  Verdict verdict = judge_rejection(trial, callback_url, session);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict expect_callback_rejected(Trial& trial, const Spoil& spoil) {
  return expect_callbacks_rejected(trial, {spoil});
}

// One control after all of them will do: a client that the first wedges does not pass it.
Verdict expect_callbacks_rejected(Trial& trial, const std::vector<Spoil>& spoils) {
  trial.control();
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    const std::string session = "spoiled-" + std::to_string(i + 1);
    const CallbackUrl url = spoiled_callback(trial, spoils[i], session);
    Verdict verdict = judge_rejection(trial, url.str(), session);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Verdict expect_callback_accepted(Trial& trial, const Spoil& change) {
  const CallbackUrl url = spoiled_callback(trial, change, kFirst);
  const auto landed = trial.callback(url);
  if (!landed) {
    trial.control();
    return failed("a login", "the callback was refused: " + landed.failure().message);
  }
  return expect_usable(trial);
}

Verdict expect_code_requests(Trial& trial, Mark since, std::size_t least, std::size_t most) {
  return expect_count("token request", trial.code_requests(since).size(), least, most);
}

Verdict expect_refreshes(Trial& trial, Mark since, std::size_t least, std::size_t most) {
  return expect_count("refresh request", trial.refreshes(since).size(), least, most);
}

Verdict expect_no_token_request(Trial& trial, Mark since) {
  const std::size_t seen = trial.code_requests(since).size() + trial.refreshes(since).size();
  return expect_count("token request", seen, 0, 0);
}

Verdict expect_equal(std::string_view what, std::string_view wanted, std::string_view seen) {
  if (wanted == seen) return passed();
  const auto quoted = [](std::string_view value) { return "\"" + std::string(value) + "\""; };
  return failed(std::string(what) + " " + quoted(wanted), seen.empty() ? "none" : quoted(seen));
}

Verdict expect_form_param(const Seen& seen, std::string_view name) {
  const std::size_t in_form = seen.form().count(name);
  const std::size_t in_query = seen.query().count(name);
  if (in_form == 1 && in_query == 0) return passed();
  return failed(std::string(name) + " once in the form",
                std::to_string(in_form) + " times in the form, " + std::to_string(in_query) +
                    " times in the URL");
}

Verdict expect_state(Trial& trial, LoginState wanted, std::string_view session) {
  const LoginState seen = trial.state(session);
  if (seen == wanted) return passed();
  return failed("the state " + std::string(to_string(wanted)), to_string(seen));
}

Verdict expect_call_succeeds(const Outcome<ApiAnswer>& answer) {
  if (!answer) return failed("an answer of the API", answer.failure().message);
  if (answer->status >= 200 && answer->status < 300) return passed();
  return failed("an answer of the API", "its status " + std::to_string(answer->status));
}

Verdict expect_usable(Trial& trial, std::string_view session) {
  return worst_of({expect_state(trial, LoginState::logged_in, session),
                   expect_call_succeeds(trial.call_api(session))});
}

Verdict expect_no_secret_in(Trial& trial, std::string_view place, std::string_view text,
                            const std::vector<SecretKind>& except) {
  const auto leak = trial.secrets().find_in(text, except);
  if (!leak) return passed();
  std::string message = leak->describe() + " was found in " + std::string(place);
  return leak->form == Leak::Form::prefix ? warned(std::move(message)) : failed(std::move(message));
}

Verdict expect_evil_saw_no_secret(Trial& trial) {
  for (const Seen& seen : trial.evil().seen()) {
    Verdict verdict =
        expect_no_secret_in(trial, "a request to another origin", seen.whole_request());
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict expect_never_sent(Trial& trial, Mark since, std::string_view what, std::string_view token) {
  for (const Seen& seen : trial.seen(since)) {
    if (seen.whole_request().find(token) == std::string::npos) continue;
    return failed(std::string(what) + " is never sent",
                  "it was sent to " + std::string(seen.request().path()));
  }
  return passed();
}

void require(Trial& trial, bool holds, std::string_view what) {
  if (!holds) trial.give_up("not provoked: " + std::string(what));
}

const Seen& require_token_request(Trial& trial, const Login& login) {
  if (login.token_requests.empty()) {
    const std::string why = login.landed.ok() ? "" : ": " + login.landed.failure().message;
    trial.give_up("the login made no token request" + why);
  }
  return login.token_requests.front();
}

}  // namespace heygen::conformance
