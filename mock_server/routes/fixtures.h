// What the API answers, from files: an integrator adds an endpoint by adding one.
//
//   {
//     "method": "GET",                      or POST, PUT, PATCH, DELETE; GET answers HEAD as well
//     "path": "/v3/videos/{video_id}",      a segment in braces matches any one
//     "auth": "bearer",                     or "api_key": only for callers of that kind
//     "status": 200,
//     "headers": {"X-Name": "value"},
//     "body": {"data": {"email": "{{user.email}}"}},
//     "job": {                              instead of "body": by the age of a job
//       "id": "{{path.video_id}}",
//       "states": [{"after": "0s", "body": …}, {"after": "30s", "body": …}],
//       "failed": [{"after": "0s", "body": …}, …],    of a job that fails; absent: as above
//       "unknown": {"status": 404, "body": …}
//     },
//     "event": {                            beside "body": how the job that begins here ends, which
//       "after": "60s",                     webhook endpoints are told then
//       "complete": {"type": "avatar_video.success", "data": …},
//       "fail": {"type": "avatar_video.fail", "data": …}
//     },
//     "action": "webhook.add"               instead of "body": what the mock does itself, one of
//   }                                       webhook.add, .list, .update, .delete, .rotate-secret
//
// Placeholders in a body: user.id, user.email, user.first_name, user.last_name (of the user who
// approved, or the default one), now, now.date, now.epoch (the sandbox's time), id (32 new hex
// digits), job.new (the id of the job that begins now), job.id (inside "job" and "event"),
// job.created.epoch (inside "job"), path.NAME, query.NAME, body.NAME (a member of the request's
// JSON).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/routes/fixture_body.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

struct FixtureAnswer {
  int status = 200;
  FixtureBody body;
};

struct FixtureJob {
  struct State {
    std::chrono::milliseconds after{0};
    FixtureAnswer answer;
  };
  FixtureBody id;             // a JSON string
  std::vector<State> states;  // by age, the first from the beginning on
  std::vector<State> failed;  // of a job that fails; empty: the same
  FixtureAnswer unknown;
};

// How the job that an answer begins will end.
struct FixtureEvent {
  struct End {
    std::string type;  // "avatar_video.success"
    FixtureBody data;
  };
  std::chrono::milliseconds after{0};
  End complete;
  End fail;
};

// What a file cannot say: it needs to remember.
enum class FixtureAction : std::uint8_t {
  webhook_add,
  webhook_list,
  webhook_update,
  webhook_delete,
  webhook_rotate_secret,
};

struct Fixture {
  std::string method;
  std::string path;
  std::optional<bool> by_api_key;  // absent: for every caller
  std::vector<std::pair<std::string, std::string>> headers;
  FixtureAnswer answer;
  std::optional<FixtureJob> job;
  std::optional<FixtureEvent> event;
  std::optional<FixtureAction> action;
};

// Immutable once made; safe to use from any thread.
class Fixtures {
 public:
  // The built-in ones, and those of the folder, which replace what has the same method, path and
  // auth. Throws BadInput, whose key begins with the file's name. "": no folder.
  explicit Fixtures(std::string_view dir = "");

  struct Match {
    const Fixture* fixture = nullptr;
    // The segments in braces, by name. Views into the fixture and into the path that was asked for.
    std::vector<std::pair<std::string_view, std::string_view>> path;
  };
  [[nodiscard]] Match find(std::string_view method, std::string_view path, bool by_api_key) const;
  // "GET, HEAD, OPTIONS"; "" for a path that no fixture has.
  [[nodiscard]] std::string allowed_methods(std::string_view path) const;

  [[nodiscard]] const std::vector<Fixture>& all() const noexcept { return fixtures_; }

 private:
  void add(std::string_view text, const std::string& file);

  std::vector<Fixture> fixtures_;
};

// Throws BadInput.
Fixture parse_fixture(std::string_view text);

}  // namespace heygen::mock
