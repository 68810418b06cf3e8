// The sandboxes by name.
#pragma once

#include <cstddef>
#include <functional>
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
// must outlive the registry. Whatever makes or removes one may throw StoreUnavailable, and changed
// nothing then.
class Registry {
 public:
  static constexpr std::size_t kMostSandboxes = 10'000;

  using Declared = std::map<std::string, SandboxBlueprint, std::less<>>;

  // Makes the default sandbox and the declared ones, which have blueprints of their own, and finds
  // again those that the blueprint's stores keep.
  Registry(const Clock& base, SandboxBlueprint blueprint, const Declared& declared = {});

  // Null: unknown. Where other processes work on the same stores, as they have left it: then it may
  // throw StoreUnavailable.
  std::shared_ptr<Sandbox> find(std::string_view name);
  // Null when the name is no name, or there are kMostSandboxes.
  std::shared_ptr<Sandbox> find_or_create(std::string_view name);
  // With another blueprint than the registry's; replaces what was there.
  std::shared_ptr<Sandbox> create(std::string_view name, const SandboxBlueprint& blueprint);
  // False when unknown. The default sandbox is made anew instead.
  bool remove(std::string_view name);
  [[nodiscard]] std::vector<std::shared_ptr<Sandbox>> all();  // by name; may throw as find() may
  [[nodiscard]] std::vector<std::shared_ptr<Sandbox>> here() const;  // those this process has used

  [[nodiscard]] const SandboxBlueprint& blueprint() const noexcept { return blueprint_; }

 private:
  using Made = std::shared_ptr<Sandbox>;
  [[nodiscard]] Made known(std::string_view name) const;
  [[nodiscard]] bool shared() const { return blueprint_.stores && blueprint_.stores->shared(); }
  Made find_shared(std::string_view name);
  void drop(const Made& sandbox);
  void drop_all_but(const std::vector<std::string>& names);
  [[nodiscard]] bool has_room_for(std::string_view name) const;
  void put(const Made& sandbox);
  // Null: no name, or no room.
  Made open(std::string_view name, const SandboxBlueprint& blueprint);

  const Clock& base_;
  const SandboxBlueprint blueprint_;
  const std::shared_ptr<JournalTotal> journals_ = std::make_shared<JournalTotal>();
  // Held by whoever makes or removes one: a store may take its time, and those that look for
  // another sandbox meanwhile must not wait for it.
  std::mutex making_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Sandbox>, std::less<>> sandboxes_;
};

}  // namespace heygen::mock
