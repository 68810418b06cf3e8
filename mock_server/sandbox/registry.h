// The sandboxes by name.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

inline constexpr std::string_view kDefaultSandbox = "default";

// [a-z0-9-]{1,64}
bool is_sandbox_name(std::string_view name) noexcept;

// Thread-safe. A sandbox that is removed lives on for the requests that hold it. The base clock
// must outlive the registry.
class Registry {
 public:
  static constexpr std::size_t kMostSandboxes = 10'000;

  Registry(const Clock& base, SandboxBlueprint blueprint);  // makes the default sandbox

  [[nodiscard]] std::shared_ptr<Sandbox> find(std::string_view name) const;  // null: unknown
  // Null when the name is no name, or there are kMostSandboxes.
  std::shared_ptr<Sandbox> find_or_create(std::string_view name);
  // With another blueprint than the registry's; replaces what was there.
  std::shared_ptr<Sandbox> create(std::string_view name, const SandboxBlueprint& blueprint);
  // False when unknown. The default sandbox is made anew instead.
  bool remove(std::string_view name);
  [[nodiscard]] std::vector<std::shared_ptr<Sandbox>> all() const;  // by name

  [[nodiscard]] const SandboxBlueprint& blueprint() const noexcept { return blueprint_; }

 private:
  const Clock& base_;
  const SandboxBlueprint blueprint_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Sandbox>, std::less<>> sandboxes_;
};

}  // namespace heygen::mock
