#include "conformance/server/http.h"

#include <curl/curl.h>

#include <stdexcept>
#include <utility>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using mock::wire::Response;

// What an answer may have: a server that sends without end is cut off, and judged by what came.
constexpr std::size_t kMostBody = std::size_t{4} * 1024 * 1024;

struct ListRelease {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListRelease>;

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& body = static_cast<Response*>(context)->body;
  if (body.size() + size * count > kMostBody) return 0;
  body.append(data, size * count);
  return size * count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  Response& response = *static_cast<Response*>(context);
  std::string_view line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    response.headers = {};  // an interim answer came before
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
    response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return size * count;
}

// libcurl asks once a second at the least.
int on_progress(void* context, curl_off_t /*down_all*/, curl_off_t /*down*/, curl_off_t /*up_all*/,
                curl_off_t /*up*/) {
  return static_cast<const std::stop_token*>(context)->stop_requested() ? 1 : 0;
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  (void)list.release();
  list.reset(longer);
}

HeaderList header_list(const HttpRequest& request) {
  HeaderList list;
  append(list, "Expect:");
  if (!request.headers.has("Content-Type")) append(list, "Content-Type:");
  if (!request.headers.has("Accept")) append(list, "Accept:");
  for (const auto& [name, value] : request.headers) {
    append(list, value.empty() ? name + ";" : name + ": " + value);
  }
  return list;
}

}  // namespace

struct Http::Handle {
  CURL* easy = curl_easy_init();
  Handle() {
    if (easy == nullptr) throw std::runtime_error("libcurl cannot be used");
  }
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) {
      throw std::runtime_error("this libcurl lacks an option that is needed");
    }
  }
};

Http::Http(HttpOptions options)
    : options_(std::move(options)), handle_(std::make_unique<Handle>()) {
  Handle& handle = *handle_;
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  handle.set(CURLOPT_PROXY, "");
  handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  handle.set(CURLOPT_WRITEFUNCTION, &on_body);
  handle.set(CURLOPT_HEADERFUNCTION, &on_header);
  handle.set(CURLOPT_NOPROGRESS, 0L);
  handle.set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  handle.set(CURLOPT_XFERINFODATA, static_cast<const void*>(&options_.stop));
  if (!options_.ca_file.empty()) handle.set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (options_.cookies) handle.set(CURLOPT_COOKIEFILE, "");
}

Http::~Http() = default;

Outcome<Response> Http::send(const HttpRequest& request) {
  Handle& handle = *handle_;
  Response response;
  const HeaderList headers = header_list(request);
  const bool has_body = !request.body.empty() || request.method == "POST";
  handle.set(CURLOPT_URL, request.url.c_str());
  handle.set(CURLOPT_HTTPHEADER, headers.get());
  handle.set(CURLOPT_NOBODY, 0L);
  handle.set(CURLOPT_HTTPGET, 1L);
  if (has_body) {
    handle.set(CURLOPT_POST, 1L);
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    handle.set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  handle.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") handle.set(CURLOPT_NOBODY, 1L);
  handle.set(CURLOPT_WRITEDATA, static_cast<void*>(&response));
  handle.set(CURLOPT_HEADERDATA, static_cast<void*>(&response));
  const CURLcode code = curl_easy_perform(handle.easy);
  if (code != CURLE_OK) {
    const bool late = code == CURLE_OPERATION_TIMEDOUT;
    return Failure{late ? Failure::Origin::timeout : Failure::Origin::gone, "",
                   request.method + " " + request.url.substr(0, request.url.find('?')) +
                       " got no answer: " + curl_easy_strerror(code)};
  }
  long status = 0;
  (void)curl_easy_getinfo(handle.easy, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

std::string to_bytes(const HttpRequest& request) {
  const std::string origin = origin_of(request.url);
  const std::string_view target = target_of(request.url);
  std::string bytes = request.method + " " + (target.empty() ? "/" : std::string(target)) +
                      " HTTP/1.1\r\nHost: " + origin.substr(origin.find("://") + 3) + "\r\n";
  for (const auto& [name, value] : request.headers) bytes += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method == "POST") {
    bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return bytes + "\r\n" + request.body;
}

}  // namespace heygen::conformance
