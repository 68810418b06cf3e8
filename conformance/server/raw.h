// Bytes as they are, and many requests at the same instant: what libcurl's requests cannot do.
// Connections are libcurl's all the same, so that https works too.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/server/http.h"

namespace heygen::conformance {

// One connection. Used by one thread.
class RawConnection {
 public:
  // Connects to the URL's host.
  static Outcome<std::unique_ptr<RawConnection>> open(std::string_view url,
                                                      const HttpOptions& options);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // False when the connection broke before all was sent.
  bool send(std::string_view bytes);
  // One answer. Failure::Origin::gone: the connection ended before it was whole.
  Outcome<mock::wire::Response> receive();

 private:
  struct Handle;
  explicit RawConnection(std::unique_ptr<Handle> handle);
  bool fill();

  std::unique_ptr<Handle> handle_;
  std::string buffer_;
  bool late_ = false;
};

// All of them at once, each on a connection of its own: every request but its last byte is there
// before the first last byte is sent. In the order of the requests.
std::vector<Outcome<mock::wire::Response>> send_at_once(const std::vector<HttpRequest>& requests,
                                                        const HttpOptions& options);

}  // namespace heygen::conformance
