#include "mock_server/wire/httplib_bridge.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

#include "mock_server/wire/syntax.h"

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kMaxShownPath = 4096;  // cpp-httplib refuses a request line over 8 KiB
constexpr std::size_t kUsualHead = 512;
constexpr int kNoStatus = 0;

// The part of httplib::Stream that differs by release: newer ones wait, older ones ask.
template <typename Stream>
class AlwaysReady : public Stream {
 public:
  bool wait_readable() const override { return true; }
  bool wait_writable() const override { return true; }
  time_t duration() const override { return 0; }
};

template <typename Stream>
requires requires(const Stream& stream) { stream.is_writable(); }
class AlwaysReady<Stream> : public Stream {
 public:
  bool is_writable() const override { return true; }
};

// The request in memory, and what is written in one string.
class MemoryStream final : public AlwaysReady<httplib::Stream> {
 public:
  MemoryStream(std::string_view in, std::string& out) : in_(in), out_(out) {}

  bool is_readable() const override { return !in_.empty(); }
  socket_t socket() const override { return INVALID_SOCKET; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}

  ssize_t read(char* ptr, std::size_t size) override {
    const auto count = std::min(size, in_.size());
    std::copy_n(in_.data(), count, ptr);
    in_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* ptr, std::size_t size) override {
    out_.append(ptr, size);
    return static_cast<ssize_t>(size);
  }

 private:
  std::string_view in_;
  std::string& out_;
};

