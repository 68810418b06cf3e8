#include "client_under_test/lib/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <array>
#include <cerrno>
#include <list>
#include <system_error>
#include <vector>

#include "client_under_test/lib/listener_http.h"

namespace heygen::client {
namespace {

constexpr std::size_t kMostConnections = 32;
constexpr int kOldestConnection = 10;  // seconds without a whole request, or with an unread answer

Error failure(const std::string& what, int code) {
  return Error{ErrorKind::transport, what + ": " + std::generic_category().message(code)};
}

// Time passes by the kernel's timers here: a poll() is woken by it like by any other event.
UniqueFd make_timer(std::chrono::milliseconds first, std::chrono::milliseconds then) {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  const auto to_timespec = [](std::chrono::milliseconds span) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
    return timespec{seconds.count(), (span - seconds).count() * 1'000'000};
  };
  const itimerspec spec{to_timespec(then), to_timespec(first)};
  if (fd && ::timerfd_settime(fd.get(), 0, &spec, nullptr) != 0) fd.reset();
  return fd;
}

struct Connection {
  enum class Phase { reading, writing, draining, closed };

  UniqueFd fd;
  Phase phase = Phase::reading;
  std::string in{};
  std::string out{};
  int age = 0;
  bool last = false;

  [[nodiscard]] short interest() const {
    return phase == Phase::writing ? short{POLLOUT} : short{POLLIN};
  }
};

class Loop {
 public:
  Loop(int listener, const ListenerHooks& hooks, std::chrono::milliseconds timeout)
      : listener_(listener),
        hooks_(hooks),
        deadline_(make_timer(std::max(timeout, std::chrono::milliseconds{1}), {})),
        tick_(make_timer(std::chrono::seconds{1}, std::chrono::seconds{1})) {}

  Result<bool> run() {
    if (!deadline_ || !tick_) return failure("cannot make a timer", errno);
    while (!finished_) {
      const bool accepts = connections_.size() < kMostConnections && !last_sent_;
      std::vector<pollfd> polled{{deadline_.get(), POLLIN, 0},
                                 {tick_.get(), POLLIN, 0},
                                 {accepts ? listener_ : -1, POLLIN, 0}};
      for (const Connection& connection : connections_) {
        polled.push_back({connection.fd.get(), connection.interest(), 0});
      }
      if (::poll(polled.data(), polled.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return failure("cannot wait for requests", errno);
      }
      if (polled[0].revents != 0) return last_sent_;
      std::size_t index = 3;
      for (Connection& connection : connections_) {
        if (polled[index++].revents != 0) advance(connection);
      }
      if (polled[1].revents != 0) grow_older();
      if (polled[2].revents != 0) accept_one();
      connections_.remove_if([this](const Connection& connection) { return is_over(connection); });
    }
    return true;
  }

 private:
  bool is_over(const Connection& connection) {
    const bool over =
        connection.phase == Connection::Phase::closed || connection.age >= kOldestConnection;
    if (over && connection.last) finished_ = true;
    return over;
  }

  void grow_older() {
    std::array<char, 8> expirations{};
    [[maybe_unused]] const ssize_t got =
        ::read(tick_.get(), expirations.data(), expirations.size());
    for (Connection& connection : connections_) ++connection.age;
    hooks_.every_second();
  }

  void accept_one() {
    UniqueFd fd(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) connections_.push_back(Connection{std::move(fd)});
  }

  void advance(Connection& connection) {
    switch (connection.phase) {
      case Connection::Phase::reading:
        return read(connection);
      case Connection::Phase::writing:
        return write(connection);
      case Connection::Phase::draining:
      case Connection::Phase::closed:
        return drain(connection);
    }
  }

  void read(Connection& connection) {
    std::array<char, 4096> chunk{};
    const ssize_t got = ::recv(connection.fd.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      connection.phase = Connection::Phase::closed;
      return;
    }
    connection.in.append(chunk.data(), static_cast<std::size_t>(got));
    const HeadOutcome head = read_request_head(connection.in);
    if (head.refuse_with != 0) return reply(connection, {head.refuse_with, ""}, true);
    if (head.request) {
      reply(connection, hooks_.handle(*head.request), head.request->method != "HEAD");
    }
  }

  void reply(Connection& connection, const PageResponse& response, bool with_body) {
    connection.out = write_response(response, with_body);
    connection.last = response.last;
    last_sent_ = last_sent_ || response.last;
    connection.age = 0;
    connection.phase = Connection::Phase::writing;
    write(connection);
  }

  static void write(Connection& connection) {
    const ssize_t sent =
        ::send(connection.fd.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent < 0) {
      connection.phase = Connection::Phase::closed;
      return;
    }
    connection.out.erase(0, static_cast<std::size_t>(sent));
    if (!connection.out.empty()) return;
    // Closing with unread input would reset the connection and could take the answer with it.
    ::shutdown(connection.fd.get(), SHUT_WR);
    connection.phase = Connection::Phase::draining;
  }

  static void drain(Connection& connection) {
    std::array<char, 4096> chunk{};
    const ssize_t got = ::recv(connection.fd.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) connection.phase = Connection::Phase::closed;
  }

  const int listener_;
  const ListenerHooks& hooks_;
  const UniqueFd deadline_;
  const UniqueFd tick_;
  std::list<Connection> connections_;
  bool last_sent_ = false;
  bool finished_ = false;
};

}  // namespace

Result<LoopbackListener> LoopbackListener::open(std::uint16_t port) {
  const std::string what = "cannot listen on 127.0.0.1:" + std::to_string(port);
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return failure(what, errno);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  if (::bind(fd.get(), generic, length) != 0 || ::listen(fd.get(), 16) != 0 ||
      ::getsockname(fd.get(), generic, &length) != 0) {
    return failure(what, errno);
  }
  return LoopbackListener(std::move(fd), ntohs(address.sin_port));
}

Result<bool> LoopbackListener::serve(const ListenerHooks& hooks,
                                     std::chrono::milliseconds timeout) {
  return Loop(fd_.get(), hooks, timeout).run();
}

}  // namespace heygen::client
