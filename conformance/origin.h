// A second origin: a server that is nobody's, and remembers whatever it is sent.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "conformance/seen.h"
#include "mock_server/wire/listener.h"

namespace heygen::conformance {

// Serves on a port of its own until it is destroyed. Thread-safe.
class Origin {
 public:
  // Throws std::runtime_error when no port can be had.
  Origin();
  ~Origin();
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  [[nodiscard]] std::string url() const;        // "http://127.0.0.1:40001"
  [[nodiscard]] std::string named_url() const;  // "http://localhost:40001": another origin again

  // What it was sent, oldest first.
  [[nodiscard]] std::vector<Seen> seen() const;

  // Its answer to everything from now on; before that 200 and an empty JSON object.
  void answer_with(mock::wire::Response response);

 private:
  mock::wire::Response serve(const mock::wire::Request& request);

  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  mock::wire::Response answer_;
  std::unique_ptr<mock::wire::Listener> listener_;  // last: its threads use the rest
};

}  // namespace heygen::conformance
