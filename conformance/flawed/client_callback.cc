// Flaws in judging the authorization response, and in the page at its end.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "client_under_test/lib/url.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CallbackParams;
using client::CallbackRules;
using client::Config;
using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Page;
using client::PageRules;
using client::PendingLogin;
using client::PendingRules;
using client::Result;
using client::Transport;
using Candidates = std::span<const PendingLogin>;
using Selected = std::optional<PendingLogin>;

// --- errors ------------------------------------------------------------------------------------

std::optional<Error> error_ignored(const CallbackParams& /*params*/) { return std::nullopt; }

std::optional<Error> error_without_code(const CallbackParams& params) {
  return params.code ? std::nullopt : client::judge_error_parameter(params);
}

bool is_known_error(const CallbackParams& params) {
  constexpr std::array<std::string_view, 7> kKnown{
      "invalid_request",           "unauthorized_client", "access_denied",
      "unsupported_response_type", "invalid_scope",       "server_error",
      "temporarily_unavailable"};
  return std::ranges::find(kKnown, params.error.value_or("")) != kKnown.end();
}

// What is not in its list is no error as long as there is a code.
std::optional<Error> listed_error_or_no_code(const CallbackParams& params) {
  return params.code && !is_known_error(params) ? std::nullopt
                                                : client::judge_error_parameter(params);
}

// Only the codes it knows are errors, so the rest must be good.
void unknown_error_is_success(client::Seams& seams) {
  seams.callback.judge_error = [](const CallbackParams& params) -> std::optional<Error> {
    return is_known_error(params) ? client::judge_error_parameter(params) : std::nullopt;
  };
  seams.callback.judge_code = [](const CallbackParams&) { return std::optional<Error>(); };
}

// A code with an error behind it came first.
void error_behind_code_ignored(client::Seams& seams) {
  const Kept<bool> code_first;
  seams.callback.read = [code_first](std::string_view url) {
    const std::string query = "&" + std::string(client::query_of(url));
    code_first.set(query.find("&code=") < query.find("&error="));
    return client::read_callback(url);
  };
  seams.callback.judge_error = [code_first](const CallbackParams& params) -> std::optional<Error> {
    if (params.code && code_first.get()) return std::nullopt;
    return client::judge_error_parameter(params);
  };
}

std::optional<Error> errors_all_alike(const CallbackParams& params) {
  if (!params.error) return std::nullopt;
  return Error{ErrorKind::access_denied, "the login did not succeed", *params.error};
}

Selected error_without_state(Candidates candidates, const CallbackParams& params) {
  if (params.error && !params.state && !candidates.empty()) return candidates.back();
  return client::select_by_state(candidates, params);
}

Selected error_before_state(Candidates candidates, const CallbackParams& params) {
  if (params.error && !candidates.empty()) return candidates.back();
  return client::select_by_state(candidates, params);
}

// --- the issuer --------------------------------------------------------------------------------

bool any_issuer(const Config& /*config*/, std::string_view /*iss*/) { return true; }

bool issuer_over_https(const Config& config, std::string_view iss) {
  return iss.starts_with("https://") || client::issuer_matches(config, iss);
}

bool issuer_by_its_start(const Config& config, std::string_view iss) {
  return iss.starts_with(config.issuer.value_or("?")) || client::issuer_matches(config, iss);
}

bool issuer_of_the_origin(const Config& config, std::string_view iss) {
  return client::same_origin(config.issuer.value_or("?"), iss) ||
         client::issuer_matches(config, iss);
}

bool no_issuer(const Config& /*config*/, std::string_view /*iss*/) { return false; }

std::optional<Error> issuer_required(const CallbackParams& params) {
  if (!params.iss) return Error{ErrorKind::invalid_callback, "the callback names no issuer"};
  return client::judge_error_parameter(params);
}

// --- replays -----------------------------------------------------------------------------------

// The state is bound to the first code that came with it, and not to one use.
void same_callback_again(client::Seams& seams) {
  const Kept<std::map<std::string, std::string>> codes;
  seams.pending.consume = keep_login;
  seams.pending.select = [codes](Candidates candidates, const CallbackParams& params) -> Selected {
    Selected login = client::select_by_state(candidates, params);
    if (!login) return std::nullopt;
    const std::string code = params.code.value_or("");
    const bool same = codes.with(
        [&](auto& known) { return known.try_emplace(login->state, code).first->second == code; });
    return same ? login : std::nullopt;
  };
}

// The state is spent when its code has been exchanged, so a second callback meanwhile finds it.
void spent_after_exchange(client::Seams& seams) {
  struct States {
    std::set<std::string> in_flight{};
    std::set<std::string> spent{};
  };
  const Kept<States> states;
  seams.pending.consume = keep_login;
  seams.pending.select = [states](Candidates candidates, const CallbackParams& params) -> Selected {
    Selected login = client::select_by_state(candidates, params);
    const bool free = login && states.with([&](States& known) {
      if (known.spent.contains(login->state)) return false;
      known.in_flight.insert(login->state);
      return true;
    });
    return free ? login : std::nullopt;
  };
  seams.endpoint.send = [states](Transport& transport, const HttpRequest& request) {
    Result<HttpResponse> response = client::send_once(transport, request);
    states.with([](States& known) { known.spent.merge(known.in_flight); });
    return response;
  };
}

