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
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"
#include "mock_server/core/store.h"
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
//
// Where they are kept in a store, rules, ids and counts outlive the process: then everything here
// may throw StoreUnavailable, and changed nothing.
class Faults {
 public:
  static constexpr std::size_t kMostRules = 1024;

  Faults();
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // Arms the rule; its id ("fault-1", …), or nothing when kMostRules are armed.
  std::optional<std::string> add(FaultRule rule, TimePoint now);
  // All of them, or none when that were too many.
  std::optional<std::vector<std::string>> add(std::vector<FaultRule> rules, TimePoint now);
  // Both let go of whatever a barrier holds. Ids are not given again.
  bool remove(std::string_view id);
  void clear();
  // In place of those before, if `instead`. `keep` gets the note that says what is armed then, the
  // faults held: when it throws, nothing was changed.
  using Keep = std::function<void(std::string note)>;
  std::optional<std::vector<std::string>> add(std::vector<FaultRule> rules, TimePoint now,
                                              bool instead, const Keep& keep);

  // Takes what the store's note says, and keeps all that changes there from now on. The store must
  // outlive it, or end().
  static constexpr std::string_view kNote = "faults";
  void keep_in(Store& store);
  // Lets go of all, here; what is kept in a store stays there.
  void end();
  [[nodiscard]] std::vector<FaultState> list(TimePoint now) const;

  // Counts the request and says which rule fires, if any. Cheap when no rule is armed.
  [[nodiscard]] std::optional<Firing> match(const FaultQuery& query, TimePoint now);

 private:
  struct Armed;
  using List = std::vector<std::shared_ptr<Armed>>;
  void replace(List list, std::uint64_t last_id, const Keep& keep);
  bool takes(Armed& armed);

  mutable std::mutex mutex_;
  Store* store_ = nullptr;  // null: kept nowhere
  List armed_;
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
