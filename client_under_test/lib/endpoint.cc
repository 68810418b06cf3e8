#include "client_under_test/lib/endpoint.h"

namespace heygen::client {

std::optional<HttpRequest> follow_nothing(const HttpRequest& /*request*/,
                                          const HttpResponse& /*response*/) {
  return std::nullopt;
}

Result<HttpResponse> send_once(Transport& transport, const HttpRequest& request) {
  return transport.send(request);
}

Result<HttpResponse> send_to_endpoint(Transport& transport, HttpRequest request,
                                      const EndpointRules& rules) {
  constexpr int kMostHops = 5;
  for (int hop = 0;; ++hop) {
    Result<HttpResponse> response = rules.send(transport, request);
    if (!response || hop == kMostHops) return response;
    std::optional<HttpRequest> next = rules.next_hop(request, *response);
    if (!next) return response;
    request = *std::move(next);
  }
}

}  // namespace heygen::client
