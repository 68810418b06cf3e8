// A request and a response as values of our own: copyable, with the raw bytes kept, so that the
// journal can save them and a test can write them down. No HTTP library's types appear here.
//
// Not thread-safe; copy or move between threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::mock::wire {

// ASCII case-insensitive, as field names are (RFC 9110 §5.1).
bool iequals(std::string_view a, std::string_view b) noexcept;

// Header fields in the order of arrival, duplicates kept.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // The first field of that name, or nothing.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept;  // "" when absent
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  void add(std::string name, std::string value);
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void remove(std::string_view name);

  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

 private:
  std::vector<Field> fields_;
};

struct Peer {
  std::string address;  // textual, without port: "127.0.0.1"
  std::uint16_t port = 0;
  bool loopback = false;
};

// A connection that CONNECT made into a tunnel (RFC 9110 §9.3.6), or a request that came by way of
// a proxy.
struct Tunnel {
  std::string target;  // "HOST:PORT"
  std::string user;    // the name that the client gave the proxy; ""
};

struct Request {
  std::string method;
  std::string target;  // as received: "/v1/oauth/token?x=1"
  Headers headers;
  std::string body;
  Peer peer;
  std::string scheme = "http";  // "https" when the connection was TLS
  std::optional<Tunnel> tunnel;

  [[nodiscard]] std::string_view path() const noexcept;   // target up to '?', undecoded
  [[nodiscard]] std::string_view query() const noexcept;  // after '?', undecoded; "" when absent
};

// How the bytes of a response leave: misbehaviour is a kind of delivery at the edge, never an `if`
// in the code that decides the answer.
struct Delivery {
  enum class Ending : std::uint8_t {
    complete,   // the whole response
    reset,      // a TCP RST instead of any byte
    empty,      // FIN instead of any byte (curl: 52)
    head_only,  // status line and headers with the full Content-Length, then FIN (curl: 18)
    truncated,  // the headers, `truncate_at` bytes of the body, then FIN (curl: 18)
    close,      // the whole response, then the connection is closed though keep-alive was agreed
  };
  struct Dribble {
    std::size_t bytes = 1;  // a piece; at least 1
    std::chrono::milliseconds every{100};
  };

  Ending ending = Ending::complete;
  std::optional<std::size_t> truncate_at;  // body bytes; half the body when absent
  std::chrono::milliseconds delay{0};      // before the first byte; real time
  std::optional<Dribble> dribble;          // the whole response in small pieces
  std::uint64_t endless_bytes = 0;         // >0: chunked, the body repeated up to this many bytes

  [[nodiscard]] bool plain() const noexcept {
    return ending == Ending::complete && delay.count() == 0 && !dribble && endless_bytes == 0;
  }
};

// The far end of a response that goes on (server-sent events). Thread-safe.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // Queues bytes to be sent as they are. False when the peer has gone, or reads so slowly that the
  // queue is over its limit: then the connection is dropped and nothing more is accepted.
  virtual bool push(std::string_view bytes) = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual bool open() const = 0;
};

class Transport;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  Delivery delivery;
  // When set, the head and `body` are sent without a length, the connection stays open, and this
  // is called once, from a worker thread, with the far end. It must not block.
  std::function<void(std::shared_ptr<Outbox>)> stream;
  // When set, in a 2xx answer to CONNECT: what the connection becomes once the head is out. It is
  // given the transport and the bytes that came behind the request; null: it was handed over to
  // somebody else. Called on any thread of the listener; must not block.
  std::function<std::unique_ptr<Transport>(std::unique_ptr<Transport>, std::string early)> upgrade;
};

// Whether the body is application/x-www-form-urlencoded, by its Content-Type.
bool is_form(const Request& request) noexcept;

// The reason phrase of RFC 9110 §15; "Unknown" for others.
std::string_view reason_phrase(int status) noexcept;

}  // namespace heygen::mock::wire
