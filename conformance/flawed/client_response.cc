// Flaws in reading the token endpoint's answer.
#include <algorithm>
#include <array>
#include <set>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::EndpointRules;
using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::JsonObject;
using client::JsonValue;
using client::Result;
using client::Seams;
using client::TokenRules;
using client::Transport;
using Kind = JsonValue::Kind;
using Token = std::optional<std::string>;
using TokenType = std::optional<std::string_view>;

bool is_string(const JsonValue* member) {
  return member != nullptr && member->kind == Kind::string;
}

// --- token_type --------------------------------------------------------------------------------

bool bearer_in_this_case(TokenType type) { return type == "Bearer"; }

bool bearer_in_two_cases(TokenType type) { return type == "Bearer" || type == "bearer"; }

bool any_type(TokenType type) { return type.has_value(); }

bool anything_but_mac(TokenType type) { return type && *type != "mac" && *type != "MAC"; }

// The exchange and the refresh were written at different times.
void type_checked_on_refresh_only(Seams& seams) {
  const Kept<bool> refreshing;
  seams.endpoint.send = [refreshing](Transport& transport, const HttpRequest& request) {
    refreshing.set(has_grant(request, "refresh_token"));
    return client::send_once(transport, request);
  };
  seams.token.accepts_token_type = [refreshing](TokenType type) {
    return !refreshing.get() || client::is_bearer(type);
  };
}

// --- the tokens --------------------------------------------------------------------------------

Result<std::string> missing_token_is_empty(const JsonValue* member) {
  const bool missing = member == nullptr || member->kind == Kind::null || member->text.empty();
  return missing ? Result<std::string>("") : client::read_access_token(member);
}

Result<std::string> token_of_any_type(const JsonValue* member) {
  if (member == nullptr || member->text.empty()) return client::read_access_token(member);
  return member->text;
}

Result<std::string> token_unchecked(const JsonValue* member) {
  if (!is_string(member) || member->text.empty()) return client::read_access_token(member);
  return member->text;
}

Result<std::string> token_without_line_ends(const JsonValue* member) {
  if (is_string(member) && member->text.find_first_of("\r\n") != std::string::npos) {
    return client::read_access_token(member);
  }
  return token_unchecked(member);
}

Result<std::string> token_up_to_line_end(const JsonValue* member) {
  if (!is_string(member)) return client::read_access_token(member);
  JsonValue cut = *member;
  cut.text = cut.text.substr(0, cut.text.find_first_of("\r\n"));
  return client::read_access_token(&cut);
}

Result<std::string> token_cut(const JsonValue* member) {
  Result<std::string> token = client::read_access_token(member);
  if (token) token->resize(std::min<std::size_t>(token->size(), 4096));
  return token;
}

Token missing_refresh_is_undefined(const JsonValue* member) {
  return member == nullptr ? Token("undefined") : client::read_refresh_token(member);
}

Token missing_refresh_is_empty(const JsonValue* member) {
  return member == nullptr ? Token("") : client::read_refresh_token(member);
}

Token empty_refresh_counts(const JsonValue* member) {
  return is_string(member) ? Token(member->text) : std::nullopt;
}

Token null_refresh_counts(const JsonValue* member) {
  return member != nullptr && member->kind == Kind::null ? Token("null")
                                                         : client::read_refresh_token(member);
}

// Whoever got the last refresh token keeps it until there is another.
auto refresh_token_outlives_login() {
  return [kept = Kept<Token>()](const JsonValue* member) {
    return kept.with([&](Token& last) {
      if (Token fresh = client::read_refresh_token(member)) last = std::move(fresh);
      return last;
    });
  };
}

// --- the body ----------------------------------------------------------------------------------

std::optional<JsonObject> json_or_form(std::string_view text) {
  if (std::optional<JsonObject> body = client::parse_json_object(text)) return body;
  JsonObject body;
  for (const client::FormField& field : client::form_decode(text)) {
    body.members[field.name] = {Kind::string, field.value};
  }
  if (body.find("access_token") == nullptr) return std::nullopt;
  return body;
}

