// A server for tests that sends exactly the bytes it is told to.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client_under_test/lib/unique_fd.h"

namespace heygen::client::testing {

struct RawRequest {
  std::string head;  // request line and headers
  std::string body;

  [[nodiscard]] std::string target() const;
};

// On 127.0.0.1, any port. Each connection gets one answer from the handler, which runs in the
// connection's own thread, and is then closed; where `hold` is true it is kept open instead until
// the client closes it.
class TestServer {
 public:
  struct Answer {
    std::string bytes;
    bool hold = false;
  };
  using Handler = std::function<Answer(const RawRequest&)>;

  explicit TestServer(Handler handler);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  [[nodiscard]] std::string url(std::string_view path = "") const;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<RawRequest> requests() const;

 private:
  void accept_all();
  void serve(int fd);

  Handler handler_;
  UniqueFd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<RawRequest> requests_;
  std::list<UniqueFd> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A whole HTTP answer.
[[nodiscard]] std::string http_answer(int status, std::string_view headers, std::string_view body);
[[nodiscard]] std::string http_json(int status, std::string_view body);

// One request over a raw socket; everything that comes back until the server closes.
[[nodiscard]] std::string exchange_raw(int port, std::string_view request);
[[nodiscard]] UniqueFd connect_to(int port);

}  // namespace heygen::client::testing
