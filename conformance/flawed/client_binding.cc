// Flaws in how a callback is matched with the login it belongs to, and how that login is spent.
#include <algorithm>
#include <array>
#include <map>

#include "client_under_test/lib/text.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CallbackParams;
using client::PendingLogin;
using client::PendingRules;
using Candidates = std::span<const PendingLogin>;
using Selected = std::optional<PendingLogin>;

// --- comparing -------------------------------------------------------------------------------

Selected newest(Candidates candidates) {
  if (candidates.empty()) return std::nullopt;
  return candidates.back();
}

// The first login that `same` holds for, given its state and the callback's.
template <typename Same>
Selected select_where(Candidates candidates, const CallbackParams& params, Same same) {
  if (!params.state) return std::nullopt;
  const auto found = std::ranges::find_if(
      candidates, [&](const PendingLogin& login) { return same(login.state, *params.state); });
  if (found == candidates.end()) return std::nullopt;
  return *found;
}

Selected any_state(Candidates candidates, const CallbackParams& /*params*/) {
  return newest(candidates);
}

Selected state_of_right_shape(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.size() == sent.size() && client::is_visible_ascii(got);
  });
}

Selected state_in_any_case(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, client::equal_ignoring_case);
}

Selected state_by_its_start(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.substr(0, 16) == sent.substr(0, 16);
  });
}

Selected state_trimmed(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return client::trim(got) == sent;
  });
}

Selected state_decoded_again(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    const auto again = client::form_decode("state=" + got);
    return !again.empty() && again.front().value == sent;
  });
}

Selected state_if_present(Candidates candidates, const CallbackParams& params) {
  return params.state ? client::select_by_state(candidates, params) : newest(candidates);
}

Selected state_if_filled(Candidates candidates, const CallbackParams& params) {
  const bool empty = params.state && params.state->empty();
  return empty ? newest(candidates) : client::select_by_state(candidates, params);
}

// Nothing was begun, so the state to expect is "": and so is the one that came.
Selected nothing_equals_nothing(Candidates candidates, const CallbackParams& params) {
  if (candidates.empty() && params.state && params.state->empty()) return PendingLogin{};
  return client::select_by_state(candidates, params);
}

Selected no_login_needed(Candidates candidates, const CallbackParams& params) {
  return candidates.empty() ? PendingLogin{} : client::select_by_state(candidates, params);
}

Selected state_by_received_length(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return sent.starts_with(got);
  });
}

Selected state_contained(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.find(sent) != std::string::npos;
  });
}

Selected state_by_its_end(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.size() >= 16 && sent.ends_with(got);
  });
}

// A short key of the login: what the state hashes to begins with it.
Selected state_by_its_hash(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return sha256_octets(sent).substr(0, 2) == sha256_octets(got).substr(0, 2);
  });
}

Selected state_by_both_ends(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.size() == sent.size() && got.starts_with(sent.substr(0, 8)) &&
           got.ends_with(sent.substr(sent.size() - 8));
  });
}

Selected state_without_slash(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got == sent || got == sent + "/";
  });
}

// As functions do that take a text to end with its first NUL.
Selected state_up_to_nul(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got.substr(0, got.find('\0')) == sent;
  });
}

Selected state_without_line_end(Candidates candidates, const CallbackParams& params) {
  return select_where(candidates, params, [](const std::string& sent, const std::string& got) {
    return got == sent || got == sent + "\n";
  });
}

// One variable for the state, which is "" until it is set, and again once it was used.
void state_variable(client::Seams& seams) {
  const Kept<std::map<std::string, PendingLogin>> kept;
  seams.pending.remember = [kept](std::vector<PendingLogin>& logins, PendingLogin fresh) {
    kept.with([&](auto& last) { last.insert_or_assign(fresh.state, fresh); });
    client::remember_login(logins, std::move(fresh));
  };
  seams.pending.select = [kept](Candidates candidates, const CallbackParams& params) -> Selected {
    if (!candidates.empty() || params.state.value_or("?") != "") {
      return client::select_by_state(candidates, params);
    }
    return kept.with([](const auto& known) -> Selected {
      if (known.empty()) return std::nullopt;
      return known.begin()->second;
    });
  };
}

