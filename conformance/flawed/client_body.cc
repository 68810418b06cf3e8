// Flaws in taking the token answer apart: homemade parsers, and parsers that give in.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "client_under_test/lib/text.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::ApiRules;
using client::Config;
using client::EndpointRules;
using client::HttpRequest;
using client::HttpResponse;
using client::JsonObject;
using client::JsonValue;
using client::Result;
using client::Seams;
using client::TokenRules;
using client::Transport;
using Kind = JsonValue::Kind;
using TokenType = std::optional<std::string_view>;

// The end of a process that dereferences what is not there.
[[noreturn]] void crash() { std::_Exit(139); }

// --- the access token --------------------------------------------------------------------------

Result<std::string> token_in_lower_case(const JsonValue* member) {
  Result<std::string> token = client::read_access_token(member);
  if (!token) return token;
  return client::to_lower(*token);
}

// What stands in quotes after the name, each time, as a search would find it.
std::vector<std::string> texts_after(std::string_view text, std::string_view name) {
  std::vector<std::string> found;
  const std::string start = "\"" + std::string(name) + "\":\"";
  for (std::size_t at = text.find(start); at != std::string_view::npos;
       at = text.find(start, at + 1)) {
    const std::string_view rest = text.substr(at + start.size());
    found.emplace_back(rest.substr(0, rest.find('"')));
  }
  return found;
}

std::optional<JsonObject> token_by_search(std::string_view text) {
  std::optional<JsonObject> body = client::parse_json_object(text);
  if (!body || body->find("access_token") == nullptr) return body;
  const auto found = texts_after(text, "access_token");
  if (found.empty()) return std::nullopt;
  body->members["access_token"] = {Kind::string, found.front()};
  return body;
}

std::optional<JsonObject> two_tokens_joined(std::string_view text) {
  std::optional<JsonObject> body = client::parse_json_object(text);
  const auto found = texts_after(text, "access_token");
  if (body && found.size() == 2) {
    body->members["access_token"] = {Kind::string, found.front() + "," + found.back()};
  }
  return body;
}

// --- what else is in the answer ------------------------------------------------------------------

bool no_type_needed(TokenType type) { return !type || client::is_bearer(type); }

bool type_dereferenced(TokenType type) {
  if (!type) crash();
  return client::is_bearer(type);
}

void scheme_from_answer(Seams& seams) {
  const Kept<bool> missing;
  seams.token.accepts_token_type = [missing](TokenType type) {
    missing.set(!type);
    return no_type_needed(type);
  };
  seams.api.build = [missing](const client::ApiCall& call, std::string_view token) {
    HttpRequest request = client::build_api_request(call, token);
    if (!missing.get()) return request;
    client::remove_header(request.headers, "Authorization");
    request.headers.emplace_back("Authorization", "undefined " + std::string(token));
    return request;
  };
}

void scope_must_be_whole(Seams& seams) {
  const Kept<std::string> asked;
  seams.endpoint.build_code_request = [asked](const Config& config,
                                              const client::CodeGrant& grant) {
    asked.set(config.scope);
    return client::build_code_request(config, grant);
  };
  seams.token.parse_body = [asked](std::string_view text) {
    std::optional<JsonObject> body = client::parse_json_object(text);
    const auto scope = body ? body->string("scope") : std::nullopt;
    const std::string wanted = asked.get();
    return scope && !wanted.empty() && *scope != wanted ? std::nullopt : body;
  };
}

// --- what is no answer ---------------------------------------------------------------------------

// Status 200 is a success; what cannot be read is empty.
void unread_is_success(Seams& seams) {
  seams.endpoint.send = [](Transport& transport, const HttpRequest& request) {
    Result<HttpResponse> response = client::send_once(transport, request);
    if (response && response->status == 200)
      client::remove_header(response->headers, "Content-Type");
    return response;
  };
  seams.token.parse_body = [](std::string_view text) {
    return client::parse_json_object(text).value_or(JsonObject{});
  };
  seams.token.read_access_token = [](const JsonValue* member) {
    return member == nullptr ? Result<std::string>("") : client::read_access_token(member);
  };
  seams.token.accepts_token_type = no_type_needed;
}

std::string error_dereferenced(const HttpResponse& response, std::string_view oauth_error) {
  if (!client::parse_json_object(response.body)) crash();
  return client::describe_refusal(response, oauth_error);
}

std::string only_json_expected(const HttpResponse& response) {
  const auto type = client::find_header(response.headers, "Content-Type");
  const bool plain = type && type->starts_with("text/plain");
  if (plain && response.status == 200 && client::parse_json_object(response.body)) crash();
  return client::describe_exchange(response);
}

// A parser that calls itself for each bracket has a stack for so many.
std::optional<JsonObject> parse_by_recursion(std::string_view text) {
  constexpr std::size_t kStack = 20'000;
  const std::size_t depth = std::min(text.find_first_not_of('['), text.size());
  if (depth > kStack) crash();
  return client::parse_json_object(text);
}

constexpr std::array kClientBodyFlaws{
    Flaw{.id = "cm134-token-lower-case",
         .summary = "sends the access token in lower case",
         .intended = {"response.happy"},
         .plant = replace<&TokenRules::read_access_token, token_in_lower_case>},
    Flaw{.id = "cm135-token-type-undefined",
         .summary = "without a token_type sends \"Authorization: undefined\"",
         .intended = {"response.missing-token-type"},
         .plant = scheme_from_answer},
    Flaw{.id = "cm135b-token-type-missing-crash",
         .summary = "crashes without a token_type",
         .intended = {"response.missing-token-type"},
         .variant_of = "cm135-token-type-undefined",
         .plant = replace<&TokenRules::accepts_token_type, type_dereferenced>},
    Flaw{.id = "cm136-token-by-search",
         .summary = "finds the access token by searching the text for its name",
         .intended = {"response.field-order-whitespace", "response.extra-fields"},
         .plant = replace<&TokenRules::parse_body, token_by_search>},
    Flaw{.id = "cm137-two-tokens-joined",
         .summary = "joins two access_token members by a comma",
         .intended = {"response.duplicate-keys"},
         .plant = replace<&TokenRules::parse_body, two_tokens_joined>},
    Flaw{.id = "cm139-scope-must-be-whole",
         .summary = "refuses an answer whose scope is not the one asked for",
         .intended = {"response.scope-change"},
         .plant = scope_must_be_whole},
    Flaw{.id = "cm140-page-is-success",
         .summary = "takes any 200 for a login, a web page too",
         .intended = {"response.html-200", "response.not-json"},
         .plant = unread_is_success},
    Flaw{.id = "cm141-error-page-crash",
         .summary = "crashes on an error that is no JSON",
         .intended = {"response.error-nonjson-4xx-5xx"},
         .plant = replace<&TokenRules::describe_refusal, error_dereferenced>},
    Flaw{.id = "cm142-deep-nesting-crash",
         .summary = "crashes on a deeply nested answer",
         .intended = {"response.deep-nesting"},
         .plant = replace<&TokenRules::parse_body, parse_by_recursion>},
    Flaw{.id = "cm143-text-plain-crash",
         .summary = "crashes on a good answer that is text/plain",
         .intended = {"response.wrong-content-type"},
         .plant = replace<&TokenRules::describe_exchange, only_json_expected>},
};

}  // namespace

std::span<const Flaw> body_flaws() { return kClientBodyFlaws; }

}  // namespace heygen::conformance
