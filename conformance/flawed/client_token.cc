// Flaws in what a code exchange looks like.
#include <array>
#include <cstdlib>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/url.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CodeGrant;
using client::Config;
using client::EndpointRules;
using client::Fields;
using client::HttpRequest;

HttpRequest sound_request(const Config& config, const CodeGrant& grant) {
  return client::build_code_request(config, grant);
}

void set_content_type(HttpRequest& request, std::string_view type) {
  client::remove_header(request.headers, "Content-Type");
  request.headers.emplace_back("Content-Type", type);
}

// --- redirect_uri ------------------------------------------------------------------------------

HttpRequest request_for(const Config& config, CodeGrant grant, std::string_view redirect_uri) {
  grant.redirect_uri = redirect_uri;
  return sound_request(config, grant);
}

HttpRequest redirect_without_query(const Config& config, const CodeGrant& grant) {
  return request_for(config, grant, grant.redirect_uri.substr(0, grant.redirect_uri.find('?')));
}

HttpRequest redirect_to_localhost(const Config& config, const CodeGrant& grant) {
  return request_for(config, grant,
                     replace_all(std::string(grant.redirect_uri), "//127.0.0.1", "//localhost"));
}

HttpRequest redirect_with_escapes_decoded(const Config& config, const CodeGrant& grant) {
  return request_for(config, grant, replace_all(std::string(grant.redirect_uri), "%2F", "/"));
}

HttpRequest redirect_without_port(const Config& config, const CodeGrant& grant) {
  std::string uri(grant.redirect_uri);
  if (const auto url = client::parse_url(uri)) uri = replace_all(uri, ":" + url->port + "/", "/");
  return request_for(config, grant, uri);
}

// --- encoding ----------------------------------------------------------------------------------

HttpRequest body_by_concatenation(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.body = joined_raw(fields_of(request));
  return request;
}

HttpRequest plus_left(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.body = replace_all(request.body, "%2B", "+");
  return request;
}

HttpRequest values_encoded_twice(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  Fields fields = fields_of(request);
  for (auto& [name, value] : fields) {
    if (name == "code" || name == "redirect_uri") value = client::percent_encode(value);
  }
  return with_fields(std::move(request), fields);
}

HttpRequest json_body(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.body = json_of(fields_of(request));
  set_content_type(request, "application/json");
  return request;
}

HttpRequest multipart_body(const Config& config, const CodeGrant& grant) {
  constexpr std::string_view kBoundary = "----heygen-form-boundary";
  HttpRequest request = sound_request(config, grant);
  std::string body;
  for (const auto& [name, value] : fields_of(request)) {
    body.append("--").append(kBoundary).append("\r\nContent-Disposition: form-data; name=\"");
    body.append(name).append("\"\r\n\r\n").append(value).append("\r\n");
  }
  request.body = body.append("--").append(kBoundary).append("--\r\n");
  set_content_type(request, "multipart/form-data; boundary=" + std::string(kBoundary));
  return request;
}

HttpRequest form_called_text(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  set_content_type(request, "text/plain;charset=UTF-8");
  return request;
}

HttpRequest get_request(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.method = "GET";
  request.url += "?" + std::exchange(request.body, "");
  client::remove_header(request.headers, "Content-Type");
  return request;
}

HttpRequest parameters_in_url(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.url += "?" + std::exchange(request.body, "");
  return request;
}

HttpRequest client_id_in_url_too(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.url += "?client_id=" + client::percent_encode(config.client_id);
  return request;
}

// --- parameters --------------------------------------------------------------------------------

HttpRequest no_verifier(const Config& config, const CodeGrant& grant) {
  return without_field(sound_request(config, grant), "code_verifier");
}

HttpRequest no_client_id(const Config& config, const CodeGrant& grant) {
  return without_field(sound_request(config, grant), "client_id");
}

HttpRequest no_redirect_uri(const Config& config, const CodeGrant& grant) {
  return without_field(sound_request(config, grant), "redirect_uri");
}

HttpRequest code_twice(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  Fields fields = fields_of(request);
  fields.emplace_back("code", grant.code);
  return with_fields(std::move(request), fields);
}

HttpRequest basic_without_secret(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.headers.emplace_back("Authorization", "Basic " + client::base64(config.client_id + ":"));
  return request;
}