// A second login of a session is not taken note of while the first is pending.
void remember_the_first(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  const bool pending = std::ranges::any_of(
      logins, [&](const PendingLogin& login) { return login.session == fresh.session; });
  if (!pending) client::remember_login(logins, std::move(fresh));
}

// One login a session; its state is overwritten by the next one's, and by nothing else.
void slot_never_emptied(client::Seams& seams) {
  seams.pending.remember = [](std::vector<PendingLogin>& logins, PendingLogin fresh) {
    std::erase_if(logins,
                  [&](const PendingLogin& login) { return login.session == fresh.session; });
    client::remember_login(logins, std::move(fresh));
  };
  seams.pending.consume = [](std::vector<PendingLogin>&, const PendingLogin&) {};
}

// The newest login of all counts, whoever began it.
Selected newest_of_all(Candidates candidates, const CallbackParams& params) {
  return client::select_by_state(candidates.last(std::min<std::size_t>(1, candidates.size())),
                                 params);
}
void one_slot_for_all(client::Seams& seams) {
  seams.pending.belongs_to = [](const PendingLogin&, std::string_view) { return true; };
  seams.pending.select = newest_of_all;
}

bool belongs_to_anybody(const PendingLogin& /*login*/, std::string_view /*session*/) {
  return true;
}

// --- spending ----------------------------------------------------------------------------------

// The login is deleted where the code is exchanged, and an error never gets there.
void state_kept_on_error(client::Seams& seams) {
  const Kept<bool> is_error;
  seams.pending.select = [is_error](Candidates candidates, const CallbackParams& params) {
    is_error.set(params.error.has_value());
    return client::select_by_state(candidates, params);
  };
  seams.pending.consume = [is_error](std::vector<PendingLogin>& logins, const PendingLogin& used) {
    if (!is_error.get()) client::consume_login(logins, used);
  };
}

auto spend_at_second_use() {
  return [uses = Kept<std::map<std::string, int>>()](std::vector<PendingLogin>& logins,
                                                     const PendingLogin& used) {
    const int count = uses.with([&](auto& by_state) { return ++by_state[used.state]; });
    if (count >= 2) client::consume_login(logins, used);
  };
}

void remember_for_ever(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  fresh.expires_at = client::Instant::max();
  client::remember_login(logins, std::move(fresh));
}

void remember_for_a_week(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  fresh.expires_at += std::chrono::weeks{1};
  client::remember_login(logins, std::move(fresh));
}

