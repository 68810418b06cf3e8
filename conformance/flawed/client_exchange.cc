// Flaws in how often a code is exchanged, and where it is sent.
#include <array>

#include "client_under_test/lib/url.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::EndpointRules;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Result;
using client::Transport;

// --- how often ---------------------------------------------------------------------------------

constexpr std::string_view kCodeGrant = "authorization_code";

// Sends a code exchange again as long as `again` says so, at most so many times in all.
template <typename Again>
Result<HttpResponse> exchange_repeatedly(Transport& transport, const HttpRequest& request, int most,
                                         Again again) {
  Result<HttpResponse> response = client::send_once(transport, request);
  if (!has_grant(request, kCodeGrant)) return response;
  for (int sent = 1; sent < most && again(response); ++sent) {
    response = client::send_once(transport, request);
  }
  return response;
}

Result<HttpResponse> twice_after_refusal(Transport& transport, const HttpRequest& request) {
  return exchange_repeatedly(transport, request, 2, [](const auto& response) {
    return response && response->status == 400;
  });
}

Result<HttpResponse> five_times_without_answer(Transport& transport, const HttpRequest& request) {
  return exchange_repeatedly(transport, request, 5, [](const auto& response) { return !response; });
}

Result<HttpResponse> once_more_after_a_cut_answer(Transport& transport,
                                                  const HttpRequest& request) {
  return exchange_repeatedly(transport, request, 2, [](const auto& response) {
    return response ? response->body.empty() : response.error().kind == ErrorKind::transport;
  });
}

Result<HttpResponse> five_times_while_failing(Transport& transport, const HttpRequest& request) {
  return exchange_repeatedly(transport, request, 5, [](const auto& response) {
    return response && response->status >= 500;
  });
}

Result<HttpResponse> five_times_for_unknown_client(Transport& transport,
                                                   const HttpRequest& request) {
  return exchange_repeatedly(transport, request, 5, [](const auto& response) {
    return response && response->status == 401;
  });
}

// --- where -------------------------------------------------------------------------------------

std::optional<std::string> target_of(const HttpRequest& request, const HttpResponse& response) {
  const auto location = client::find_header(response.headers, "Location");
  if (!location) return std::nullopt;
  return client::resolve_url(request.url, *location);
}

bool keeps_body(int status) { return status == 307 || status == 308; }

std::optional<HttpRequest> follow_with_body(const HttpRequest& request,
                                            const HttpResponse& response) {
  const auto target = target_of(request, response);
  if (!target || !keeps_body(response.status)) return std::nullopt;
  HttpRequest next = request;
  next.url = *target;
  return next;
}

std::optional<HttpRequest> follow_307_to_same_host(const HttpRequest& request,
                                                   const HttpResponse& response) {
  const auto target = target_of(request, response);
  if (!target || response.status != 307) return std::nullopt;
  const auto from = client::parse_url(request.url);
  const auto to = client::parse_url(*target);
  if (!from || !to || from->host != to->host) return std::nullopt;
  return follow_with_body(request, response);
}

std::optional<HttpRequest> follow_with_query(const HttpRequest& request,
                                             const HttpResponse& response) {
  const auto target = target_of(request, response);
  const bool becomes_get = response.status >= 301 && response.status <= 303;
  if (!target || !becomes_get) return std::nullopt;
  HttpRequest next = request;
  next.method = "GET";
  next.url = *target + (target->find('?') == std::string::npos ? "?" : "&") + request.body;
  next.body.clear();
  return next;
}

std::optional<HttpRequest> follow_within_origin(const HttpRequest& request,
                                                const HttpResponse& response) {
  const auto target = target_of(request, response);
  if (!target || !client::same_origin(request.url, *target)) return std::nullopt;
  return follow_with_body(request, response);
}

std::optional<HttpRequest> follow_without_body(const HttpRequest& request,
                                               const HttpResponse& response) {
  const auto target = target_of(request, response);
  if (!target || response.status < 300 || response.status > 399) return std::nullopt;
  return HttpRequest{"GET", *target};
}

constexpr std::array kClientExchangeFlaws{
    Flaw{.id = "cm34-follow-307",
         .summary = "follows 307/308 on the token endpoint",
         .intended = {"token.endpoint.no-redirect-follow"},
         .plant = replace<&EndpointRules::next_hop, follow_with_body>},
    Flaw{.id = "cm34b-follow-307-same-host",
         .summary = "follows 307 on the token endpoint to any port of the same host",
         .intended = {"token.endpoint.no-redirect-follow"},
         .variant_of = "cm34-follow-307",
         .plant = replace<&EndpointRules::next_hop, follow_307_to_same_host>},
    Flaw{.id = "cm34c-follow-302-with-query",
         .summary = "follows 301 to 303 on the token endpoint with the form in the query",
         .intended = {"token.endpoint.no-redirect-follow"},
         .variant_of = "cm34-follow-307",
         .plant = replace<&EndpointRules::next_hop, follow_with_query>},
    Flaw{.id = "cm34d-follow-within-origin",
         .summary = "follows 307/308 on the token endpoint within its origin",
         .intended = {"token.endpoint.no-redirect-follow"},
         .variant_of = "cm34-follow-307",
         .plant = replace<&EndpointRules::next_hop, follow_within_origin>},
    Flaw{.id = "cm34e-follow-as-get",
         .summary = "follows every redirect of the token endpoint with a bare GET",
         .intended = {"token.endpoint.no-redirect-follow"},
         .variant_of = "cm34-follow-307",
         .plant = replace<&EndpointRules::next_hop, follow_without_body>},
    Flaw{.id = "cm87-code-again-after-400",
         .summary = "sends the code again after it was refused",
         .intended = {"token.exactly-once", "response.error-400"},
         .plant = replace<&EndpointRules::send, twice_after_refusal>},
    Flaw{.id = "cm88-code-replayed",
         .summary = "sends the code up to five times when no answer comes",
         .intended = {"token.exchange.no-blind-retry"},
         .plant = replace<&EndpointRules::send, five_times_without_answer>},
    Flaw{.id = "cm88b-code-again-after-a-cut-answer",
         .summary = "sends the code once more when an answer breaks off",
         .intended = {"token.exchange.no-blind-retry"},
         .variant_of = "cm88-code-replayed",
         .plant = replace<&EndpointRules::send, once_more_after_a_cut_answer>},
    Flaw{.id = "cm89-code-storm-on-5xx",
         .summary = "sends the code up to five times while the server fails",
         .intended = {"response.500-no-code-replay-storm"},
         .plant = replace<&EndpointRules::send, five_times_while_failing>},
    Flaw{.id = "cm99-code-storm-on-401",
         .summary = "sends the code up to five times when the client is refused",
         .intended = {"response.error-401-invalid-client"},
         .plant = replace<&EndpointRules::send, five_times_for_unknown_client>},
};

}  // namespace

std::span<const Flaw> exchange_flaws() { return kClientExchangeFlaws; }

}  // namespace heygen::conformance
