#include "conformance/subjects/cli_browser.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <memory>
#include <utility>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 7> kNames{"xdg-open",      "open",        "sensible-browser",
                                            "x-www-browser", "www-browser", "gnome-open",
                                            "wslview"};
constexpr std::size_t kMostBody = std::size_t{1024} * 1024;
constexpr int kMostRedirects = 5;

void write_program(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, fs::perms::owner_all);
}

using Header = std::pair<std::string, std::string>;

std::size_t take_body(char* data, std::size_t one, std::size_t size, void* into) {
  std::string& body = static_cast<Landing*>(into)->body;
  const std::size_t room = kMostBody - std::min(kMostBody, body.size());
  body.append(data, std::min(room, one * size));
  return one * size;
}

std::size_t take_header(char* data, std::size_t one, std::size_t size, void* into) {
  auto& headers = static_cast<Landing*>(into)->headers;
  std::string_view line{data, one * size};
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) headers.clear();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return one * size;
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  headers.emplace_back(line.substr(0, colon), value);
  return one * size;
}

std::string location_of(const Landing& landing) {
  for (const auto& [name, value] : landing.headers) {
    if (::curl_strequal(name.c_str(), "location") != 0) return value;
  }
  return {};
}

Outcome<Landing> request(const std::string& method, std::string_view url,
                         std::chrono::milliseconds timeout) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(::curl_easy_init(), &::curl_easy_cleanup);
  const std::string origin = origin_of(url);
  const std::string target(target_of(url));
  Landing landing;
  const auto set = [&](CURLoption option, auto value) {
    ::curl_easy_setopt(curl.get(), option, value);
  };
  if (method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (method != "GET" && method != "HEAD") set(CURLOPT_CUSTOMREQUEST, method.c_str());
  set(CURLOPT_URL, (origin + "/").c_str());
  set(CURLOPT_REQUEST_TARGET, target.c_str());  // byte for byte
  set(CURLOPT_USERAGENT, "Mozilla/5.0 (X11; Linux x86_64) heygen-conformance");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP09_ALLOWED, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&landing));
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&landing));
  const CURLcode code = ::curl_easy_perform(curl.get());
  long status = 0;
  ::curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  landing.status = static_cast<int>(status);
  if (code == CURLE_OPERATION_TIMEDOUT && status == 0) {
    return Failure{Failure::Origin::timeout, "", "the callback was not answered in time"};
  }
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
    return Failure{Failure::Origin::refused, "not-listening", "nobody listens at " + origin};
  }
  return landing;
}

}  // namespace

BrowserShims::BrowserShims(fs::path folder) : folder_(std::move(folder)) {
  const fs::path pipe = folder_ / "addresses";
  ::mkfifo(pipe.c_str(), S_IRUSR | S_IWUSR);
  // Open for both, so that it never ends and no shim waits for a reader.
  addresses_.reset(::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!addresses_.valid()) {
    throw fs::filesystem_error("no pipe can be made", pipe,
                               std::error_code(errno, std::generic_category()));
  }
  // The folder's name is of our making, and has nothing in it that a shell would look at.
  const std::string text =
      "#!/bin/sh\nfor a; do printf '%s\\n' \"$a\"; done >> '" + pipe.string() + "'\n";
  for (const char* name : kNames) write_program(folder_ / name, text);
}

void choose_browser(const fs::path& home) {
  const fs::path applications = home / ".local/share/applications";
  std::error_code in_the_way;
  fs::create_directories(applications, in_the_way);
  fs::create_directories(home / ".config", in_the_way);
  std::ofstream(applications / "browser.desktop")
      << "[Desktop Entry]\nType=Application\nName=Browser\nExec=sensible-browser %u\n"
         "MimeType=x-scheme-handler/http;x-scheme-handler/https;text/html;\n";
  const fs::path list = home / ".config/mimeapps.list";
  if (fs::exists(list, in_the_way)) return;
  std::ofstream(list) << "[Default Applications]\nx-scheme-handler/http=browser.desktop\n"
                         "x-scheme-handler/https=browser.desktop\ntext/html=browser.desktop\n";
}

Outcome<Landing> visit(std::string_view method, std::string_view url,
                       std::chrono::milliseconds timeout) {
  const std::string origin = origin_of(url);
  Outcome<Landing> first = request(std::string(method), url, timeout);
  if (!first) return first;
  Landing landing = std::move(first).value();
  std::string next = location_of(landing);
  for (int i = 0; i < kMostRedirects && !next.empty(); ++i) {
    if (next.starts_with('/') && !next.starts_with("//")) next.insert(0, origin);
    if (origin_of(next) != origin) break;
    Outcome<Landing> then = request("GET", next, timeout);
    if (!then) break;
    next = location_of(*then);
    landing.followed.push_back(std::move(then).value());
  }
  return landing;
}

}  // namespace heygen::conformance