bool known_to_every_release(std::string_view method) {
  constexpr std::array<std::string_view, 7> known{"GET",    "POST",    "HEAD", "PUT",
                                                  "DELETE", "OPTIONS", "PATCH"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

std::string shown_request_line(const Request& request) {
  const auto path = request.path();
  std::string line;
  line.reserve(path.size() + 32);
  line += known_to_every_release(request.method) ? std::string_view{request.method} : "POST";
  line += ' ';
  line += path.size() <= kMaxShownPath && path.starts_with('/') ? path : "/";
  line += " HTTP/1.1\r\n\r\n";
  return line;
}

// Message framing is this folder's: a handler's own word on it would contradict the bytes.
bool is_framing_field(std::string_view name) {
  return iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
         iequals(name, "Connection") || iequals(name, "Keep-Alive");
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  if (kFieldValue.all(value)) {
    head += value;
  } else {  // a line's end in it would begin another field
    std::ranges::copy_if(value, std::back_inserter(head),
                         [](char c) { return kFieldValue.has(c); });
  }
  head += "\r\n";
}

Response neutral_failure() {
  return {.status = 500,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = "500 the request could not be answered; the server's log says why\n",
          .delivery = {},
          .stream = {},
          .upgrade = {}};
}

// The signature of the protected Server::process_request grew over the releases; overload
// resolution picks the one that this one has. Each is told that the connection ends: what it would
// write of keeping it alive costs it three string streams, and is not sent.
using Setup = const std::function<void(httplib::Request&)>&;

template <typename Server>
bool process(Server& server, bool (Server::*call)(httplib::Stream&, bool, bool&, Setup),
             httplib::Stream& stream) {
  bool closed = false;
  return (server.*call)(stream, true, closed, nullptr);
}

template <typename Server>
bool process(Server& server,
             bool (Server::*call)(httplib::Stream&, const std::string&, int, const std::string&,
                                  int, bool, bool&, Setup),
             httplib::Stream& stream) {
  bool closed = false;
  return (server.*call)(stream, "", 0, "", 0, true, closed, nullptr);
}

template <typename Server>
bool process(Server& server,
             bool (Server::*call)(httplib::Stream&, const std::string&, int, const std::string&,
                                  int, bool, bool&, Setup, bool*),
             httplib::Stream& stream) {
  bool closed = false;
  return (server.*call)(stream, "", 0, "", 0, true, closed, nullptr, nullptr);
}

}  // namespace

class HttplibBridge::Engine final : public httplib::Server {
 public:
  explicit Engine(LogError log) : log_(std::move(log)) {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& out) {
      respond(out);
      return HandlerResponse::Handled;
    });
    // finish() writes the head: the library would sort the fields into a tree, one block each, and
    // print each of them with a format.
    set_post_routing_handler(
        [](const httplib::Request&, httplib::Response& out) { out.headers.clear(); });
    // Without one, releases before 0.53 put the exception's text into a response header.
    set_exception_handler([](const httplib::Request&, httplib::Response& out,
                             const std::exception_ptr&) { out.status = 500; });
  }

  Answer run(FramedRequest& framed, const wire::Handler& handler) {
    framed_ = &framed;
    asked_head_ = framed.request.method == "HEAD";
    asked_connect_ = framed.request.method == "CONNECT";
    handler_ = &handler;
    answer_ = {};
    response_ = {};
    response_.status = kNoStatus;
    body_size_ = 0;
    const auto line = shown_request_line(framed.request);
    MemoryStream stream(line, answer_.bytes);
    process<httplib::Server>(*this, &Engine::process_request, stream);
    finish();
    framed_ = nullptr;
    handler_ = nullptr;
    return std::move(answer_);
  }

 private:
  void respond(httplib::Response& out) {
    response_ = call_handler();
    if (response_.status < 200 || response_.status > 999) {
      log("a handler answered with a status that is not final: " +
          std::to_string(response_.status));
      response_ = neutral_failure();
    }
    decide_framing();
    out.status = response_.status;
    body_size_ = response_.body.size();
    out.body = std::move(response_.body);
  }

  Response call_handler() {
    try {
      return (*handler_)(std::move(framed_->request));
    } catch (const std::exception& error) {
      log(std::string("a handler failed: ") + error.what());
    } catch (...) {
      log("a handler failed with something that is no exception");
    }
    return neutral_failure();
  }

  void decide_framing() {
    const bool http_1_0 = framed_->version == HttpVersion::http_1_0;
    const bool no_body = response_.status == 204 || response_.status == 304;  // RFC 9110 §6.4.1
    if (no_body) response_.body.clear();
    answer_.delivery = response_.delivery;
    answer_.keep_alive =
        framed_->keep_alive && !iequals(response_.headers.get("Connection"), "close");
    if (asked_connect_ && response_.upgrade && response_.status < 300) {
      answer_.upgrade = std::move(response_.upgrade);
      answer_.keep_alive = true;  // the tunnel lives on, whatever HTTP would have it
      response_.body.clear();
    }
    if (no_body || asked_head_) {
      answer_.delivery.endless_bytes = 0;
      return;
    }
    if (response_.stream) {
      answer_.stream = std::move(response_.stream);
      answer_.framing = Answer::Framing::until_close;
    } else if (answer_.delivery.endless_bytes > 0) {
      answer_.endless = std::move(response_.body);
      response_.body.clear();
      answer_.framing = http_1_0 ? Answer::Framing::until_close : Answer::Framing::chunked;
    }
    if (answer_.framing == Answer::Framing::until_close) answer_.keep_alive = false;
  }

  // Puts the answer's head before the body, for the library's own: its reason phrases differ by
  // release, and unknown statuses are "Internal Server Error" in some.
  void finish() {
    auto& bytes = answer_.bytes;
    if (response_.status == kNoStatus) {  // the library refused by itself; no request makes it so
      response_ = neutral_failure();
      bytes.clear();
      body_size_ = 0;
    }
    const auto sent_body = asked_head_ ? 0 : body_size_;
    const auto its_head = bytes.size() - std::min(bytes.size(), sent_body);
    const auto head = written_head();
    bytes.replace(0, its_head, head);
    answer_.head_size = head.size();
  }

  [[nodiscard]] std::string written_head() const {
    std::string head;
    head.reserve(kUsualHead);
    head.append("HTTP/1.1 ").append(std::to_string(response_.status)) += ' ';
    head.append(reason_phrase(response_.status)).append("\r\n");
    for (const auto& [name, value] : response_.headers) {
      if (name.empty() || !kToken.all(name) || is_framing_field(name)) continue;
      append_field(head, name, value);
    }
    append_framing(head);
    head += "\r\n";
    return head;
  }

  void append_framing(std::string& head) const {
    if (answer_.upgrade) return;  // a tunnel has no length and no end (RFC 9110 §9.3.6)
    if (answer_.framing == Answer::Framing::chunked) {
      append_field(head, "Transfer-Encoding", "chunked");
    } else if (answer_.framing == Answer::Framing::length && response_.status != 204 &&
               response_.status != 304) {
      append_field(head, "Content-Length", std::to_string(body_size_));
    }
    if (!answer_.keep_alive) {
      append_field(head, "Connection", "close");
    } else if (framed_->version == HttpVersion::http_1_0) {
      append_field(head, "Connection", "keep-alive");
    }
  }

  void log(std::string_view text) const {
    if (log_) log_(text);
  }

  LogError log_;
  FramedRequest* framed_ = nullptr;  // its request is the handler's once that is called
  bool asked_head_ = false;
  bool asked_connect_ = false;
  const wire::Handler* handler_ = nullptr;  // not httplib::Server::Handler
  Response response_;
  std::size_t body_size_ = 0;
  Answer answer_;
};

HttplibBridge::HttplibBridge(LogError log) : engine_(std::make_unique<Engine>(std::move(log))) {}
HttplibBridge::~HttplibBridge() = default;

Answer HttplibBridge::answer(FramedRequest framed, const Handler& handler) {
  return engine_->run(framed, handler);
}

}  // namespace heygen::mock::wire
