// Sending to the authorization server's endpoints.
#pragma once

#include <functional>
#include <optional>

#include "client_under_test/lib/token_request.h"
#include "client_under_test/lib/token_response.h"
#include "client_under_test/lib/transport.h"

namespace heygen::client {

// A request to a token endpoint carries a code or a token: it goes to the configured URL and
// nowhere else, so a redirect is an answer like any refusal.
[[nodiscard]] std::optional<HttpRequest> follow_nothing(const HttpRequest& request,
                                                        const HttpResponse& response);

// Once: a code or a refresh token that may have arrived is not sent again (RFC 6749 §4.1.2, RFC
// 9700 §4.14.2).
[[nodiscard]] Result<HttpResponse> send_once(Transport& transport, const HttpRequest& request);

struct EndpointRules {
  std::function<HttpRequest(const Config&, const CodeGrant&)> build_code_request =
      &client::build_code_request;
  std::function<HttpRequest(const Config&, std::string_view refresh_token)> build_refresh_request =
      &client::build_refresh_request;
  std::function<HttpRequest(const Config&, std::string_view refresh_token)> build_revoke_request =
      &client::build_revoke_request;
  std::function<HttpRequest(const Config&)> build_device_request = &client::build_device_request;
  std::function<HttpRequest(const Config&, std::string_view device_code)> build_device_poll =
      &client::build_device_poll;
  std::function<Result<HttpResponse>(Transport&, const HttpRequest&)> send = &send_once;
  // The request that a redirect leads to, or nothing.
  std::function<std::optional<HttpRequest>(const HttpRequest&, const HttpResponse&)> next_hop =
      &follow_nothing;
};

[[nodiscard]] Result<HttpResponse> send_to_endpoint(Transport& transport, HttpRequest request,
                                                    const EndpointRules& rules);

}  // namespace heygen::client
