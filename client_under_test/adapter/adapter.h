// The client behind a line protocol: one JSON object a line in, one a line out, so that a
// conformance suite can drive it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "client_under_test/adapter/worker_pool.h"
#include "client_under_test/lib/client.h"

namespace heygen::client {

// What the adapter's clients are made of. What is referred to outlives the adapter.
struct AdapterParts {
  Clock& clock;
  std::function<void(Instant)> set_time;  // of that clock
  RandomSource& random;
  Transport& transport;
  Seams seams{};
  std::string name = "heygen-client";
  std::string version{};
  Log log{};
};

class Adapter {
 public:
  // `write` gets each answer, without a line end; it is never called twice at a time.
  Adapter(AdapterParts parts, std::function<void(std::string_view line)> write);
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  ~Adapter();

  // Answers, sooner or later and in any order; what only touches memory or disk is answered before
  // this returns. From one thread at a time.
  void handle(std::string_view line);
  // For a line that could not be read as a whole.
  void refuse(std::string_view why);
  // Ends what is under way and answers no more.
  void stop();

 private:
  struct Configured;
  struct Request;
  struct Operation;

  void run(const Operation& operation, const Request& request);
  void answer(std::string_view id, const Result<std::string>& result);
  std::shared_ptr<Configured> configured();

  // The current client and the session that the request names.
  Result<std::pair<std::shared_ptr<Configured>, std::string>> session_of(const Request& request);

  Result<std::string> hello(const Request& request);
  Result<std::string> configure(const Request& request);
  Result<std::string> set_time(const Request& request);
  Result<std::string> begin_login(const Request& request);
  Result<std::string> begin_device_login(const Request& request);
  Result<std::string> callback(const Request& request);
  Result<std::string> visit(const Request& request);
  Result<std::string> call_api(const Request& request);
  Result<std::string> download(const Request& request);
  Result<std::string> refresh(const Request& request);
  Result<std::string> logout(const Request& request);
  Result<std::string> state(const Request& request);
  static const Operation* find_operation(std::string_view name);

  AdapterParts parts_;
  const std::function<void(std::string_view)> write_;
  std::mutex write_mutex_;
  std::mutex mutex_;  // of configured_
  std::shared_ptr<Configured> configured_;
  WorkerPool workers_;
};

}  // namespace heygen::client
