// Requests to the API: where the access token goes, and where it does not (RFC 6750).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/config.h"
#include "client_under_test/lib/transport.h"

namespace heygen::client {

struct ApiCall {
  std::string method = "GET";
  std::string url;  // absolute
  std::optional<std::string> body{};
  bool with_token = true;
  bool discard_body = false;
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
};

// bad_request unless the method is a plain word and the path starts with '/' and is fit for a
// request line.
[[nodiscard]] Result<ApiCall> make_api_call(const Config& config, std::string_view method,
                                            std::string_view path, std::optional<std::string> body);

// RFC 6750 §2.1: the token in the Authorization header, and nowhere else. No API key beside it.
[[nodiscard]] HttpRequest build_api_request(const ApiCall& call, std::string_view access_token);
// §5.3: the token goes to the origin it is meant for. Another port or scheme is another origin.
[[nodiscard]] bool redirect_keeps_token(std::string_view from, std::string_view to);
[[nodiscard]] bool download_gets_token(std::string_view api_url, std::string_view url);

// The status by which a call goes on. What stands in WWW-Authenticate is of no account: servers and
// proxies write it in many ways (RFC 6750 §3).
[[nodiscard]] int status_of_answer(const HttpResponse& response);

struct ApiRules {
  std::function<int(const HttpResponse&)> status_of = &status_of_answer;
  std::function<HttpRequest(const ApiCall&, std::string_view access_token)> build =
      &build_api_request;
  std::function<bool(std::string_view from, std::string_view to)> redirect_keeps_token =
      &client::redirect_keeps_token;
  std::function<bool(std::string_view api_url, std::string_view url)> download_gets_token =
      &client::download_gets_token;
};

// Follows at most five redirects (RFC 9110 §15.4). A body is not carried to another origin, nor is
// https left for http: such a redirect is returned as the answer it is.
[[nodiscard]] Result<HttpResponse> send_api_request(Transport& transport, HttpRequest request,
                                                    const ApiRules& rules);

}  // namespace heygen::client
