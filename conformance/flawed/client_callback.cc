// Flaws in reading and judging the authorization response, and in the page at its end.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "client_under_test/lib/json.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CallbackParams;
using client::CallbackRules;
using client::Config;
using client::Error;
using client::ErrorKind;
using client::Fields;
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

// --- duplicates --------------------------------------------------------------------------------

// The sound reading of a callback whose repeated parameter was made one before.
template <typename Merge>
Result<CallbackParams> read_merged(std::string_view url, std::string_view name, Merge merge) {
  Fields fields;
  std::vector<std::string> values;
  for (client::FormField& field : client::form_decode(client::query_of(url))) {
    if (field.name == name) {
      values.push_back(std::move(field.value));
    } else {
      fields.emplace_back(std::move(field.name), std::move(field.value));
    }
  }
  if (values.size() < 2) return client::read_callback(url);
  fields.emplace_back(name, merge(values));
  return client::read_callback("/?" + client::form_encode(fields));
}

Result<CallbackParams> codes_joined(std::string_view url) {
  return read_merged(url, "code", [](const std::vector<std::string>& values) {
    std::string all = values.front();
    for (std::size_t i = 1; i < values.size(); ++i) all.append(",").append(values[i]);
    return all;
  });
}

Result<CallbackParams> last_state_counts(std::string_view url) {
  return read_merged(url, "state", [](const auto& values) { return values.back(); });
}

Result<CallbackParams> first_state_counts(std::string_view url) {
  return read_merged(url, "state", [](const auto& values) { return values.front(); });
}

// --- the code ----------------------------------------------------------------------------------

template <typename Change>
Result<CallbackParams> read_with_code(std::string_view url, Change change) {
  Result<CallbackParams> params = client::read_callback(url);
  if (params && params->code) params->code = change(*params->code);
  return params;
}

Result<CallbackParams> code_cut(std::string_view url) {
  return read_with_code(url, [](const std::string& code) { return code.substr(0, 1024); });
}

Result<CallbackParams> code_decoded_twice(std::string_view url) {
  return read_with_code(url, [](const std::string& code) {
    return client::form_decode("code=" + code).front().value;
  });
}

Result<CallbackParams> code_not_decoded(std::string_view url) {
  return read_with_code(url, [&](const std::string& code) {
    std::string_view query = client::query_of(url);
    while (!query.empty()) {
      const std::string_view field = query.substr(0, query.find('&'));
      if (field.starts_with("code=")) return std::string(field.substr(5));
      query.remove_prefix(std::min(field.size() + 1, query.size()));
    }
    return code;
  });
}

Result<CallbackParams> code_of_token_characters(std::string_view url) {
  return read_with_code(url, [](std::string code) {
    std::erase_if(code, [](char c) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      return !letter && !(c >= '0' && c <= '9') && c != '-' && c != '_';
    });
    return code;
  });
}

Result<CallbackParams> missing_code_is_undefined(std::string_view url) {
  Result<CallbackParams> params = client::read_callback(url);
  if (params && !params->code && !params->error) params->code = "undefined";
  return params;
}

std::optional<Error> code_may_be_empty(const CallbackParams& params) {
  return params.code ? std::nullopt : client::judge_code_parameter(params);
}

// --- other parameters ----------------------------------------------------------------------------

Result<CallbackParams> unknown_refused(std::string_view url) {
  constexpr std::array<std::string_view, 6> kKnown{
      "code", "state", "error", "error_description", "error_uri", "iss"};
  for (const client::FormField& field : client::form_decode(client::query_of(url))) {
    if (std::ranges::find(kKnown, field.name) == kKnown.end()) {
      return Error{ErrorKind::invalid_callback, "the callback holds an unknown parameter"};
    }
  }
  return client::read_callback(url);
}

std::string parameter_of(std::string_view text, std::string_view name) {
  for (const client::FormField& field : client::form_decode(text)) {
    if (field.name == name) return field.value;
  }
  return "";
}

