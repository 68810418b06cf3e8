// Flaws in the authorization request.
#include <array>
#include <cstdlib>

#include "client_under_test/lib/form.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::AuthorizeRequest;
using client::Challenge;
using client::LoginRules;
using client::percent_encode;

// The sound URL with another text where the encoded value of a parameter stands.
std::string with_value(const AuthorizeRequest& request, std::string_view name,
                       std::string_view value, std::string_view text) {
  const std::string equals = std::string(name) + "=";
  return replace_all(client::build_authorize_url(request), equals + percent_encode(value),
                     equals + std::string(text));
}

std::string with_redirect(const AuthorizeRequest& request, std::string_view text) {
  return with_value(request, "redirect_uri", request.config.redirect_uri, text);
}

std::string redirect_raw(const AuthorizeRequest& request) {
  return with_redirect(request, request.config.redirect_uri);
}

// What JavaScript's encodeURI does to a value that holds reserved characters: nothing.
std::string redirect_as_whole_uri(const AuthorizeRequest& request) {
  return with_redirect(request, replace_all(request.config.redirect_uri, "%", "%25"));
}

std::string redirect_percent_left(const AuthorizeRequest& request) {
  return with_redirect(request,
                       replace_all(percent_encode(request.config.redirect_uri), "%25", "%"));
}

std::string redirect_encoded_twice(const AuthorizeRequest& request) {
  return with_redirect(request, percent_encode(percent_encode(request.config.redirect_uri)));
}

std::string endpoint_query_lost(const AuthorizeRequest& request) {
  client::Config bare = request.config;
  bare.authorize_url = bare.authorize_url.substr(0, bare.authorize_url.find('?'));
  return client::build_authorize_url({bare, request.state, request.challenge});
}

std::string second_question_mark(const AuthorizeRequest& request) {
  const std::string& endpoint = request.config.authorize_url;
  std::string url = client::build_authorize_url(request);
  url[endpoint.size()] = '?';
  return url;
}

std::string hybrid_response_type(const AuthorizeRequest& request) {
  return with_value(request, "response_type", "code", "code%20token");
}

std::string client_id_raw(const AuthorizeRequest& request) {
  return with_value(request, "client_id", request.config.client_id, request.config.client_id);
}

std::string state_twice(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) + "&state=" + percent_encode(request.state);
}

std::string client_id_twice(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) +
         "&client_id=" + percent_encode(request.config.client_id);
}

std::string secret_in_url(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) +
         "&client_secret=" + percent_encode(request.config.client_secret.value_or("undefined"));
}

std::string client_id_encoded_twice(const AuthorizeRequest& request) {
  return with_value(request, "client_id", request.config.client_id,
                    percent_encode(percent_encode(request.config.client_id)));
}

std::string id_token_too(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) + "&response_type=id_token";
}

std::string endpoint_with_fragment(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) + "#login";
}

std::string api_key_in_url(const AuthorizeRequest& request) {
  const char* const key = std::getenv("HEYGEN_API_KEY");
  return client::build_authorize_url(request) +
         "&key=" + percent_encode(key == nullptr ? "none" : key);
}

std::string scope_of(const AuthorizeRequest& request) {
  return request.config.scope.empty() ? "openid profile" : request.config.scope;
}

std::string scope_with_commas(const AuthorizeRequest& request) {
  client::Config config = request.config;
  config.scope = replace_all(scope_of(request), " ", ",");
  return client::build_authorize_url({config, request.state, request.challenge});
}

std::string scope_encoded_twice(const AuthorizeRequest& request) {
  client::Config config = request.config;
  config.scope = percent_encode(scope_of(request));
  return client::build_authorize_url({config, request.state, request.challenge});
}

std::string empty_parameters(const AuthorizeRequest& request) {
  return client::build_authorize_url(request) + "&prompt=&login_hint=";
}

