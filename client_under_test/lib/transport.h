// HTTP, as a seam.
#pragma once

#include "client_under_test/lib/http.h"
#include "client_under_test/lib/result.h"

namespace heygen::client {

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // One request, one answer, whatever its status; redirects are answers like any other. Fails with
  // ErrorKind::transport when no complete answer came, and with unsafe_response when it is too
  // large. Header values are sent as they are: whoever puts a value from outside into one judges it
  // first. Thread-safe.
  virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

}  // namespace heygen::client
