#include "conformance/server/raw.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using mock::wire::Response;
using std::chrono::steady_clock;

constexpr std::size_t kMostAnswer = std::size_t{4} * 1024 * 1024;

Failure broken(Failure::Origin origin, std::string message) {
  return {origin, "", std::move(message)};
}

// The status line and the fields; nothing when it is no head.
std::optional<Response> parse_head(std::string_view head) {
  Response response;
  constexpr std::string_view kVersion = "HTTP/1.";
  if (!head.starts_with(kVersion) || head.size() < 12) return std::nullopt;
  const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, response.status);
  if (error != std::errc{}) return std::nullopt;
  head.remove_prefix(std::min(head.find("\r\n"), head.size()));
  while (head.size() > 2) {
    head.remove_prefix(2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size());
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return response;
}

// As far as it is well-formed.
std::string unchunked(std::string_view text) {
  std::string body;
  while (true) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, 16);
    const std::size_t line = text.find("\r\n");
    if (error != std::errc{} || size == 0 || line == std::string_view::npos) return body;
    text.remove_prefix(line + 2);
    body += text.substr(0, size);
    text.remove_prefix(std::min(size + 2, text.size()));
  }
}

}  // namespace

struct RawConnection::Handle {
  CURL* easy = curl_easy_init();
  steady_clock::time_point deadline;
  std::stop_token stop;

  Handle() = default;
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // False when the time is up, or nobody waits any more.
  [[nodiscard]] bool wait(short events) const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    (void)curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
    constexpr std::chrono::milliseconds kBetweenLooks{200};
    while (!stop.stop_requested()) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
      if (left.count() <= 0) return false;
      pollfd one{socket, events, 0};
      const int ready = ::poll(&one, 1, static_cast<int>(std::min(left, kBetweenLooks).count()));
      if (ready != 0) return ready > 0;
    }
    return false;
  }
};

RawConnection::RawConnection(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
RawConnection::~RawConnection() = default;

Outcome<std::unique_ptr<RawConnection>> RawConnection::open(std::string_view url,
                                                            const HttpOptions& options) {
  auto handle = std::make_unique<Handle>();
  const std::string origin = origin_of(url);
  const auto set = [&handle](CURLoption option, auto value) {
    return curl_easy_setopt(handle->easy, option, value) == CURLE_OK;
  };
  bool usable = handle->easy != nullptr && set(CURLOPT_URL, origin.c_str()) &&
                set(CURLOPT_CONNECT_ONLY, 1L) && set(CURLOPT_NOSIGNAL, 1L) &&
                set(CURLOPT_PROXY, "") && set(CURLOPT_PROTOCOLS_STR, "http,https") &&
                set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  if (!options.ca_file.empty()) usable = usable && set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!usable) return broken(Failure::Origin::unsupported, "this libcurl cannot connect alone");
  const CURLcode code = curl_easy_perform(handle->easy);
  if (code != CURLE_OK) {
    return broken(Failure::Origin::gone,
                  "no connection to " + origin + ": " + curl_easy_strerror(code));
  }
  handle->deadline = steady_clock::now() + options.timeout;
  handle->stop = options.stop;
  return std::unique_ptr<RawConnection>(new RawConnection(std::move(handle)));
}

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(handle_->easy, bytes.data(), bytes.size(), &sent);
    if (code == CURLE_AGAIN) {
      if (!handle_->wait(POLLOUT)) return false;
      continue;
    }
    if (code != CURLE_OK) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

// False at the end of the connection, or of the time.
bool RawConnection::fill() {
  std::array<char, 16384> chunk{};
  while (buffer_.size() < kMostAnswer) {
    std::size_t got = 0;
    const CURLcode code = curl_easy_recv(handle_->easy, chunk.data(), chunk.size(), &got);
    if (code == CURLE_AGAIN) {
      if (handle_->wait(POLLIN)) continue;
      late_ = true;
      return false;
    }
    if (code != CURLE_OK || got == 0) return false;
    buffer_.append(chunk.data(), got);
    return true;
  }
  return false;
}

Outcome<Response> RawConnection::receive() {
  const auto ended = [this](const std::string& before) -> Outcome<Response> {
    return broken(late_ ? Failure::Origin::timeout : Failure::Origin::gone,
                  (late_ ? "no answer in time, " : "the connection ended ") + before);
  };
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return ended(buffer_.empty() ? "before any answer" : "before the answer's head");
  }
  auto response = parse_head(std::string_view(buffer_).substr(0, end));
  if (!response) return broken(Failure::Origin::protocol, "the answer is not HTTP/1.1");
  buffer_.erase(0, end + 4);
  const std::string_view length = response->headers.get("Content-Length");
  std::size_t size = 0;
  if (std::from_chars(length.data(), length.data() + length.size(), size).ec != std::errc{}) {
    size = kMostAnswer;
    if (response->headers.has("Transfer-Encoding")) {
      while (!buffer_.ends_with("0\r\n\r\n") && fill()) continue;
      response->body = unchunked(buffer_);
      buffer_.clear();
      return std::move(*response);
    }
  }
  while (buffer_.size() < size) {
    if (fill()) continue;
    if (size != kMostAnswer) return ended("within the answer's body");
    break;
  }
  response->body = buffer_.substr(0, size);
  buffer_.erase(0, response->body.size());
  return std::move(*response);
}

std::vector<Outcome<Response>> send_at_once(const std::vector<HttpRequest>& requests,
                                            const HttpOptions& options) {
  std::vector<Outcome<std::unique_ptr<RawConnection>>> connections;
  std::vector<std::string> bytes;
  for (const HttpRequest& request : requests) {
    bytes.push_back(to_bytes(request));
    connections.push_back(RawConnection::open(request.url, options));
    if (!connections.back()) continue;
    const std::string_view all = bytes.back();
    (void)(*connections.back())->send(all.substr(0, all.size() - 1));
  }
  for (std::size_t i = 0; i < connections.size(); ++i) {
    if (connections[i]) (void)(*connections[i])->send(std::string_view(&bytes[i].back(), 1));
  }
  std::vector<Outcome<Response>> answers;
  for (auto& connection : connections) {
    if (connection) {
      answers.push_back((*connection)->receive());
    } else {
      answers.emplace_back(connection.failure());
    }
  }
  return answers;
}

}  // namespace heygen::conformance
