// The faults that are armed in a sandbox.
//
//   auto firing = faults.match({endpoint, grant_type, client_id, path}, clock.now());
//   if (firing) if (auto answer = before(*firing, request, random)) return *answer;
//   Response response = route(request);
//   if (firing) after(*firing, request, response, random);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"
#include "mock_server/faults/rule.h"

namespace heygen::mock {

class Barrier;

struct FaultQuery {
  Endpoint endpoint = Endpoint::none;
  std::string_view grant_type;
  std::string_view client_id;
  std::string_view path;
};

// A rule that fires for one request.
struct Firing {
  std::string id;
  std::shared_ptr<const FaultRule> rule;
  std::shared_ptr<Barrier> barrier;  // null without one
  Endpoint endpoint = Endpoint::none;
  std::string path;  // without the sandbox's prefix: which family of the API answers
};

struct FaultState {
  std::string id;
  std::shared_ptr<const FaultRule> rule;
  std::uint64_t matched = 0;  // requests in its scope
  std::uint64_t fired = 0;
  std::optional<std::uint64_t> remaining;  // how often it may still fire; nothing: without limit
  std::optional<TimePoint> expires_at;
  bool expired = false;
};

// Thread-safe. Rules are asked in the order they were added; the first that fires wins, and those
// behind it do not count the request that it took. An expired rule counts nothing; it lives again
// when the clock is moved back.
class Faults {
 public:
  static constexpr std::size_t kMostRules = 1024;

  Faults();
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // Arms the rule; its id ("fault-1", …), or nothing when kMostRules are armed.
  std::optional<std::string> add(FaultRule rule, TimePoint now);
  // Both let go of whatever a barrier holds. Ids are not given again.
  bool remove(std::string_view id);
  void clear();
  [[nodiscard]] std::vector<FaultState> list(TimePoint now) const;

  // Counts the request and says which rule fires, if any. Cheap when no rule is armed.
  [[nodiscard]] std::optional<Firing> match(const FaultQuery& query, TimePoint now);

 private:
  struct Armed;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Armed>> armed_;
  std::atomic<std::size_t> armed_count_{0};  // so that idle faults cost no lock
  std::uint64_t last_id_ = 0;
};

// Holds the request while the rule's barrier says so; then, when the rule replaces the answer
// before the rules of OAuth saw the request, the answer (FaultStage says which rules do). Delays
// are part of the answer's delivery. Every answer that a rule fired for has X-Mock-Fault: ID.
std::optional<wire::Response> before(const Firing& firing, const wire::Request& request,
                                     RandomSource& random);
// Spoils the answer that was decided. Does nothing for what `before` did already.
void after(const Firing& firing, const wire::Request& request, wire::Response& response,
           RandomSource& random);

}  // namespace heygen::mock
