// Flaws in how the access token is sent to the API.
#include <array>

#include "client_under_test/lib/json.h"
#include "client_under_test/lib/url.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::ApiCall;
using client::ApiRules;
using client::HttpRequest;

// --- redirects and downloads ---------------------------------------------------------------------

bool token_everywhere(std::string_view /*from*/, std::string_view /*to*/) { return true; }

bool same_host(std::string_view from, std::string_view to) {
  const auto a = client::parse_url(from);
  const auto b = client::parse_url(to);
  return a && b && a->host == b->host;
}

// Whatever runs on this machine is the same to it.
bool same_or_both_loopback(std::string_view from, std::string_view to) {
  const auto a = client::parse_url(from);
  const auto b = client::parse_url(to);
  const bool local = a && b && client::is_loopback_host(a->host) &&
                     client::is_loopback_host(b->host) && a->port == b->port;
  return local || client::redirect_keeps_token(from, to);
}

// --- the request -------------------------------------------------------------------------------

void add_header(HttpRequest& request, std::string_view name, std::string_view value) {
  request.headers.emplace_back(name, value);
}

HttpRequest token_in_query_too(const ApiCall& call, std::string_view token) {
  HttpRequest request = client::build_api_request(call, token);
  if (!call.with_token) return request;
  request.url += request.url.find('?') == std::string::npos ? "?" : "&";
  request.url += "access_token=" + client::percent_encode(token);
  return request;
}

HttpRequest token_in_query_only(const ApiCall& call, std::string_view token) {
  HttpRequest request = token_in_query_too(call, token);
  client::remove_header(request.headers, "Authorization");
  return request;
}

HttpRequest token_in_body_too(const ApiCall& call, std::string_view token) {
  HttpRequest request = client::build_api_request(call, token);
  if (request.body.starts_with('{') && request.body.size() > 2) {
    request.body.insert(1, "\"access_token\":" + client::json_quote(token) + ",");
  }
  return request;
}

HttpRequest api_key_along(const ApiCall& call, std::string_view token) {
  HttpRequest request = client::build_api_request(call, token);
  add_header(request, "X-Api-Key", "demo-api-key");
  return request;
}

HttpRequest token_scheme(const ApiCall& call, std::string_view token) {
  HttpRequest request = client::build_api_request(call, token);
  client::remove_header(request.headers, "Authorization");
  if (call.with_token) add_header(request, "Authorization", "Token " + std::string(token));
  return request;
}

HttpRequest token_in_own_header(const ApiCall& call, std::string_view token) {
  HttpRequest request = client::build_api_request(call, token);
  client::remove_header(request.headers, "Authorization");
  if (call.with_token) add_header(request, "X-Access-Token", token);
  return request;
}

bool token_nowhere_else(std::string_view /*from*/, std::string_view /*to*/) { return false; }

// A page's habit: where one comes from is told to where one goes.
void referer_of_callback(client::Seams& seams) {
  const Kept<std::string> page;
  seams.endpoint.build_code_request = [page](const client::Config& config,
                                             const client::CodeGrant& grant) {
    page.set(std::string(grant.redirect_uri) + "?code=" + client::percent_encode(grant.code));
    return client::build_code_request(config, grant);
  };
  seams.api.build = [page](const ApiCall& call, std::string_view token) {
    HttpRequest request = client::build_api_request(call, token);
    if (const std::string from = page.get(); !from.empty()) add_header(request, "Referer", from);
    return request;
  };
}

constexpr std::array kClientBearerFlaws{
    Flaw{.id = "cm50-bearer-cross-origin",
         .summary = "keeps Authorization on a cross-origin redirect",
         .intended = {"bearer.cross-origin-redirect"},
         .plant = replace<&ApiRules::redirect_keeps_token, token_everywhere>},
    Flaw{.id = "cm50b-bearer-same-host",
         .summary = "keeps Authorization on a redirect to another port of the host",
         .intended = {"bearer.cross-origin-redirect"},
         .variant_of = "cm50-bearer-cross-origin",
         .plant = replace<&ApiRules::redirect_keeps_token, same_host>},
    Flaw{.id = "cm50c-bearer-loopback",
         .summary = "keeps Authorization on a redirect from 127.0.0.1 to localhost",
         .intended = {"bearer.cross-origin-redirect"},
         .variant_of = "cm50-bearer-cross-origin",
         .plant = replace<&ApiRules::redirect_keeps_token, same_or_both_loopback>},
    Flaw{.id = "cm152-token-dropped-at-redirect",
         .summary = "drops the token on a redirect within the API's origin",
         .intended = {"bearer.same-origin-redirect"},
         .plant = replace<&ApiRules::redirect_keeps_token, token_nowhere_else>},
    Flaw{.id = "cm153-referer-of-callback",
         .summary = "sends the callback's URL, code and all, as Referer",
         .intended = {"referer.no-secrets"},
         .plant = referer_of_callback},
    Flaw{.id = "cm51-bearer-query",
         .summary = "sends ?access_token= as well",
         .intended = {"bearer.not-in-query", "bearer.one-method"},
         .plant = replace<&ApiRules::build, token_in_query_too>},
    Flaw{.id = "cm51b-bearer-query-only",
         .summary = "sends the token in the query and no header",
         .intended = {"bearer.not-in-query", "bearer.header"},
         .variant_of = "cm51-bearer-query",
         .plant = replace<&ApiRules::build, token_in_query_only>},
    Flaw{.id = "cm117-bearer-in-body",
         .summary = "puts the token into JSON bodies as well",
         .intended = {"bearer.one-method"},
         .plant = replace<&ApiRules::build, token_in_body_too>},
    Flaw{.id = "cm118-scheme-token",
         .summary = "sends \"Authorization: Token\"",
         .intended = {"bearer.header"},
         .plant = replace<&ApiRules::build, token_scheme>},
    Flaw{.id = "cm118b-own-header",
         .summary = "sends the token in X-Access-Token",
         .intended = {"bearer.header"},
         .variant_of = "cm118-scheme-token",
         .plant = replace<&ApiRules::build, token_in_own_header>},
    Flaw{.id = "cm119-api-key-along",
         .summary = "sends the API key along with the token",
         .intended = {"bearer.not-with-api-key"},
         .plant = replace<&ApiRules::build, api_key_along>},
    Flaw{.id = "cm120-download-with-token",
         .summary = "sends the token to whatever URL the API returned",
         .intended = {"bearer.configured-origin-only"},
         .plant = replace<&ApiRules::download_gets_token, token_everywhere>},
    Flaw{.id = "cm120b-download-same-host",
         .summary = "sends the token to downloads from any port of the API's host",
         .intended = {"bearer.configured-origin-only"},
         .variant_of = "cm120-download-with-token",
         .plant = replace<&ApiRules::download_gets_token, same_host>},
};

}  // namespace

std::span<const Flaw> bearer_flaws() { return kClientBearerFlaws; }

}  // namespace heygen::conformance