// To see whether the server is there before the browser is opened.
void authorize_fetched(client::Seams& seams) {
  const Kept<std::string> url;
  seams.login.build_authorize_url = [url](const AuthorizeRequest& request) {
    url.set(client::build_authorize_url(request));
    return url.get();
  };
  seams.endpoint.send = [url](client::Transport& transport, const client::HttpRequest& request) {
    (void)transport.send({"GET", url.get()});
    return client::send_once(transport, request);
  };
}

void password_fallback(client::Seams& seams) {
  seams.endpoint.send = [](client::Transport& transport, const client::HttpRequest& request) {
    auto response = client::send_once(transport, request);
    const bool refused =
        response && response->body.find("unsupported_grant_type") != std::string::npos;
    if (!refused) return response;
    return client::send_once(transport, with_fields(request, {{"grant_type", "password"},
                                                              {"username", "user"},
                                                              {"password", "password"}}));
  };
}

// The error that the last callback brought is told to the challenge alone: remembered from there.
void implicit_fallback(client::Seams& seams) {
  const Kept<std::string> last_error;
  seams.login.make_challenge = [last_error](std::string_view verifier, std::string_view error) {
    last_error.set(std::string(error));
    return client::make_challenge(verifier, error);
  };
  seams.login.build_authorize_url = [last_error](const AuthorizeRequest& request) {
    return last_error.get() == "unsupported_response_type"
               ? with_value(request, "response_type", "code", "token")
               : client::build_authorize_url(request);
  };
}

// With no state sent there is none to compare.
void state_absent(client::Seams& seams) {
  seams.login.make_state = [](const client::StateInput&) { return std::string(); };
  seams.pending.select = [](std::span<const client::PendingLogin> candidates,
                            const client::CallbackParams&) -> std::optional<client::PendingLogin> {
    if (candidates.empty()) return std::nullopt;
    return candidates.back();
  };
}