// Metadata in the callback, as some servers of dynamic clients send it: the code goes where it
// says.
void endpoint_from_callback(client::Seams& seams) {
  const Kept<std::string> endpoint;
  seams.callback.read = [endpoint](std::string_view url) {
    endpoint.set(parameter_of(client::query_of(url), "token_endpoint"));
    return client::read_callback(url);
  };
  seams.endpoint.build_code_request = [endpoint](const Config& config,
                                                 const client::CodeGrant& grant) {
    HttpRequest request = client::build_code_request(config, grant);
    const std::string given = endpoint.get();
    if (!given.empty()) request.url = given;
    return request;
  };
}

// The client knows the implicit flow too: a token in the callback needs no exchange. Its parameters
// are in the part of the URL that `part_of` names.
void implicit_accepted(client::Seams& seams, std::string (*part_of)(std::string_view url)) {
  constexpr std::string_view kNoExchange = "no-exchange";
  const Kept<std::string> token;
  seams.callback.read = [=](std::string_view url) {
    const std::string part = part_of(url);
    Result<CallbackParams> params = client::read_callback("/?" + part);
    token.set(parameter_of(part, "access_token"));
    if (params && !token.get().empty()) params->code = kNoExchange;
    return params;
  };
  seams.endpoint.send = [=](Transport& transport, const HttpRequest& request) {
    if (field_of(request, "code") != kNoExchange) return client::send_once(transport, request);
    const std::string answer = json_of({{"access_token", token.get()}, {"token_type", "Bearer"}});
    return Result<HttpResponse>(HttpResponse{200, {}, answer});
  };
}

std::string query_part(std::string_view url) { return std::string(client::query_of(url)); }

std::string query_and_fragment(std::string_view url) {
  const std::size_t hash = url.find('#');
  std::string part = query_part(url);
  if (hash == std::string_view::npos) return part;
  if (!part.empty()) part.push_back('&');
  return part.append(url.substr(hash + 1));
}

void implicit_token_accepted(client::Seams& seams) { implicit_accepted(seams, query_part); }
void implicit_fragment_accepted(client::Seams& seams) {
  implicit_accepted(seams, query_and_fragment);
}

// --- errors ------------------------------------------------------------------------------------

std::optional<Error> error_ignored(const CallbackParams& /*params*/) { return std::nullopt; }

std::optional<Error> error_without_code(const CallbackParams& params) {
  return params.code ? std::nullopt : client::judge_error_parameter(params);
}

