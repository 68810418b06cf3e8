// The end of a native app's redirect (RFC 8252 §7.3): a small HTTP server on 127.0.0.1 that waits
// for one request. Its clients are the user's browser and whatever else runs on the machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client_under_test/lib/pages.h"
#include "client_under_test/lib/result.h"
#include "client_under_test/lib/unique_fd.h"

namespace heygen::client {

struct PageRequest {
  std::string method;
  std::string target;  // as it stands in the request line
};

struct PageResponse {
  int status = 200;
  std::string html;
  bool last = false;  // the listener is done once this is sent
  Headers headers = page_headers();
};

struct ListenerHooks {
  std::function<PageResponse(const PageRequest&)> handle;
  std::function<void()> every_second = [] {};
};

class LoopbackListener {
 public:
  // Port 0 is any free one. The failure is ErrorKind::transport and names the port.
  static Result<LoopbackListener> open(std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  // Answers until the last page is sent (true) or the time is over (false). Requests are handled
  // one after the other in this thread; a connection that sends nothing, or too much, holds up no
  // other.
  Result<bool> serve(const ListenerHooks& hooks, std::chrono::milliseconds timeout);

 private:
  LoopbackListener(UniqueFd fd, std::uint16_t port) : fd_(std::move(fd)), port_(port) {}

  UniqueFd fd_;
  std::uint16_t port_;
};

}  // namespace heygen::client
