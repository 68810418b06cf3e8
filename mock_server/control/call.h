// A control call that was let in and has a route, as its handler sees it.
#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mock_server/control/options.h"
#include "mock_server/control/query.h"
#include "mock_server/sandbox/registry.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::control {

// Lives as long as the call; so does all that it refers to, but for the sandbox, which a handler
// may keep.
struct Call {
  const wire::Request& request;
  const Query& query;
  const nlohmann::json& body;  // an empty object when none was sent
  std::string id;              // the {id} of the route's pattern, decoded

  Registry& registry;
  std::shared_ptr<Sandbox> sandbox;  // null where the route is about no sandbox in particular
  std::string_view sandbox_name;     // as called
  std::string_view base;             // what URLs of that sandbox begin with
  const ControlOptions& options;
  std::mutex& changing;  // held while something is read, changed and put back
};

// What URLs of sandbox `name` begin with, for the one who made this call.
std::string url_of(const Call& call, std::string_view name);

}  // namespace heygen::mock::control
