#include "tests/scenarios/http.h"

#include <curl/curl.h>
#include <strings.h>

#include <memory>

namespace heygen::scenarios {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(bytes, size * count);
  return size * count;
}

struct Free {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};

}  // namespace

std::string Reply::header(std::string_view name) const {
  for (std::size_t at = 0; at < head.size();) {
    const auto end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line{head.data() + at, end - at};
    if (line.size() > name.size() && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      const auto value = line.find_first_not_of(' ', name.size() + 1);
      return value == std::string_view::npos ? std::string{} : std::string{line.substr(value)};
    }
    at = end + 2;
  }
  return {};
}

Reply http(const Ask& ask) {
  Reply reply;
  const std::unique_ptr<CURL, Free> curl{curl_easy_init()};
  std::unique_ptr<curl_slist, Free> fields;
  for (const std::string& field : ask.headers) {
    fields.reset(curl_slist_append(fields.release(), field.c_str()));
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, ask.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(ask.timeout.count()));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, append);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &reply.head);
  if (ask.method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(ask.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, ask.body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, ask.method.c_str());
  }
  reply.curl = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

std::string form(const Params& params) {
  std::string out;
  for (const auto& [name, value] : params) {
    const std::unique_ptr<char, Free> escaped{
        curl_easy_escape(nullptr, value.c_str(), static_cast<int>(value.size()))};
    out.append(out.empty() ? "" : "&").append(name).append("=").append(escaped.get());
  }
  return out;
}

std::string query_of(std::string_view url, std::string_view name) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  const std::string query = "&" + std::string{url.substr(mark + 1)};
  const std::string key = "&" + std::string{name} + "=";
  const auto at = query.find(key);
  if (at == std::string::npos) return {};
  const std::string raw = query.substr(at + key.size(), query.find('&', at + 1) - at - key.size());
  int size = 0;
  const std::unique_ptr<char, Free> text{
      curl_easy_unescape(nullptr, raw.c_str(), static_cast<int>(raw.size()), &size)};
  return {text.get(), static_cast<std::size_t>(size)};
}

}  // namespace heygen::scenarios
