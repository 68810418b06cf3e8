#include "conformance/browser/fetch.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>

#include "conformance/browser/curl_handles.h"
#include "conformance/url.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Not one that a server would turn away as a robot's.
constexpr const char* kUserAgent = "Mozilla/5.0 (X11; Linux x86_64) heygen-conformance";

// What the callbacks fill in.
struct Reading {
  Fetched answer;
  std::size_t body_left;
  std::size_t head_left;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  Reading& reading = *static_cast<Reading*>(context);
  const std::size_t length = size * count;
  reading.too_large = reading.too_large || length > reading.body_left;
  if (reading.too_large) return 0;  // ends the exchange
  reading.body_left -= length;
  reading.answer.body.append(data, length);
  return length;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  Reading& reading = *static_cast<Reading*>(context);
  const std::size_t length = size * count;
  reading.too_large = reading.too_large || length > reading.head_left;
  if (reading.too_large) return 0;
  reading.head_left -= length;
  std::string_view line(data, length);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    reading.answer.headers.clear();  // an interim answer (1xx) came before
  } else if (colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    reading.answer.headers.emplace_back(line.substr(0, colon), value);
  }
  return length;
}

template <typename Value>
void set(const Easy& handle, CURLoption option, Value value) {
  if (curl_easy_setopt(handle.get(), option, value) != CURLE_OK) {
    throw std::runtime_error("this libcurl lacks an option that is needed");
  }
}

List header_list(const FetchRequest& request) {
  HeaderFields fields{
      {"Accept", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"},
      {"Accept-Language", "en"},
      {"Expect", ""}};
  fields.insert(fields.end(), request.headers.begin(), request.headers.end());
  curl_slist* list = nullptr;
  for (const auto& [name, value] : fields) {
    const std::string line = value.empty() ? name + ":" : name + ": " + value;
    curl_slist* const longer = curl_slist_append(list, line.c_str());
    if (longer == nullptr) {
      curl_slist_free_all(list);
      throw std::bad_alloc();
    }
    list = longer;
  }
  return List(list);
}

Easy make_handle(const std::string& url, const FetchLimits& limits,
                 steady_clock::time_point deadline) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Easy easy(curl_easy_init());
  if (!easy) throw std::bad_alloc();
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  set(easy, CURLOPT_URL, url.substr(0, url.find('#')).c_str());
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_FRESH_CONNECT, 1L);
  set(easy, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left, milliseconds{1}).count()));
  if (!limits.ca_file.empty()) set(easy, CURLOPT_CAINFO, limits.ca_file.c_str());
  return easy;
}

// Drives the transfer so that a stop ends it at once.
CURLcode perform(const Easy& easy, const std::stop_token& stop) {
  const Multi multi(curl_multi_init());
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

Failure failure_of(CURLcode code, const std::string& url) {
  const std::string who = origin_of(url).empty() ? "the address" : origin_of(url);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Failure::Origin::timeout, "timeout", who + " did not answer in time"};
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Failure::Origin::gone, "unreachable", "nobody answers at " + who};
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return {Failure::Origin::gone, "closed", who + " closed the connection without an answer"};
    case CURLE_ABORTED_BY_CALLBACK:
      return {Failure::Origin::gone, "stopped", "it was stopped"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {Failure::Origin::gone, "tls",
              "the certificate of " + who + " is not trusted: name its CA with --ca"};
    default:
      return {Failure::Origin::protocol, "no-http",
              "the answer of " + who + " is no HTTP: " + curl_easy_strerror(code)};
  }
}

}  // namespace

std::string_view header_of(const HeaderFields& fields, std::string_view name) noexcept {
  const auto found = std::ranges::find_if(
      fields, [name](const auto& field) { return mock::wire::iequals(field.first, name); });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Outcome<Fetched> fetch(const FetchRequest& request, const CookieJar& jar, const FetchLimits& limits,
                       steady_clock::time_point deadline, std::stop_token stop) {
  const Easy easy = make_handle(request.url, limits, deadline);
  Reading reading{{}, limits.body, limits.head};
  const List headers = header_list(request);
  set(easy, CURLOPT_SHARE, jar.share());
  set(easy, CURLOPT_COOKIEFILE, "");  // cookies on, from no file
  set(easy, CURLOPT_USERAGENT, kUserAgent);
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") set(easy, CURLOPT_NOBODY, 1L);
  if (request.body) {
    set(easy, CURLOPT_POSTFIELDS, request.body->c_str());
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
  }
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&reading));
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&reading));
  const CURLcode code = perform(easy, stop);
  if (reading.too_large) {
    return Failure{Failure::Origin::protocol, "endless",
                   "the answer of " + origin_of(request.url) + " has no end"};
  }
  if (code != CURLE_OK) return failure_of(code, request.url);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  reading.answer.status = static_cast<int>(status);
  return std::move(reading.answer);
}

Outcome<Done> reachable(const std::string& url, const FetchLimits& limits,
                        steady_clock::time_point deadline, std::stop_token stop) {
  const Easy easy = make_handle(url, limits, deadline);
  set(easy, CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = perform(easy, stop);
  if (code == CURLE_OK) return Done{};
  return failure_of(code, url);
}

}  // namespace heygen::conformance
