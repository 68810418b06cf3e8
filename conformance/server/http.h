// The suite's own way to send a well-formed request: libcurl, no redirect followed, the answer as a
// value.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "conformance/subject.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  mock::wire::Headers headers;
  std::string body;
};

struct HttpOptions {
  std::chrono::milliseconds timeout{5000};  // of a whole exchange
  std::string ca_file;                      // "": the system's
  bool cookies = false;                     // keeps them, as a browser does
  std::stop_token stop = {};                // once asked for, nothing is waited for any more
};

// Connections are kept between requests. Used by one thread.
class Http {
 public:
  explicit Http(HttpOptions options);  // throws std::runtime_error when libcurl cannot
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Failure: no answer, or none that is HTTP; its message names no parameter.
  [[nodiscard]] Outcome<mock::wire::Response> send(const HttpRequest& request);

 private:
  struct Handle;
  const HttpOptions options_;
  std::unique_ptr<Handle> handle_;
};

// As its bytes would leave by HTTP/1.1: for those who want to spoil them.
std::string to_bytes(const HttpRequest& request);

}  // namespace heygen::conformance