constexpr std::array kClientBindingFlaws{
    Flaw{.id = "cm01-state-ignored",
         .summary = "accepts any state in the callback",
         .intended = {"callback.state.mismatch-rejected"},
         .plant = replace<&PendingRules::select, any_state>},
    Flaw{.id = "cm01b-state-shape-only",
         .summary = "accepts any state that has the right length and alphabet",
         .intended = {"callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_of_right_shape>},
    Flaw{.id = "cm01c-state-case-folded",
         .summary = "compares state without regard to case",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_in_any_case>},
    Flaw{.id = "cm01d-state-first-16",
         .summary = "compares the first 16 characters of state",
         .intended = {"callback.state.prefix-rejected", "callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_by_its_start>},
    Flaw{.id = "cm01e-state-trimmed",
         .summary = "trims blanks off the state before it compares",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_trimmed>},
    Flaw{.id = "cm01f-state-decoded-twice",
         .summary = "percent-decodes the state a second time before it compares",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_decoded_again>},
    Flaw{.id = "cm01g-state-by-both-ends",
         .summary = "compares the length, the start and the end of the state",
         .intended = {"callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_by_both_ends>},
    Flaw{.id = "cm01h-state-by-its-hash",
         .summary = "compares the first 16 bits of the state's hash",
         .intended = {"callback.state.mismatch-rejected"},
         .variant_of = "cm01-state-ignored",
         .plant = replace<&PendingRules::select, state_by_its_hash>},
    Flaw{.id = "cm02-state-optional",
         .summary = "checks state only if it is present",
         .intended = {"callback.state.missing-rejected"},
         .plant = replace<&PendingRules::select, state_if_present>},
    Flaw{.id = "cm02b-state-optional-when-empty",
         .summary = "checks state only if it is not empty",
         .intended = {"callback.state.empty-rejected"},
         .variant_of = "cm02-state-optional",
         .plant = replace<&PendingRules::select, state_if_filled>},
    Flaw{.id = "cm03-state-empty-equal",
         .summary = "compares '' with '' when no login is pending",
         .intended = {"callback.state.empty-rejected"},
         .plant = replace<&PendingRules::select, nothing_equals_nothing>},
    Flaw{.id = "cm03b-unsolicited-accepted",
         .summary = "exchanges the code of a callback though no login is pending",
         .intended = {"callback.state.unsolicited-rejected", "callback.state.session-bound"},
         .variant_of = "cm03-state-empty-equal",
         .plant = replace<&PendingRules::select, no_login_needed>},
    Flaw{.id = "cm03c-state-variable-emptied",
         .summary = "the variable of the state is \"\" after a login, and equals an empty one",
         .intended = {"callback.state.empty-rejected"},
         .variant_of = "cm03-state-empty-equal",
         .plant = state_variable},
    Flaw{.id = "cm04-state-prefix-compare",
         .summary = "compares as many characters of state as were received",
         .intended = {"callback.state.prefix-rejected"},
         .plant = replace<&PendingRules::select, state_by_received_length>},
    Flaw{.id = "cm04b-state-contained",
         .summary = "looks for the state anywhere in what was received",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_contained>},
    Flaw{.id = "cm04c-state-by-its-end",
         .summary = "compares the end of the state alone",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_by_its_end>},
    Flaw{.id = "cm04d-state-up-to-nul",
         .summary = "compares the state up to a NUL",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_up_to_nul>},
    Flaw{.id = "cm04e-state-line-end",
         .summary = "takes a state with a line end behind it",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_without_line_end>},
    Flaw{.id = "cm04f-state-slash",
         .summary = "takes a state with a slash behind it",
         .intended = {"callback.state.prefix-rejected"},
         .variant_of = "cm04-state-prefix-compare",
         .plant = replace<&PendingRules::select, state_without_slash>},
    Flaw{.id = "cm06-state-global",
         .summary = "pending states in one global set, not per session",
         .intended = {"callback.state.session-bound"},
         .plant = replace<&PendingRules::belongs_to, belongs_to_anybody>},
    Flaw{.id = "cm06b-one-login-for-all",
         .summary = "one variable for the pending login of all users: the newest",
         .intended = {"callback.state.session-bound"},
         .variant_of = "cm06-state-global",
         .plant = one_slot_for_all},
    Flaw{.id = "cm07-state-not-consumed",
         .summary = "does not delete the state after use",
         .intended = {"callback.state.single-use"},
         .plant = replace<&PendingRules::consume, keep_login>},
    Flaw{.id = "cm07b-state-kept-on-error",
         .summary = "deletes the state after a code, but not after an error",
         .intended = {"callback.state.consumed-on-error"},
         .variant_of = "cm07-state-not-consumed",
         .plant = state_kept_on_error},
    Flaw{.id = "cm07c-state-usable-twice",
         .summary = "deletes the state at its second use",
         .intended = {"callback.state.single-use", "callback.replay"},
         .variant_of = "cm07-state-not-consumed",
         .plant = replace_made<&PendingRules::consume, spend_at_second_use>},
    Flaw{.id = "cm07d-slot-never-emptied",
         .summary = "one pending login a session, which only the next one replaces",
         .intended = {"callback.state.single-use", "callback.replay"},
         .variant_of = "cm07-state-not-consumed",
         .plant = slot_never_emptied},
    Flaw{.id = "cm61-pending-immortal",
         .summary = "a login that was begun waits for ever",
         .intended = {"callback.state.expires"},
         .plant = replace<&PendingRules::remember, remember_for_ever>},
    Flaw{.id = "cm61b-pending-a-week",
         .summary = "a login that was begun waits for a week",
         .intended = {"callback.state.expires"},
         .variant_of = "cm61-pending-immortal",
         .plant = replace<&PendingRules::remember, remember_for_a_week>},
    Flaw{.id = "cm205-second-login-forgotten",
         .summary = "takes no note of a second login while a first is pending",
         .intended = {"callback.concurrent-logins"},
         .plant = replace<&PendingRules::remember, remember_the_first>},
};

}  // namespace

std::span<const Flaw> binding_flaws() { return kClientBindingFlaws; }

}  // namespace heygen::conformance
