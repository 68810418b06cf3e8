// Flaws in reading the parameters of the authorization response.
#include <algorithm>
#include <array>

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
using client::Result;
using client::Transport;

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

// The response is read once for each state that it holds, and the one that fits is taken.
void any_state_counts(client::Seams& seams) {
  const Kept<std::vector<std::string>> states;
  seams.callback.read = [states](std::string_view url) {
    std::vector<std::string> found;
    for (const client::FormField& field : client::form_decode(client::query_of(url))) {
      if (field.name == "state") found.push_back(field.value);
    }
    states.set(found);
    return last_state_counts(url);
  };
  seams.pending.select = [states](
                             std::span<const client::PendingLogin> candidates,
                             const CallbackParams& params) -> std::optional<client::PendingLogin> {
    CallbackParams one = params;
    for (const std::string& state : states.get()) {
      one.state = state;
      if (auto login = client::select_by_state(candidates, one)) return login;
    }
    return std::nullopt;
  };
}

Result<CallbackParams> last_code_counts(std::string_view url) {
  return read_merged(url, "code", [](const auto& values) { return values.back(); });
}

// Looks for "code=", and takes what stands between it and "&state=".
Result<CallbackParams> read_by_order(std::string_view url) {
  const std::string_view query = client::query_of(url);
  const std::size_t code = query.find("code=");
  const std::size_t state = query.find("&state=");
  const bool in_order =
      code != std::string_view::npos && state != std::string_view::npos && code < state;
  if (!in_order && query.find("error=") == std::string_view::npos) {
    return Error{ErrorKind::invalid_callback, "the callback is not code and state"};
  }
  return client::read_callback(url);
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

// Some servers send the redirect URI back: then that is the one to repeat.
void redirect_from_callback(client::Seams& seams) {
  const Kept<std::string> redirect;
  seams.callback.read = [redirect](std::string_view url) {
    redirect.set(parameter_of(client::query_of(url), "redirect_uri"));
    return client::read_callback(url);
  };
  seams.endpoint.build_code_request = [redirect](const Config& config, client::CodeGrant grant) {
    const std::string given = redirect.get();
    if (!given.empty()) grant.redirect_uri = given;
    return client::build_code_request(config, grant);
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

constexpr std::array kClientParametersFlaws{
    Flaw{.id = "cm75-unknown-param-refused",
         .summary = "refuses a callback with a parameter that it does not know",
         .intended = {"callback.unknown-params-ignored"},
         .plant = replace<&CallbackRules::read, unknown_refused>},
    Flaw{.id = "cm209-parameters-by-order",
         .summary = "reads a callback whose code comes before its state, and no other",
         .intended = {"callback.param-order"},
         .plant = replace<&CallbackRules::read, read_by_order>},
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
    Flaw{.id = "cm79b-duplicate-code-last",
         .summary = "of two codes exchanges the last",
         .intended = {"callback.duplicate-code"},
         .variant_of = "cm79-duplicate-code-joined",
         .plant = replace<&CallbackRules::read, last_code_counts>},
    Flaw{.id = "cm80-duplicate-state-last",
         .summary = "of two states checks the last",
         .intended = {"callback.duplicate-state"},
         .plant = replace<&CallbackRules::read, last_state_counts>},
    Flaw{.id = "cm80b-duplicate-state-first",
         .summary = "of two states checks the first",
         .intended = {"callback.duplicate-state"},
         .variant_of = "cm80-duplicate-state-last",
         .plant = replace<&CallbackRules::read, first_state_counts>},
    Flaw{.id = "cm80c-duplicate-state-any",
         .summary = "of two states takes the one that fits",
         .intended = {"callback.duplicate-state"},
         .variant_of = "cm80-duplicate-state-last",
         .plant = any_state_counts},
    Flaw{.id = "cm82-endpoint-from-callback",
         .summary = "sends the code to the token_endpoint that the callback names",
         .intended = {"callback.mixup.token-endpoint-pinned"},
         .plant = endpoint_from_callback},
    Flaw{.id = "cm82b-redirect-from-callback",
         .summary = "repeats the redirect_uri that the callback names",
         .intended = {"callback.mixup.token-endpoint-pinned"},
         .variant_of = "cm82-endpoint-from-callback",
         .plant = redirect_from_callback},
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

std::span<const Flaw> parameter_flaws() { return kClientParametersFlaws; }

}  // namespace heygen::conformance