HttpRequest made_up_secret(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  Fields fields = fields_of(request);
  fields.emplace_back("client_secret", "not-used-by-public-clients");
  return with_fields(std::move(request), fields);
}

HttpRequest api_key_along(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.headers.emplace_back("X-Api-Key", "demo-api-key");
  return request;
}

HttpRequest client_id_raw(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.body = replace_all(request.body, "client_id=" + client::percent_encode(config.client_id),
                             "client_id=" + config.client_id);
  return request;
}

HttpRequest grant_type_twice(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.body += "&grant_type=authorization_code";
  return request;
}

HttpRequest response_type_too(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  Fields fields = fields_of(request);
  fields.emplace_back("response_type", "code");
  return with_fields(std::move(request), fields);
}

HttpRequest api_key_as_parameter(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  const char* const key = std::getenv("HEYGEN_API_KEY");
  Fields fields = fields_of(request);
  fields.emplace_back("scope", key == nullptr ? "none" : key);
  return with_fields(std::move(request), fields);
}

HttpRequest cookie_along(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  request.headers.emplace_back("Cookie", "session=of-the-browser");
  return request;
}

HttpRequest accepts_pages(const Config& config, const CodeGrant& grant) {
  HttpRequest request = sound_request(config, grant);
  client::remove_header(request.headers, "Accept");
  request.headers.emplace_back("Accept", "text/html, application/xhtml+xml");
  return request;
}

