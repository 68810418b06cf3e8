// The vendor's surface as one table: which method on which path is which function. 404, 405, HEAD
// and OPTIONS are decided from it, and nowhere else.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/endpoint.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

class Fixtures;

using Handler = Answer (*)(const Call& call, const Visit& visit, const Fixtures& fixtures);

struct Route {
  std::string_view method;  // "GET" answers HEAD as well; "*": the handler decides
  std::string_view path;    // exact
  std::string_view name;
  Endpoint endpoint = Endpoint::none;
  Handler handle = nullptr;
  std::string_view host;  // only where the Host field says so; "": anywhere
};

// All but the API's, whose paths are the fixtures'.
std::span<const Route> routes() noexcept;

struct RouteMatch {
  const Route* route = nullptr;    // null: 404, or, where the path is known, 405 or OPTIONS
  const Route* sibling = nullptr;  // a route of the same path with another method
};
// `host` as in the Host field: a port is ignored.
RouteMatch find_route(std::string_view method, std::string_view path,
                      std::string_view host) noexcept;

// The Allow field of a path in the table: "POST, OPTIONS".
std::string allowed_methods(std::string_view path);

// The path that was probably meant ("/v1/oauth/token" for "/oauth/token"); "" when none comes near.
std::string_view nearest_path(std::string_view path) noexcept;

}  // namespace heygen::mock
