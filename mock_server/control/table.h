// Every call of the control API as a row of data: what exists, what it takes, who answers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/control/call.h"

namespace heygen::mock::control {

enum class About : std::uint8_t {
  server,   // needs no sandbox, and makes none
  sandbox,  // acts on the one that was called
};
enum class Body : std::uint8_t { none, json };

struct Route {
  std::string_view method;
  std::string_view pattern;     // "tokens/{id}/expire"; "" is the root
  std::string_view parameters;  // of the URL, separated by spaces
  Body body;
  About about;
  std::string_view summary;
  wire::Response (*handle)(const Call&);
};

std::span<const Route> routes() noexcept;

struct Match {
  const Route* route = nullptr;  // null: see below
  std::string id;                // the segment at {id}, still encoded
  std::string allowed;  // the methods that the path has ("GET, HEAD, PUT"); "": no such path
};
// `path` without a leading '/'. HEAD is answered where GET is.
Match match(std::string_view method, std::string_view path);

// The patterns that exist, for a caller who missed: those that begin with the same word as `path`,
// or all of them.
std::string nearest_patterns(std::string_view path);

}  // namespace heygen::mock::control
