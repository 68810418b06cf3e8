// Flaws in refreshing: when, with what, and what a failure means.
#include <array>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Config;
using client::EndpointRules;
using client::Error;
using client::ErrorKind;
using client::Fields;
using client::HttpRequest;
using client::HttpResponse;
using client::Instant;
using client::RefreshFailure;
using client::RefreshRules;
using client::Result;
using client::TokenRecord;
using client::Transport;
using Token = std::optional<std::string>;

// --- the refresh token -------------------------------------------------------------------------

Token received_only(const Token& /*old*/, Token received) { return received; }

Token old_one_stays(Token old, Token received) {
  return old ? std::move(old) : std::move(received);
}

// Written for a server whose tokens grew when it changed them.
Token same_length_is_the_same(Token old, Token received) {
  const bool same = old && received && old->size() == received->size();
  return same ? std::move(old) : client::merge_refresh_token(std::move(old), std::move(received));
}

// --- when --------------------------------------------------------------------------------------

bool never_before_call(const TokenRecord& /*record*/, Instant /*now*/, int /*refreshes*/) {
  return false;
}

bool before_every_call(const TokenRecord& record, Instant /*now*/, int refreshes) {
  return refreshes == 0 && record.refresh_token;
}

bool after_five_minutes(const TokenRecord& record, Instant now, int refreshes) {
  const bool old = now - record.received_at >= std::chrono::minutes{5};
  return (old && before_every_call(record, now, refreshes)) ||
         client::refresh_before_call(record, now, refreshes);
}

bool never_after_answer(int /*status*/, int /*retries*/) { return false; }

// "For ever" is 25 times here, so that a run ends.
bool after_every_401(int status, int retries) { return status == 401 && retries < 25; }

bool after_two_401s(int status, int retries) { return status == 401 && retries < 2; }

bool after_403_too(int status, int retries) {
  return (status == 401 || status == 403) && retries == 0;
}

bool after_any_refusal(int status, int retries) {
  return status >= 400 && status < 500 && status != 404 && retries == 0;
}

bool old_token_never_used(const TokenRecord& /*record*/, Instant /*now*/) { return false; }

// --- what a failure means ----------------------------------------------------------------------

RefreshFailure nothing_is_final(const Error& /*error*/) { return RefreshFailure::transient; }

RefreshFailure only_400_is_final(const Error& error) {
  return error.status == 401 ? RefreshFailure::transient : client::classify_refresh_failure(error);
}

RefreshFailure everything_is_final(const Error& /*error*/) { return RefreshFailure::terminal; }

RefreshFailure a_503_is_final(const Error& error) {
  return error.status == 503 ? RefreshFailure::terminal : client::classify_refresh_failure(error);
}

RefreshFailure a_lost_answer_is_final(const Error& error) {
  return error.kind == ErrorKind::transport ? RefreshFailure::terminal
                                            : client::classify_refresh_failure(error);
}

RefreshFailure a_web_page_is_final(const Error& error) {
  const bool unread = error.kind == ErrorKind::token_error && error.status == 200;
  return unread ? RefreshFailure::terminal : client::classify_refresh_failure(error);
}

RefreshFailure a_429_is_final(const Error& error) {
  return error.status == 429 ? RefreshFailure::terminal : client::classify_refresh_failure(error);
}

RefreshFailure a_missing_token_is_final(const Error& error) {
  const bool missing = error.kind == ErrorKind::token_error && error.status == 0;
  return missing ? RefreshFailure::terminal : client::classify_refresh_failure(error);
}

// --- how often ---------------------------------------------------------------------------------

template <typename Again>
Result<HttpResponse> refresh_repeatedly(Transport& transport, const HttpRequest& request, int most,
                                        Again again) {
  Result<HttpResponse> response = client::send_once(transport, request);
  if (!has_grant(request, "refresh_token")) return response;
  for (int sent = 1; sent < most && again(response); ++sent) {
    response = client::send_once(transport, request);
  }
  return response;
}