// --- the page ----------------------------------------------------------------------------------

std::string page_with_markup(Page page, std::string_view detail) {
  constexpr std::string_view kPlace = "detail-goes-here";
  page.detail = kPlace;
  return replace_all(client::render_page(page), kPlace, detail);
}

std::string unescaped_page(const Page& page) { return page_with_markup(page, page.detail); }

std::string page_without_script_tags(const Page& page) {
  return page_with_markup(page, replace_all(page.detail, "<script", ""));
}

constexpr std::array kClientCallbackFlaws{
    Flaw{.id = "cm29-error-xss",
         .summary = "error_description unescaped in HTML",
         .intended = {"callback.error.no-xss"},
         .plant = replace<&PageRules::render, unescaped_page>},
    Flaw{.id = "cm29b-error-xss-blacklist",
         .summary = "takes \"<script\" out of error_description and leaves all other markup",
         .intended = {"callback.error.no-xss"},
         .variant_of = "cm29-error-xss",
         .plant = replace<&PageRules::render, page_without_script_tags>},
    Flaw{.id = "cm30-error-ignored",
         .summary = "code used although error is present",
         .intended = {"callback.code-and-error"},
         .plant = replace<&CallbackRules::judge_error, error_ignored>},
    Flaw{.id = "cm30b-error-only-without-code",
         .summary = "looks at error only when there is no code",
         .intended = {"callback.code-and-error"},
         .variant_of = "cm30-error-ignored",
         .plant = replace<&CallbackRules::judge_error, error_without_code>},
    Flaw{.id = "cm30d-error-behind-code",
         .summary = "looks at an error only when it stands before the code",
         .intended = {"callback.code-and-error"},
         .variant_of = "cm30-error-ignored",
         .plant = error_behind_code_ignored},
    Flaw{.id = "cm30c-unknown-error-is-success",
         .summary = "takes an error that it does not know for success and exchanges an empty code",
         .intended = {"callback.error.unknown"},
         .variant_of = "cm30-error-ignored",
         .plant = unknown_error_is_success},
    Flaw{.id = "cm30e-error-by-list",
         .summary = "looks at the errors that it knows only, where there is a code",
         .intended = {"callback.code-and-error"},
         .variant_of = "cm30-error-ignored",
         .plant = replace<&CallbackRules::judge_error, listed_error_or_no_code>},
    Flaw{.id = "cm31-iss-ignored",
         .summary = "iss not compared though issuer is configured",
         .intended = {"callback.iss.mismatch-rejected"},
         .plant = replace<&CallbackRules::issuer_matches, any_issuer>},
    Flaw{.id = "cm31b-iss-over-https",
         .summary = "accepts any issuer whose URL is https",
         .intended = {"callback.iss.mismatch-rejected"},
         .variant_of = "cm31-iss-ignored",
         .plant = replace<&CallbackRules::issuer_matches, issuer_over_https>},
    Flaw{.id = "cm31c-iss-by-its-start",
         .summary = "accepts an issuer that begins with the right one",
         .intended = {"callback.iss.mismatch-rejected"},
         .variant_of = "cm31-iss-ignored",
         .plant = replace<&CallbackRules::issuer_matches, issuer_by_its_start>},
    Flaw{.id = "cm31d-iss-of-the-origin",
         .summary = "accepts any issuer of the right origin",
         .intended = {"callback.iss.mismatch-rejected"},
         .variant_of = "cm31-iss-ignored",
         .plant = replace<&CallbackRules::issuer_matches, issuer_of_the_origin>},
    Flaw{.id = "cm32-callback-twice",
         .summary = "second identical callback exchanges again",
         .intended = {"callback.replay"},
         .plant = same_callback_again},
    Flaw{.id = "cm32b-callback-race",
         .summary = "the state is spent when the exchange has ended, not when it begins",
         .intended = {"callback.replay", "callback.double-submit-parallel"},
         .variant_of = "cm32-callback-twice",
         .plant = spent_after_exchange},
    Flaw{.id = "cm73-iss-refused",
         .summary = "refuses the right issuer too",
         .intended = {"callback.iss.match-accepted"},
         .plant = replace<&CallbackRules::issuer_matches, no_issuer>},
    Flaw{.id = "cm74-iss-required",
         .summary = "refuses a callback without iss",
         .intended = {"callback.iss.absent-tolerated"},
         .plant = replace<&CallbackRules::judge_error, issuer_required>},
    Flaw{.id = "cm76-error-before-state",
         .summary = "an error with a foreign state ends the login that is pending",
         .intended = {"callback.error.state-checked"},
         .plant = replace<&PendingRules::select, error_before_state>},
    Flaw{.id = "cm76b-error-without-state",
         .summary = "an error without a state ends the login that is pending",
         .intended = {"callback.error.state-checked"},
         .variant_of = "cm76-error-before-state",
         .plant = replace<&PendingRules::select, error_without_state>},
    Flaw{.id = "cm208-errors-all-alike",
         .summary = "says the same of every error",
         .intended = {"callback.error.server-vs-denied"},
         .plant = replace<&CallbackRules::judge_error, errors_all_alike>},
};

}  // namespace

std::span<const Flaw> callback_flaws() { return kClientCallbackFlaws; }

}  // namespace heygen::conformance