// Only the codes it knows are errors, so the rest must be good.
void unknown_error_is_success(client::Seams& seams) {
  seams.callback.judge_error = [](const CallbackParams& params) -> std::optional<Error> {
    constexpr std::array<std::string_view, 7> kKnown{
        "invalid_request",           "unauthorized_client", "access_denied",
        "unsupported_response_type", "invalid_scope",       "server_error",
        "temporarily_unavailable"};
    const bool known = std::ranges::find(kKnown, params.error.value_or("")) != kKnown.end();
    return known ? client::judge_error_parameter(params) : std::nullopt;
  };
  seams.callback.judge_code = [](const CallbackParams&) { return std::optional<Error>(); };
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

bool no_issuer(const Config& /*config*/, std::string_view /*iss*/) { return false; }

std::optional<Error> issuer_required(const CallbackParams& params) {
  if (!params.iss) return Error{ErrorKind::invalid_callback, "the callback names no issuer"};
  return client::judge_error_parameter(params);
}

// --- replays -----------------------------------------------------------------------------------

void keep_login(std::vector<PendingLogin>& /*logins*/, const PendingLogin& /*used*/) {}

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

constexpr std::array kFlaws{
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
    Flaw{.id = "cm30c-unknown-error-is-success",
         .summary = "takes an error that it does not know for success and exchanges an empty code",
         .intended = {"callback.error.unknown"},
         .variant_of = "cm30-error-ignored",
         .plant = unknown_error_is_success},
    Flaw{.id = "cm31-iss-ignored",
         .summary = "iss not compared though issuer is configured",
         .intended = {"callback.iss.mismatch-rejected"},
         .plant = replace<&CallbackRules::issuer_matches, any_issuer>},
    Flaw{.id = "cm31b-iss-over-https",
         .summary = "accepts any issuer whose URL is https",
         .intended = {"callback.iss.mismatch-rejected"},
         .variant_of = "cm31-iss-ignored",
         .plant = replace<&CallbackRules::issuer_matches, issuer_over_https>},
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
    Flaw{.id = "cm75-unknown-param-refused",
         .summary = "refuses a callback with a parameter that it does not know",
         .intended = {"callback.unknown-params-ignored"},
         .plant = replace<&CallbackRules::read, unknown_refused>},
    Flaw{.id = "cm76-error-before-state",
         .summary = "an error with a foreign state ends the login that is pending",
         .intended = {"callback.error.state-checked"},
         .plant = replace<&PendingRules::select, error_before_state>},
    Flaw{.id = "cm77-missing-code-exchanged",
         .summary = "exchanges the code \"undefined\" when there is none",
         .intended = {"callback.code.missing"},
         .plant = replace<&CallbackRules::read, missing_code_is_undefined>},
    Flaw{.id = "cm77b-empty-code-exchanged",
         .summary = "exchanges an empty code",
         .intended = {"callback.code.empty"},
         .variant_of = "cm77-missing-code-exchanged",
         .plant = replace<&CallbackRules::judge_code, code_may_be_empty>},
    Flaw{.id = "cm78-code-cut",
         .summary = "cuts the code to 1024 characters",
         .intended = {"callback.code.opaque"},
         .plant = replace<&CallbackRules::read, code_cut>},
    Flaw{.id = "cm78b-code-decoded-twice",
         .summary = "percent-decodes the code a second time",
         .intended = {"callback.code.opaque", "token.form.encoding"},
         .variant_of = "cm78-code-cut",
         .plant = replace<&CallbackRules::read, code_decoded_twice>},
    Flaw{.id = "cm78c-code-not-decoded",
         .summary = "exchanges the code as it stood in the URL, percent escapes and all",
         .intended = {"callback.code.opaque", "token.form.encoding"},
         .variant_of = "cm78-code-cut",
         .plant = replace<&CallbackRules::read, code_not_decoded>},
    Flaw{.id = "cm78d-code-filtered",
         .summary = "drops what is no letter, digit, '-' or '_' from the code",
         .intended = {"callback.code.opaque", "token.form.encoding"},
         .variant_of = "cm78-code-cut",
         .plant = replace<&CallbackRules::read, code_of_token_characters>},
    Flaw{.id = "cm79-duplicate-code-joined",
         .summary = "joins two codes with a comma",
         .intended = {"callback.duplicate-code"},
         .plant = replace<&CallbackRules::read, codes_joined>},
    Flaw{.id = "cm80-duplicate-state-last",
         .summary = "of two states checks the last",
         .intended = {"callback.duplicate-state"},
         .plant = replace<&CallbackRules::read, last_state_counts>},
    Flaw{.id = "cm80b-duplicate-state-first",
         .summary = "of two states checks the first",
         .intended = {"callback.duplicate-state"},
         .variant_of = "cm80-duplicate-state-last",
         .plant = replace<&CallbackRules::read, first_state_counts>},
    Flaw{.id = "cm82-endpoint-from-callback",
         .summary = "sends the code to the token_endpoint that the callback names",
         .intended = {"callback.mixup.token-endpoint-pinned"},
         .plant = endpoint_from_callback},
    Flaw{.id = "cm83-implicit-token-accepted",
         .summary = "uses an access_token that the callback brings",
         .intended = {"callback.fragment-ignored"},
         .plant = implicit_token_accepted},
    Flaw{.id = "cm83b-implicit-fragment-accepted",
         .summary = "uses an access_token that the callback's fragment brings",
         .intended = {"callback.fragment-ignored"},
         .variant_of = "cm83-implicit-token-accepted",
         .plant = implicit_fragment_accepted},
};

}  // namespace

std::span<const Flaw> callback_flaws() { return kFlaws; }

}  // namespace heygen::conformance