Result<HttpResponse> storm_after_refusal(Transport& transport, const HttpRequest& request) {
  return refresh_repeatedly(transport, request, 13, [](const auto& response) {
    return response && response->status >= 400 && response->status < 500;
  });
}

Result<HttpResponse> storm_without_answer(Transport& transport, const HttpRequest& request) {
  return refresh_repeatedly(transport, request, 8, [](const auto& response) { return !response; });
}

// --- the request -------------------------------------------------------------------------------

HttpRequest refresh_as_json(const Config& config, std::string_view refresh_token) {
  HttpRequest request = client::build_refresh_request(config, refresh_token);
  request.body = json_of(fields_of(request));
  client::remove_header(request.headers, "Content-Type");
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

HttpRequest refresh_without_client_id(const Config& config, std::string_view refresh_token) {
  return without_field(client::build_refresh_request(config, refresh_token), "client_id");
}

HttpRequest refresh_with_redirect_uri(const Config& config, std::string_view refresh_token) {
  HttpRequest request = client::build_refresh_request(config, refresh_token);
  Fields fields = fields_of(request);
  fields.emplace_back("redirect_uri", config.redirect_uri);
  return with_fields(std::move(request), fields);
}

HttpRequest refresh_token_in_url(const Config& config, std::string_view refresh_token) {
  HttpRequest request = client::build_refresh_request(config, refresh_token);
  request.url += "?refresh_token=" + client::percent_encode(refresh_token);
  return without_field(std::move(request), "refresh_token");
}

constexpr std::array kClientRefreshFlaws{
    Flaw{.id = "cm43-refresh-drops-old",
         .summary = "refresh without refresh_token erases the old one",
         .intended = {"refresh.rotation.keeps-old"},
         .plant = replace<&RefreshRules::merge, received_only>},
    Flaw{.id = "cm44-refresh-keeps-old",
         .summary = "ignores the rotated refresh_token",
         .intended = {"refresh.rotation.replaces"},
         .plant = replace<&RefreshRules::merge, old_one_stays>},
    Flaw{.id = "cm44b-refresh-keeps-old-of-same-length",
         .summary = "ignores a rotated refresh_token that is as long as the old one",
         .intended = {"refresh.rotation.replaces"},
         .variant_of = "cm44-refresh-keeps-old",
         .plant = replace<&RefreshRules::merge, same_length_is_the_same>},
    Flaw{.id = "cm46-401-loop",
         .summary = "refresh and retry without bound on 401",
         .intended = {"refresh.on-401.no-loop"},
         .plant = replace<&RefreshRules::after_answer, after_every_401>},
    Flaw{.id = "cm46b-401-twice",
         .summary = "refresh and retry twice on 401",
         .intended = {"refresh.on-401.no-loop"},
         .variant_of = "cm46-401-loop",
         .plant = replace<&RefreshRules::after_answer, after_two_401s>},
    Flaw{.id = "cm47-invalid-grant-retry",
         .summary = "retries refresh after invalid_grant",
         .intended = {"refresh.invalid-grant.relogin"},
         .plant = replace<&RefreshRules::classify, nothing_is_final>},
    Flaw{.id = "cm47b-invalid-grant-401-retry",
         .summary = "retries refresh after invalid_grant with status 401",
         .intended = {"refresh.invalid-grant.relogin"},
         .variant_of = "cm47-invalid-grant-retry",
         .plant = replace<&RefreshRules::classify, only_400_is_final>},
    Flaw{.id = "cm48-network-logout",
         .summary = "drops tokens on 503 / reset",
         .intended = {"refresh.transient-keeps-token"},
         .plant = replace<&RefreshRules::classify, everything_is_final>},
    Flaw{.id = "cm48b-503-logout",
         .summary = "drops tokens on 503",
         .intended = {"refresh.transient-keeps-token"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_503_is_final>},
    Flaw{.id = "cm48c-reset-logout",
         .summary = "drops tokens when no answer comes",
         .intended = {"refresh.transient-keeps-token", "refresh.lost-response"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_lost_answer_is_final>},
    Flaw{.id = "cm48d-web-page-logout",
         .summary = "drops tokens when a proxy answers with a web page and 200",
         .intended = {"refresh.transient-keeps-token"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_web_page_is_final>},
    Flaw{.id = "cm48e-429-logout",
         .summary = "drops tokens on 429",
         .intended = {"response.429", "refresh.transient-keeps-token"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_429_is_final>},
    Flaw{.id = "cm48f-missing-token-logout",
         .summary = "drops tokens when a refresh brings no access token",
         .intended = {"refresh.response-missing-access"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_missing_token_is_final>},
    Flaw{.id = "cm104-401-no-refresh",
         .summary = "does not refresh after a 401",
         .intended = {"refresh.on-401"},
         .plant = replace<&RefreshRules::after_answer, never_after_answer>},
    Flaw{.id = "cm108-refresh-storm",
         .summary = "a refresh that is refused is sent thirteen times",
         .intended = {"refresh.invalid-request.terminal", "refresh.invalid-grant.relogin"},
         .plant = replace<&EndpointRules::send, storm_after_refusal>},
    Flaw{.id = "cm109-no-proactive-refresh",
         .summary = "sends a token that it knows to be expired",
         .intended = {"refresh.proactive"},
         .plant = replace<&RefreshRules::before_call, never_before_call>},
    Flaw{.id = "cm110-refresh-every-call",
         .summary = "refreshes before each call",
         .intended = {"refresh.not-needlessly"},
         .plant = replace<&RefreshRules::before_call, before_every_call>},
    Flaw{.id = "cm110b-refresh-every-five-minutes",
         .summary = "refreshes a token that is five minutes old, however long it lives",
         .intended = {"refresh.not-needlessly"},
         .variant_of = "cm110-refresh-every-call",
         .plant = replace<&RefreshRules::before_call, after_five_minutes>},
    Flaw{.id = "cm111-refresh-on-403",
         .summary = "refreshes after a 403",
         .intended = {"refresh.not-on-403"},
         .plant = replace<&RefreshRules::after_answer, after_403_too>},
    Flaw{.id = "cm111b-refresh-on-4xx",
         .summary = "refreshes after any refusal of the API but 404",
         .intended = {"refresh.not-on-403", "refresh.not-on-5xx-429"},
         .variant_of = "cm111-refresh-on-403",
         .plant = replace<&RefreshRules::after_answer, after_any_refusal>},
    Flaw{.id = "cm113-valid-token-not-used",
         .summary = "fails a call whose refresh failed though its token is good yet",
         .intended = {"refresh.transient.still-valid-token-used"},
         .plant = replace<&RefreshRules::old_will_do, old_token_never_used>},
    Flaw{.id = "cm114-lost-refresh-storm",
         .summary = "a refresh whose answer is lost is sent eight times",
         .intended = {"refresh.lost-response"},
         .plant = replace<&EndpointRules::send, storm_without_answer>},
    Flaw{.id = "cm115-refresh-json-body",
         .summary = "refresh request as JSON",
         .intended = {"refresh.request.shape"},
         .plant = replace<&EndpointRules::build_refresh_request, refresh_as_json>},
    Flaw{.id = "cm115b-refresh-no-client-id",
         .summary = "refresh request without client_id",
         .intended = {"refresh.request.shape"},
         .variant_of = "cm115-refresh-json-body",
         .plant = replace<&EndpointRules::build_refresh_request, refresh_without_client_id>},
    Flaw{.id = "cm115c-refresh-with-redirect-uri",
         .summary = "refresh request with redirect_uri",
         .intended = {"refresh.request.shape"},
         .variant_of = "cm115-refresh-json-body",
         .plant = replace<&EndpointRules::build_refresh_request, refresh_with_redirect_uri>},
    Flaw{.id = "cm115d-refresh-token-in-url",
         .summary = "refresh token in the URL",
         .intended = {"refresh.request.shape"},
         .variant_of = "cm115-refresh-json-body",
         .plant = replace<&EndpointRules::build_refresh_request, refresh_token_in_url>},
};

}  // namespace

std::span<const Flaw> refresh_flaws() { return kClientRefreshFlaws; }

}  // namespace heygen::conformance
