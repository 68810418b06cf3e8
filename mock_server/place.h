// Where a request belongs: which sandbox, and what of its target is below that sandbox's root.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::mock {

struct Place {
  std::string sandbox;     // may be no name at all: "/s/No Such/": the registry refuses it
  std::size_t at = 0;      // where the target names the sandbox
  std::size_t prefix = 0;  // how many bytes of it do: "/s/NAME"
  std::string base;        // what URLs of this sandbox begin with, as the caller sees this server
};

// By path ("/s/NAME/…") before host ("NAME.localhost", in any case: RFC 9110 §4.2.3) before the
// name given to the proxy; else the default sandbox. The metadata of sandbox NAME is also where
// RFC 8414 §3.1 puts it: "/.well-known/…/s/NAME". `own_url` stands in for a Host header that is
// missing or cannot be one.
Place place_of(const wire::Request& request, std::span<const std::string> host_suffixes,
               std::string_view own_url);

}  // namespace heygen::mock