constexpr std::array kClientTokenFlaws{
    Flaw{.id = "cm22-redirect-rebuilt",
         .summary = "token redirect_uri rebuilt without its query",
         .intended = {"token.redirect-uri.identical"},
         .plant = replace<&EndpointRules::build_code_request, redirect_without_query>},
    Flaw{.id = "cm22b-redirect-localhost",
         .summary = "token redirect_uri says localhost where 127.0.0.1 was asked for",
         .intended = {"token.redirect-uri.identical"},
         .variant_of = "cm22-redirect-rebuilt",
         .plant = replace<&EndpointRules::build_code_request, redirect_to_localhost>},
    Flaw{.id = "cm22c-redirect-escapes-decoded",
         .summary = "token redirect_uri with its \"%2F\" decoded",
         .intended = {"token.redirect-uri.identical"},
         .variant_of = "cm22-redirect-rebuilt",
         .plant = replace<&EndpointRules::build_code_request, redirect_with_escapes_decoded>},
    Flaw{.id = "cm22d-redirect-without-port",
         .summary = "token redirect_uri without its port",
         .intended = {"token.redirect-uri.identical"},
         .variant_of = "cm22-redirect-rebuilt",
         .plant = replace<&EndpointRules::build_code_request, redirect_without_port>},
    Flaw{.id = "cm25-code-no-encode",
         .summary = "form body built by string concatenation",
         .intended = {"token.form.encoding", "callback.code.opaque"},
         .plant = replace<&EndpointRules::build_code_request, body_by_concatenation>},
    Flaw{.id = "cm25b-plus-no-encode",
         .summary = "encodes the form but for '+', which then means a blank",
         .intended = {"token.form.encoding", "callback.code.opaque"},
         .variant_of = "cm25-code-no-encode",
         .plant = replace<&EndpointRules::build_code_request, plus_left>},
    Flaw{.id = "cm25d-client-id-no-encode",
         .summary = "client_id put into the form raw",
         .intended = {"token.form.encoding"},
         .variant_of = "cm25-code-no-encode",
         .plant = replace<&EndpointRules::build_code_request, client_id_raw>},
    Flaw{
        .id = "cm25c-code-encoded-twice",
        .summary = "encodes code and redirect_uri twice",
        .intended = {"token.form.encoding", "callback.code.opaque", "token.redirect-uri.identical"},
        .variant_of = "cm25-code-no-encode",
        .plant = replace<&EndpointRules::build_code_request, values_encoded_twice>},
    Flaw{.id = "cm26-token-json-body",
         .summary = "token request as JSON",
         .intended = {"token.content-type.form"},
         .plant = replace<&EndpointRules::build_code_request, json_body>},
    Flaw{.id = "cm26b-token-multipart-body",
         .summary = "token request as multipart/form-data",
         .intended = {"token.content-type.form"},
         .variant_of = "cm26-token-json-body",
         .plant = replace<&EndpointRules::build_code_request, multipart_body>},
    Flaw{.id = "cm26c-token-form-as-text",
         .summary = "a form that calls itself text/plain",
         .intended = {"token.content-type.form"},
         .variant_of = "cm26-token-json-body",
         .plant = replace<&EndpointRules::build_code_request, form_called_text>},
    Flaw{.id = "cm27-token-get",
         .summary = "token request as GET with query",
         .intended = {"token.method.post"},
         .plant = replace<&EndpointRules::build_code_request, get_request>},
    Flaw{.id = "cm28-token-params-in-url",
         .summary = "POST, but parameters in the URL",
         .intended = {"token.no-secrets-in-url"},
         .plant = replace<&EndpointRules::build_code_request, parameters_in_url>},
    Flaw{.id = "cm28b-token-client-id-in-url",
         .summary = "client_id in the token URL as well as in the body",
         .intended = {"token.no-secrets-in-url"},
         .variant_of = "cm28-token-params-in-url",
         .plant = replace<&EndpointRules::build_code_request, client_id_in_url_too>},
    Flaw{.id = "cm64-verifier-not-sent",
         .summary = "sends no code_verifier",
         .intended = {"pkce.verifier.present", "token.params.required"},
         .plant = replace<&EndpointRules::build_code_request, no_verifier>},
    Flaw{.id = "cm84-no-client-id",
         .summary = "sends no client_id with the code",
         .intended = {"token.params.required"},
         .plant = replace<&EndpointRules::build_code_request, no_client_id>},
    Flaw{.id = "cm84b-no-redirect-uri",
         .summary = "sends no redirect_uri with the code",
         .intended = {"token.params.required", "token.redirect-uri.identical"},
         .variant_of = "cm84-no-client-id",
         .plant = replace<&EndpointRules::build_code_request, no_redirect_uri>},
    Flaw{.id = "cm84c-code-twice",
         .summary = "sends the code twice in one request",
         .intended = {"token.params.required"},
         .variant_of = "cm84-no-client-id",
         .plant = replace<&EndpointRules::build_code_request, code_twice>},
    Flaw{.id = "cm84d-grant-type-twice",
         .summary = "sends grant_type twice",
         .intended = {"token.params.required"},
         .variant_of = "cm84-no-client-id",
         .plant = replace<&EndpointRules::build_code_request, grant_type_twice>},
    Flaw{.id = "cm84e-response-type-too",
         .summary = "sends response_type to the token endpoint",
         .intended = {"token.params.required"},
         .variant_of = "cm84-no-client-id",
         .plant = replace<&EndpointRules::build_code_request, response_type_too>},
    Flaw{.id = "cm85-basic-without-secret",
         .summary = "a public client that sends HTTP Basic with an empty password",
         .intended = {"token.no-client-secret"},
         .plant = replace<&EndpointRules::build_code_request, basic_without_secret>},
    Flaw{.id = "cm85b-made-up-secret",
         .summary = "a public client that sends a client_secret",
         .intended = {"token.no-client-secret"},
         .variant_of = "cm85-basic-without-secret",
         .plant = replace<&EndpointRules::build_code_request, made_up_secret>},
    Flaw{.id = "cm86-api-key-at-token",
         .summary = "sends the API key to the token endpoint",
         .intended = {"token.no-api-key"},
         .plant = replace<&EndpointRules::build_code_request, api_key_along>},
    Flaw{.id = "cm86b-api-key-as-parameter",
         .summary = "sends the API key of its environment in the form",
         .intended = {"token.no-api-key"},
         .variant_of = "cm86-api-key-at-token",
         .plant = replace<&EndpointRules::build_code_request, api_key_as_parameter>},
    Flaw{.id = "cm86c-cookie-at-token",
         .summary = "sends a cookie to the token endpoint",
         .intended = {"token.no-api-key"},
         .variant_of = "cm86-api-key-at-token",
         .plant = replace<&EndpointRules::build_code_request, cookie_along>},
    Flaw{.id = "cm206-accepts-pages",
         .summary = "accepts HTML alone from the token endpoint",
         .intended = {"token.accept-json"},
         .plant = replace<&EndpointRules::build_code_request, accepts_pages>},
};

}  // namespace

std::span<const Flaw> token_flaws() { return kClientTokenFlaws; }

}  // namespace heygen::conformance
