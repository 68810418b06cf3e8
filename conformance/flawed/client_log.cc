// Flaws in what the client says about its exchanges.
#include <array>
#include <cstdlib>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/json.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::HttpRequest;
using client::HttpResponse;
using client::Seams;
using client::TokenRules;
using client::Transport;

std::string token_in(const HttpResponse& response, std::string_view name) {
  const auto body = client::parse_json_object(response.body);
  return body ? body->string(name).value_or("") : "";
}

std::string whole_body(const HttpResponse& response) {
  return client::describe_exchange(response) + ": " + response.body;
}

std::string start_of_token(const HttpResponse& response) {
  return client::describe_exchange(response) + " with token " +
         token_in(response, "access_token").substr(0, 10) + "...";
}

std::string refresh_token_encoded(const HttpResponse& response) {
  return client::describe_exchange(response) + ", session " +
         client::base64(token_in(response, "refresh_token"));
}

std::string body_unless_json(const HttpResponse& response) {
  const bool read = client::parse_json_object(response.body).has_value();
  return read ? client::describe_exchange(response) : "not JSON: " + response.body.substr(0, 400);
}

std::string refusal_with_body(const HttpResponse& response, std::string_view oauth_error) {
  return client::describe_refusal(response, oauth_error) + ": " + response.body;
}

std::string refusal_with_start_of_body(const HttpResponse& response, std::string_view oauth_error) {
  return client::describe_refusal(response, oauth_error) + ": " + response.body.substr(0, 200);
}

std::string refusal_with_encoded_body(const HttpResponse& response, std::string_view oauth_error) {
  return client::describe_refusal(response, oauth_error) +
         " (report this: " + client::base64(response.body) + ")";
}

// The line about the answer tells what was asked, too.
template <typename Describe>
void log_requests(Seams& seams, Describe describe) {
  const Kept<std::string> last;
  seams.endpoint.send = [last, describe](Transport& transport, const HttpRequest& request) {
    last.set(describe(request));
    return client::send_once(transport, request);
  };
  seams.token.describe_exchange = [last](const HttpResponse& response) {
    return last.get() + ": " + client::describe_exchange(response);
  };
}

void log_request_body(Seams& seams) {
  log_requests(seams, [](const HttpRequest& request) { return "POST " + request.body; });
}

void log_code_only(Seams& seams) {
  log_requests(seams, [](const HttpRequest& request) {
    return "exchanging the code " + field_of(request, "code").substr(0, 12);
  });
}

std::string whole_body_when_verbose(const HttpResponse& response) {
  return std::getenv("DEBUG") != nullptr ? whole_body(response)
                                         : client::describe_exchange(response);
}

constexpr std::array kClientLogFlaws{
    Flaw{.id = "cm53-log-token",
         .summary = "prints the token response at info level",
         .intended = {"log.no-tokens"},
         .plant = replace<&TokenRules::describe_exchange, whole_body>},
    Flaw{.id = "cm53b-log-token-start",
         .summary = "prints the first ten characters of the access token",
         .intended = {"log.no-tokens"},
         .variant_of = "cm53-log-token",
         .plant = replace<&TokenRules::describe_exchange, start_of_token>},
    Flaw{.id = "cm53c-log-token-base64",
         .summary = "prints the refresh token in base64",
         .intended = {"log.no-tokens"},
         .variant_of = "cm53-log-token",
         .plant = replace<&TokenRules::describe_exchange, refresh_token_encoded>},
    Flaw{.id = "cm154-log-token-when-verbose",
         .summary = "prints the token response when DEBUG is set",
         .intended = {"log.no-secrets-debug"},
         .plant = replace<&TokenRules::describe_exchange, whole_body_when_verbose>},
    Flaw{.id = "cm54-log-error-body",
         .summary = "prints the raw error body (echoed verifier)",
         .intended = {"log.no-secrets-on-error"},
         .plant = replace<&TokenRules::describe_refusal, refusal_with_body>},
    Flaw{.id = "cm54b-log-error-body-start",
         .summary = "prints the first 200 characters of an error body",
         .intended = {"log.no-secrets-on-error"},
         .variant_of = "cm54-log-error-body",
         .plant = replace<&TokenRules::describe_refusal, refusal_with_start_of_body>},
    Flaw{.id = "cm54c-log-error-body-base64",
         .summary = "prints the error body in base64",
         .intended = {"log.no-secrets-on-error"},
         .variant_of = "cm54-log-error-body",
         .plant = replace<&TokenRules::describe_refusal, refusal_with_encoded_body>},
    Flaw{.id = "cm54d-log-unparsed-body",
         .summary = "prints an answer that is no JSON",
         .intended = {"log.no-secrets-on-error"},
         .variant_of = "cm54-log-error-body",
         .plant = replace<&TokenRules::describe_exchange, body_unless_json>},
    Flaw{.id = "cm122-log-request",
         .summary = "prints the form that it sends to the token endpoint",
         .intended = {"log.no-code-verifier-state", "log.no-tokens"},
         .plant = log_request_body},
    Flaw{.id = "cm122b-log-code-start",
         .summary = "prints the first twelve characters of the code",
         .intended = {"log.no-code-verifier-state"},
         .variant_of = "cm122-log-request",
         .plant = log_code_only},
};

}  // namespace

std::span<const Flaw> log_flaws() { return kClientLogFlaws; }

}  // namespace heygen::conformance
