#include "client_under_test/lib/api_request.h"

#include <algorithm>

#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool leaves_tls(std::string_view from, std::string_view to) {
  return from.starts_with("https:") && !to.starts_with("https:");
}

// Nothing when the redirect is not to be followed.
std::optional<HttpRequest> redirected(const HttpRequest& request, const HttpResponse& response,
                                      const ApiRules& rules) {
  const auto location = find_header(response.headers, "Location");
  if (!is_redirect(response.status) || !location) return std::nullopt;
  const std::optional<std::string> target = resolve_url(request.url, *location);
  if (!target || !require_secure_url(*target, "redirect") || leaves_tls(request.url, *target)) {
    return std::nullopt;
  }
  HttpRequest next = request;
  next.url = *target;
  const bool safe_method = request.method == "GET" || request.method == "HEAD";
  const bool keeps_method = response.status == 307 || response.status == 308 || safe_method;
  if (!keeps_method) {
    next.method = "GET";
    next.body.clear();
    remove_header(next.headers, "Content-Type");
  } else if (!safe_method && !same_origin(request.url, *target)) {
    return std::nullopt;
  }
  if (!rules.redirect_keeps_token(request.url, *target)) {
    remove_header(next.headers, "Authorization");
  }
  return next;
}

}  // namespace

Result<ApiCall> make_api_call(const Config& config, std::string_view method, std::string_view path,
                              std::optional<std::string> body) {
  const auto refuse = [](std::string message) {
    return Error{ErrorKind::bad_request, std::move(message)};
  };
  const bool good_method = !method.empty() && method.size() <= 20 &&
                           std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!good_method) return refuse("method: must be a word in capitals, like GET");
  if (!path.starts_with('/')) return refuse("path: must start with \"/\"; the host is configured");
  if (!is_visible_ascii(path) || path.find('#') != std::string_view::npos) {
    return refuse("path: must be percent-encoded and without a fragment");
  }
  std::string_view base = config.api_url;
  while (base.ends_with('/')) base.remove_suffix(1);
  ApiCall call;
  call.method = method;
  call.url = std::string(base).append(path);
  call.body = std::move(body);
  call.timeout = config.timeout;
  return call;
}

HttpRequest build_api_request(const ApiCall& call, std::string_view access_token) {
  HttpRequest request;
  request.method = call.method;
  request.url = call.url;
  request.discard_body = call.discard_body;
  request.timeout = call.timeout;
  request.headers = {{"Accept", call.discard_body ? "*/*" : "application/json"}};
  if (call.with_token) {
    request.headers.emplace_back("Authorization", "Bearer " + std::string(access_token));
  }
  if (call.body) {
    request.body = *call.body;
    request.headers.emplace_back("Content-Type", "application/json");
  }
  return request;
}

int status_of_answer(const HttpResponse& response) { return response.status; }

bool redirect_keeps_token(std::string_view from, std::string_view to) {
  return same_origin(from, to);
}

bool download_gets_token(std::string_view api_url, std::string_view url) {
  return same_origin(api_url, url);
}

Result<HttpResponse> send_api_request(Transport& transport, HttpRequest request,
                                      const ApiRules& rules) {
  constexpr int kMostRedirects = 5;
  for (int redirects = 0;; ++redirects) {
    Result<HttpResponse> response = transport.send(request);
    if (!response) return response;
    std::optional<HttpRequest> next = redirected(request, *response, rules);
    if (!next) return response;
    if (redirects == kMostRedirects) {
      return Error{ErrorKind::transport, "the API redirects more than 5 times"};
    }
    request = *std::move(next);
  }
}

}  // namespace heygen::client
