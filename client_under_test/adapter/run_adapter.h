// The adapter as a program: lines on one descriptor, answers on another, its log on a third.
#pragma once

#include <string>

#include "client_under_test/lib/curl_transport.h"
#include "client_under_test/lib/log.h"
#include "client_under_test/lib/seams.h"

namespace heygen::client {

struct AdapterProgram {
  int in = 0;
  int out = 1;
  int log = 2;
  Seams seams{};
  std::string version{};
  TransportOptions transport{};
};

// Returns the exit code as soon as the input ends; what is under way then is cancelled. SIGPIPE
// must be ignored.
[[nodiscard]] int run_adapter(AdapterProgram program);

// A log that writes whole lines to a descriptor.
[[nodiscard]] Log log_to(int fd);

}  // namespace heygen::client