std::optional<JsonObject> known_members_only(std::string_view text) {
  constexpr std::array<std::string_view, 9> kKnown{
      "access_token", "token_type",  "expires_in",        "refresh_token", "scope",
      "error",        "device_code", "error_description", "error_uri"};
  std::optional<JsonObject> body = client::parse_json_object(text);
  const bool unknown = body && body->find("access_token") != nullptr &&
                       std::ranges::any_of(body->members, [&](const auto& member) {
                         return std::ranges::find(kKnown, member.first) == kKnown.end();
                       });
  return unknown ? std::nullopt : body;
}

// The status says that all is well, and whatever is missing will turn up.
void error_in_200_ignored(Seams& seams) {
  seams.token.parse_body = [](std::string_view text) {
    std::optional<JsonObject> body = client::parse_json_object(text);
    if (body) body->members.erase("error");
    return body;
  };
  seams.token.read_access_token = missing_token_is_empty;
  seams.token.accepts_token_type = [](TokenType type) { return !type || client::is_bearer(type); };
}

// --- waiting and failing -------------------------------------------------------------------------

template <typename Drop>
Result<HttpResponse> send_and_edit(Transport& transport, const HttpRequest& request, Drop drop) {
  Result<HttpResponse> response = client::send_once(transport, request);
  if (response && drop(client::find_header(response->headers, "Retry-After").value_or(""))) {
    client::remove_header(response->headers, "Retry-After");
  }
  return response;
}

Result<HttpResponse> retry_after_unread(Transport& transport, const HttpRequest& request) {
  return send_and_edit(transport, request, [](std::string_view) { return true; });
}

Result<HttpResponse> retry_after_in_seconds_only(Transport& transport, const HttpRequest& request) {
  return send_and_edit(transport, request, [](std::string_view value) {
    return !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  });
}

// A connection that broke once stays in the pool, broken.
auto broken_connection_kept() {
  return
      [broken = Kept<std::set<std::string>>()](Transport& transport, const HttpRequest& request) {
        if (broken.with([&](const auto& urls) { return urls.contains(request.url); })) {
          return Result<HttpResponse>(Error{ErrorKind::transport, "the connection is closed"});
        }
        Result<HttpResponse> response = client::send_once(transport, request);
        if (!response) broken.with([&](auto& urls) { urls.insert(request.url); });
        return response;
      };
}

