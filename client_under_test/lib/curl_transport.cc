#include "client_under_test/lib/curl_transport.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

// To the compiler, CURL and CURLM are the same void.
struct EasyRelease {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct MultiRelease {
  void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct ListRelease {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyRelease>;
using HeaderList = std::unique_ptr<curl_slist, ListRelease>;

// What the callbacks fill in.
struct Exchange {
  HttpResponse response{};
  std::size_t body_left = 0;
  std::size_t head_left = 0;
  bool discard_body = false;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  const std::size_t length = size * count;
  if (exchange.discard_body) return length;
  if (length > exchange.body_left) {
    exchange.too_large = true;
    return 0;  // ends the exchange
  }
  exchange.body_left -= length;
  exchange.response.body.append(data, length);
  return length;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  const std::size_t length = size * count;
  if (length > exchange.head_left) {
    exchange.too_large = true;
    return 0;
  }
  exchange.head_left -= length;
  std::string_view line(data, length);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    exchange.response.headers.clear();  // an interim answer (1xx) came before
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    exchange.response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return length;
}

bool is_loopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(address);
    return (ntohl(v4->sin_addr.s_addr) >> 24U) == 127U;
  }
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

// A name like x.localhost may be resolved to anything by the system's resolver.
curl_socket_t open_loopback_only(void* /*context*/, curlsocktype /*purpose*/,
                                 curl_sockaddr* address) {
  if (!is_loopback(&address->addr)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype, address->protocol);
}

template <typename Value>
void set(const Easy& handle, CURLoption option, Value value) {
  if (curl_easy_setopt(handle.get(), option, value) != CURLE_OK) {
    throw std::runtime_error("this libcurl lacks an option that is needed");
  }
}

void set_method(const Easy& handle, const HttpRequest& request) {
  set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") set(handle, CURLOPT_NOBODY, 1L);
  const bool has_body = !request.body.empty() || request.method == "POST" ||
                        request.method == "PUT" || request.method == "PATCH";
  if (has_body) {
    set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
}

HeaderList header_list(const HttpRequest& request) {
  // libcurl's own additions are taken back: a Content-Type that nobody gave, and Expect.
  Headers headers{{"Expect", ""}};
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  if (!find_header(headers, "Content-Type")) headers.emplace_back("Content-Type", "");
  curl_slist* list = nullptr;
  for (const auto& [name, value] : headers) {
    const std::string line = value.empty() ? name + ":" : name + ": " + value;
    curl_slist* const longer = curl_slist_append(list, line.c_str());
    if (longer == nullptr) {
      curl_slist_free_all(list);
      throw std::bad_alloc();
    }
    list = longer;
  }
  return HeaderList(list);
}

// Drives one transfer so that a stop ends it at once, not at libcurl's next look at the clock.
CURLcode perform(const Easy& easy, const std::stop_token& stop) {
  const std::unique_ptr<CURLM, MultiRelease> multi(curl_multi_init());
  if (!multi || curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) {
    return CURLE_FAILED_INIT;
  }
  CURLcode outcome = CURLE_ABORTED_BY_CALLBACK;
  {
    const std::stop_callback wake(stop, [&] { curl_multi_wakeup(multi.get()); });
    int running = 1;
    while (running > 0 && !stop.stop_requested()) {
      if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
      if (running > 0 && curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr) != CURLM_OK) break;
    }
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      outcome = message->data.result;
    }
  }
  curl_multi_remove_handle(multi.get(), easy.get());
  return outcome;
}

}  // namespace

CurlTransport::CurlTransport(TransportOptions options) : options_(std::move(options)) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    throw std::runtime_error("libcurl cannot be initialised");
  }
}

CurlTransport::~CurlTransport() { curl_global_cleanup(); }

Result<HttpResponse> CurlTransport::send(const HttpRequest& request) {
  const Result<Url> url = require_secure_url(request.url, "url");
  if (!url) return url.error();
  const Easy easy(curl_easy_init());
  if (!easy) throw std::bad_alloc();

  Exchange exchange;
  exchange.body_left = options_.largest_body;
  exchange.head_left = options_.largest_head;
  exchange.discard_body = request.discard_body;
  const std::string target = request.url.substr(0, request.url.find('#'));
  const auto headers = header_list(request);
  set(easy, CURLOPT_URL, target.c_str());
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set_method(easy, request);
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_USERAGENT, "heygen-client");
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  set(easy, CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::min(request.timeout, options_.longest).count()));
  if (!options_.ca_file.empty()) set(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (url->scheme == "http") {
    set(easy, CURLOPT_PROXY, "");
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_loopback_only);
  }

  const CURLcode outcome = perform(easy, request.cancel);
  if (exchange.too_large) {
    return Error{ErrorKind::unsafe_response, "the answer is larger than this client reads"};
  }
  if (outcome != CURLE_OK) {
    const std::string why =
        request.cancel.stop_requested() ? "it was cancelled" : curl_easy_strerror(outcome);
    return Error{ErrorKind::transport, "no answer from " + origin_of(*url) + ": " + why};
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  return exchange.response;
}

}  // namespace heygen::client
