// For tests: a bare TCP client that sends what it is told and shows what came, to the byte.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::wire::testing {

class RawClient {
 public:
  enum class End : std::uint8_t { open, fin, reset };

  // Connects to 127.0.0.1. `receive_buffer` > 0 makes a peer that takes little at a time.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);

  // False when the connection broke before all was sent.
  bool send(std::string_view bytes);
  // FIN: nothing more will be sent.
  void finish();

  // Reads one response: its head, and as many bytes of body as Content-Length says.
  std::string response();
  // Reads until the peer ends the connection; end() says how.
  std::string rest();
  // Reads until `text` has been seen (or the connection ends), and returns all up to its end.
  std::string until(std::string_view text);
  // Reads at most once, up to `size` bytes.
  std::string some(std::size_t size);

  [[nodiscard]] End end() const noexcept { return end_; }
  [[nodiscard]] bool connected() const noexcept { return fd_.valid(); }

 private:
  bool fill();

  UniqueFd fd_;
  std::string buffer_;
  End end_ = End::open;
};

// "METHOD target" with a Host field, and a body with its length when there is one.
std::string request(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view fields = {});

// The status of a response, 0 when there is none; and its body.
int status_of(std::string_view response);
std::string body_of(std::string_view response);

}  // namespace heygen::mock::wire::testing
