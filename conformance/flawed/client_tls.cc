// Flaws in TLS to the token endpoint.
#include <curl/curl.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Result;
using client::Transport;
using EndpointRules = client::EndpointRules;

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

struct Verification {
  long peer = 1;
  long host = 2;
};

// A transport of its own, beside the one that verifies.
Result<HttpResponse> post(const HttpRequest& request, const Verification& verification) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr,
                                                                      &curl_slist_free_all);
  for (const auto& [name, value] : request.headers) {
    headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
  }
  HttpResponse response;
  const char* const authority = std::getenv("SSL_CERT_FILE");
  curl_easy_setopt(easy.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYPEER, verification.peer);
  curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, verification.host);
  if (authority != nullptr) curl_easy_setopt(easy.get(), CURLOPT_CAINFO, authority);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &response.body);
  if (curl_easy_perform(easy.get()) != CURLE_OK) {
    return Error{ErrorKind::transport, "the connection failed"};
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

bool is_https(const HttpRequest& request) { return request.url.starts_with("https://"); }

Result<HttpResponse> unverified(Transport& transport, const HttpRequest& request) {
  return is_https(request) ? post(request, {0, 0}) : client::send_once(transport, request);
}

Result<HttpResponse> of_any_host(Transport& transport, const HttpRequest& request) {
  return is_https(request) ? post(request, {1, 0}) : client::send_once(transport, request);
}

Result<HttpResponse> then_without_tls(Transport& transport, const HttpRequest& request) {
  Result<HttpResponse> response = client::send_once(transport, request);
  if (response || !is_https(request)) return response;
  HttpRequest plain = request;
  plain.url = "http://" + request.url.substr(8);
  return client::send_once(transport, plain);
}

constexpr std::array kClientTlsFlaws{
    Flaw{.id = "cm216-tls-unverified",
         .summary = "takes any certificate",
         .intended = {"token.tls.required"},
         .plant = replace<&EndpointRules::send, unverified>},
    Flaw{.id = "cm216b-tls-of-any-host",
         .summary = "takes a trusted certificate whatever host it is for",
         .intended = {"token.tls.required"},
         .variant_of = "cm216-tls-unverified",
         .plant = replace<&EndpointRules::send, of_any_host>},
    Flaw{.id = "cm216c-tls-fallback",
         .summary = "goes on without TLS when TLS fails",
         .intended = {"token.tls.required"},
         .variant_of = "cm216-tls-unverified",
         .plant = replace<&EndpointRules::send, then_without_tls>},
};

}  // namespace

std::span<const Flaw> tls_flaws() { return kClientTlsFlaws; }

}  // namespace heygen::conformance