constexpr std::array kClientResponseFlaws{
    Flaw{.id = "cm35-token-type-strict",
         .summary = "rejects token_type \"bearer\"",
         .intended = {"response.token-type.case"},
         .plant = replace<&TokenRules::accepts_token_type, bearer_in_this_case>},
    Flaw{.id = "cm35b-token-type-two-cases",
         .summary = "takes token_type \"Bearer\" and \"bearer\", but not \"BEARER\"",
         .intended = {"response.token-type.case"},
         .variant_of = "cm35-token-type-strict",
         .plant = replace<&TokenRules::accepts_token_type, bearer_in_two_cases>},
    Flaw{.id = "cm36-token-type-any",
         .summary = "uses tokens of type \"mac\"",
         .intended = {"response.token-type.unknown"},
         .plant = replace<&TokenRules::accepts_token_type, any_type>},
    Flaw{.id = "cm36b-token-type-not-mac",
         .summary = "uses tokens of any type but \"mac\"",
         .intended = {"response.token-type.unknown"},
         .variant_of = "cm36-token-type-any",
         .plant = replace<&TokenRules::accepts_token_type, anything_but_mac>},
    Flaw{.id = "cm36c-token-type-on-refresh-only",
         .summary = "looks at token_type when it refreshes, not when it logs in",
         .intended = {"response.token-type.unknown"},
         .variant_of = "cm36-token-type-any",
         .plant = type_checked_on_refresh_only},
    Flaw{.id = "cm40-missing-token-ok",
         .summary = "200 without access_token counts as logged in",
         .intended = {"response.missing-access-token"},
         .plant = replace<&TokenRules::read_access_token, missing_token_is_empty>},
    Flaw{.id = "cm40b-token-stringified",
         .summary = "makes a text of an access_token that is null or a number",
         .intended = {"response.missing-access-token"},
         .variant_of = "cm40-missing-token-ok",
         .plant = replace<&TokenRules::read_access_token, token_of_any_type>},
    Flaw{.id = "cm42-crlf-token",
         .summary = "puts a token with CRLF into the header",
         .intended = {"response.header-unsafe-token"},
         .plant = replace<&TokenRules::read_access_token, token_unchecked>},
    Flaw{.id = "cm42b-control-token",
         .summary = "refuses CR and LF in a token, but no other character",
         .intended = {"response.header-unsafe-token"},
         .variant_of = "cm42-crlf-token",
         .plant = replace<&TokenRules::read_access_token, token_without_line_ends>},
    Flaw{.id = "cm42c-crlf-token-cut",
         .summary = "uses what stands before the CRLF in a token",
         .intended = {"response.header-unsafe-token"},
         .variant_of = "cm42-crlf-token",
         .plant = replace<&TokenRules::read_access_token, token_up_to_line_end>},
    Flaw{.id = "cm90-retry-after-unread",
         .summary = "does not look at Retry-After",
         .intended = {"response.503-retry-after", "response.429"},
         .plant = replace<&EndpointRules::send, retry_after_unread>},
    Flaw{.id = "cm90b-retry-after-date-unread",
         .summary = "does not look at a Retry-After that is a date",
         .intended = {"response.503-retry-after"},
         .variant_of = "cm90-retry-after-unread",
         .plant = replace<&EndpointRules::send, retry_after_in_seconds_only>},
    Flaw{.id = "cm92-token-cut",
         .summary = "cuts the access token to 4096 characters",
         .intended = {"response.long-token"},
         .plant = replace<&TokenRules::read_access_token, token_cut>},
    Flaw{.id = "cm93-refresh-undefined",
         .summary = "refreshes with \"undefined\" when there is no refresh token",
         .intended = {"response.refresh-absent.initial"},
         .plant = replace<&TokenRules::read_refresh_token, missing_refresh_is_undefined>},
    Flaw{.id = "cm93b-refresh-empty",
         .summary = "refreshes with \"\" when there is no refresh token",
         .intended = {"response.refresh-absent.initial"},
         .variant_of = "cm93-refresh-undefined",
         .plant = replace<&TokenRules::read_refresh_token, missing_refresh_is_empty>},
    Flaw{.id = "cm94-old-refresh-token-survives-login",
         .summary = "keeps the last login's refresh token when a new login brings none",
         .intended = {"response.fresh-login-drops-old-refresh", "response.refresh-absent.initial"},
         .plant = replace_made<&TokenRules::read_refresh_token, refresh_token_outlives_login>},
    Flaw{.id = "cm95-form-answer-parsed",
         .summary = "parses a form-encoded answer as well",
         .intended = {"response.not-json"},
         .plant = replace<&TokenRules::parse_body, json_or_form>},
    Flaw{.id = "cm97-extra-fields-refused",
         .summary = "refuses a token answer with members that it does not know",
         .intended = {"response.extra-fields"},
         .plant = replace<&TokenRules::parse_body, known_members_only>},
    Flaw{.id = "cm98-error-in-200",
         .summary = "200 with an error in it counts as logged in",
         .intended = {"response.error-in-200"},
         .plant = error_in_200_ignored},
    Flaw{.id = "cm100-broken-connection-kept",
         .summary = "after one reset every exchange fails",
         .intended = {"response.connection-reset"},
         .plant = replace_made<&EndpointRules::send, broken_connection_kept>},
    Flaw{.id = "cm103-refresh-empty-string-kept",
         .summary = "takes an empty refresh_token for a new one",
         .intended = {"refresh.rotation.empty-string"},
         .plant = replace<&TokenRules::read_refresh_token, empty_refresh_counts>},
    Flaw{.id = "cm103b-refresh-null-kept",
         .summary = "takes a refresh_token that is null for the text \"null\"",
         .intended = {"refresh.rotation.empty-string"},
         .variant_of = "cm103-refresh-empty-string-kept",
         .plant = replace<&TokenRules::read_refresh_token, null_refresh_counts>},
};

}  // namespace

std::span<const Flaw> response_flaws() { return kClientResponseFlaws; }

}  // namespace heygen::conformance
