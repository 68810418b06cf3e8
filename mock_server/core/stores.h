// Where the sandboxes' stores are: in a file, on a server, or what a test wants.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/store.h"

namespace heygen::mock {

struct OpenedStore {
  std::unique_ptr<Store> store;
  // How often it was opened since it was made, this time included. Whoever derives randomness from
  // a seed mixes it in, so that nothing is issued twice.
  std::uint64_t times = 1;
};

// Thread-safe. All of these may throw StoreUnavailable. The stores that it opened may outlive it.
class Stores {
 public:
  virtual ~Stores() = default;

  // What is kept under this name; an empty store when nothing is.
  virtual OpenedStore open(std::string_view sandbox) = 0;
  // Drops what is kept under this name. A store that was opened before may fail from now on; what
  // is written to it does not come back under this name.
  virtual void forget(std::string_view sandbox) = 0;
  [[nodiscard]] virtual std::vector<std::string> names() = 0;

  // Whether they outlive the process: then a sandbox keeps its configuration, its clock and its
  // faults there as well.
  [[nodiscard]] virtual bool lasting() const noexcept = 0;

  // Whether other processes work on the same sandboxes at the same time: then what a sandbox keeps
  // may change, and it may be removed, by somebody else.
  [[nodiscard]] virtual bool shared() const noexcept { return false; }
  // Whether there is a sandbox of this name, and all that it is to begin with is kept.
  [[nodiscard]] virtual bool keeps(std::string_view sandbox) {
    (void)sandbox;
    return false;
  }
};

}  // namespace heygen::mock
