// The control API, `/_mock/…` (contract §3): JSON in, JSON out, refusals as problem details
// (RFC 9457). It changes sandboxes; the vendor's surface knows nothing of it, and no fault acts on
// it.
#pragma once

#include <memory>
#include <string_view>

#include "mock_server/control/options.h"
#include "mock_server/sandbox/registry.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// Thread-safe. The registry must outlive it.
class Control {
 public:
  static constexpr std::size_t kLargestBody = std::size_t{1024} * 1024;

  Control(Registry& registry, ControlOptions options);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // `path` is what follows "/_mock": "", "/", "/clock", "/tokens/fp-0123456789ab/expire". A sandbox
  // that is not there comes into being by a call that is let in and has a route. `base` is what
  // URLs of that sandbox begin with, as the caller sees the server. Never throws.
  [[nodiscard]] wire::Response answer(const wire::Request& request, std::string_view sandbox,
                                      std::string_view path, std::string_view base);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::mock