constexpr std::array kClientAuthorizeFlaws{
    Flaw{.id = "cm23-redirect-unencoded",
         .summary = "redirect_uri put into the authorize URL raw",
         .intended = {"authorize.redirect-uri.encoded"},
         .plant = replace<&LoginRules::build_authorize_url, redirect_raw>},
    Flaw{.id = "cm23b-redirect-encoded-as-a-whole",
         .summary = "encodes redirect_uri like a whole URL: its '&' and '?' stay",
         .intended = {"authorize.redirect-uri.encoded", "authorize.redirect-uri.exact"},
         .variant_of = "cm23-redirect-unencoded",
         .plant = replace<&LoginRules::build_authorize_url, redirect_as_whole_uri>},
    Flaw{.id = "cm23c-redirect-percent-left",
         .summary = "leaves the percent signs of redirect_uri as they are",
         .intended = {"authorize.redirect-uri.exact", "authorize.redirect-uri.encoded"},
         .variant_of = "cm23-redirect-unencoded",
         .plant = replace<&LoginRules::build_authorize_url, redirect_percent_left>},
    Flaw{.id = "cm23d-redirect-encoded-twice",
         .summary = "encodes redirect_uri twice",
         .intended = {"authorize.redirect-uri.exact", "authorize.redirect-uri.encoded"},
         .variant_of = "cm23-redirect-unencoded",
         .plant = replace<&LoginRules::build_authorize_url, redirect_encoded_twice>},
    Flaw{.id = "cm65-endpoint-query-lost",
         .summary = "drops the query that the authorize endpoint has of its own",
         .intended = {"authorize.endpoint.exact"},
         .plant = replace<&LoginRules::build_authorize_url, endpoint_query_lost>},
    Flaw{.id = "cm65b-endpoint-second-question-mark",
         .summary = "joins its parameters with '?' though the endpoint has a query",
         .intended = {"authorize.endpoint.exact"},
         .variant_of = "cm65-endpoint-query-lost",
         .plant = replace<&LoginRules::build_authorize_url, second_question_mark>},
    Flaw{.id = "cm65c-endpoint-fragment",
         .summary = "appends a fragment to the authorize URL",
         .intended = {"authorize.endpoint.exact"},
         .variant_of = "cm65-endpoint-query-lost",
         .plant = replace<&LoginRules::build_authorize_url, endpoint_with_fragment>},
    Flaw{.id = "cm66-response-type-hybrid",
         .summary = "asks for \"code token\"",
         .intended = {"authorize.response-type.code"},
         .plant = replace<&LoginRules::build_authorize_url, hybrid_response_type>},
    Flaw{.id = "cm66b-response-type-twice",
         .summary = "asks for a code, and for an id_token in a second response_type",
         .intended = {"authorize.response-type.code", "authorize.no-duplicate-params"},
         .variant_of = "cm66-response-type-hybrid",
         .plant = replace<&LoginRules::build_authorize_url, id_token_too>},
    Flaw{.id = "cm67-client-id-raw",
         .summary = "client_id put into the authorize URL raw",
         .intended = {"authorize.client-id.exact"},
         .plant = replace<&LoginRules::build_authorize_url, client_id_raw>},
    Flaw{.id = "cm67b-client-id-encoded-twice",
         .summary = "encodes client_id twice",
         .intended = {"authorize.client-id.exact"},
         .variant_of = "cm67-client-id-raw",
         .plant = replace<&LoginRules::build_authorize_url, client_id_encoded_twice>},
    Flaw{.id = "cm68-state-twice",
         .summary = "state stands in the authorize URL twice",
         .intended = {"authorize.no-duplicate-params"},
         .plant = replace<&LoginRules::build_authorize_url, state_twice>},
    Flaw{.id = "cm68b-client-id-twice",
         .summary = "client_id stands in the authorize URL twice",
         .intended = {"authorize.no-duplicate-params"},
         .variant_of = "cm68-state-twice",
         .plant = replace<&LoginRules::build_authorize_url, client_id_twice>},
    Flaw{.id = "cm69-secret-in-authorize-url",
         .summary = "sends client_secret through the browser",
         .intended = {"authorize.no-secret"},
         .plant = replace<&LoginRules::build_authorize_url, secret_in_url>},
    Flaw{.id = "cm69b-api-key-in-authorize-url",
         .summary = "sends the API key of its environment through the browser",
         .intended = {"authorize.no-secret"},
         .variant_of = "cm69-secret-in-authorize-url",
         .plant = replace<&LoginRules::build_authorize_url, api_key_in_url>},
    Flaw{.id = "cm70-implicit-fallback",
         .summary = "asks for a token in the redirect after unsupported_response_type",
         .intended = {"authorize.method-implicit.never"},
         .plant = implicit_fallback},
    Flaw{.id = "cm70b-password-fallback",
         .summary = "asks for a token with a password after unsupported_grant_type",
         .intended = {"authorize.method-implicit.never"},
         .variant_of = "cm70-implicit-fallback",
         .plant = password_fallback},
    Flaw{.id = "cm71-state-absent",
         .summary = "sends no state and checks none",
         .intended = {"state.present"},
         .plant = state_absent},
    Flaw{.id = "cm200-scope-commas",
         .summary = "joins scopes with commas",
         .intended = {"authorize.scope.format"},
         .plant = replace<&LoginRules::build_authorize_url, scope_with_commas>},
    Flaw{.id = "cm200b-scope-encoded-twice",
         .summary = "encodes scope twice",
         .intended = {"authorize.scope.format"},
         .variant_of = "cm200-scope-commas",
         .plant = replace<&LoginRules::build_authorize_url, scope_encoded_twice>},
    Flaw{.id = "cm201-empty-parameters",
         .summary = "sends prompt and login_hint without a value",
         .intended = {"authorize.no-empty-params"},
         .plant = replace<&LoginRules::build_authorize_url, empty_parameters>},
    Flaw{.id = "cm202-authorize-fetched",
         .summary = "fetches the authorize URL itself",
         .intended = {"authorize.method.get"},
         .plant = authorize_fetched},
};

}  // namespace

std::span<const Flaw> authorize_flaws() { return kClientAuthorizeFlaws; }

}  // namespace heygen::conformance
