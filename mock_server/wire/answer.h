// A response as bytes, ready to leave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mock_server/wire/message.h"

namespace heygen::mock::wire {

struct Answer {
  // How the end of the body is told.
  enum class Framing : std::uint8_t {
    length,       // Content-Length, or no body at all
    chunked,      // `endless` is sent in chunks
    until_close,  // the connection's end is the body's
  };

  std::string bytes;          // the head, then the body
  std::size_t head_size = 0;  // of `bytes`
  bool keep_alive = false;
  Framing framing = Framing::length;
  Delivery delivery;
  std::string endless;  // the piece to repeat when delivery.endless_bytes > 0
  std::function<void(std::shared_ptr<Outbox>)> stream;
  std::function<std::unique_ptr<Transport>(std::unique_ptr<Transport>, std::string early)> upgrade;
};

}  // namespace heygen::mock::wire
