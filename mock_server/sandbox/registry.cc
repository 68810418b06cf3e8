#include "mock_server/sandbox/registry.h"

#include <algorithm>
#include <utility>

namespace heygen::mock {

bool is_sandbox_name(std::string_view name) noexcept {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Registry::Registry(const Clock& base, SandboxBlueprint blueprint, const Declared& declared)
    : base_(base), blueprint_(std::move(blueprint)) {
  for (const auto& [name, own] : declared) open(name, own);
  if (!find(kDefaultSandbox)) open(kDefaultSandbox, blueprint_);
  if (!blueprint_.stores || shared()) return;
  for (const std::string& name : blueprint_.stores->names()) {
    if (!find(name)) open(name, blueprint_);
  }
}

std::shared_ptr<Sandbox> Registry::known(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  const auto found = sandboxes_.find(name);
  return found == sandboxes_.end() ? nullptr : found->second;
}

std::shared_ptr<Sandbox> Registry::find(std::string_view name) {
  return shared() ? find_shared(name) : known(name);
}

bool Registry::has_room_for(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  return sandboxes_.size() < kMostSandboxes || sandboxes_.contains(name);
}

void Registry::put(const Made& sandbox) {
  sandbox->journal().count_towards(journals_);
  Made last;  // let go of after the lock
  const std::lock_guard lock{mutex_};
  last = std::exchange(sandboxes_[sandbox->name()], sandbox);
}

Registry::Made Registry::open(std::string_view name, const SandboxBlueprint& blueprint) {
  if (!is_sandbox_name(name) || !has_room_for(name)) return nullptr;
  auto made = std::make_shared<Sandbox>(std::string{name}, base_, blueprint);
  put(made);
  return made;
}

std::shared_ptr<Sandbox> Registry::find_or_create(std::string_view name) {
  if (auto found = find(name)) return found;
  if (!is_sandbox_name(name)) return nullptr;
  const std::lock_guard lock{making_};
  if (auto found = known(name)) return found;
  return open(name, blueprint_);
}

std::shared_ptr<Sandbox> Registry::create(std::string_view name,
                                          const SandboxBlueprint& blueprint) {
  if (!is_sandbox_name(name)) return nullptr;
  const std::lock_guard lock{making_};
  if (!has_room_for(name)) return nullptr;
  if (!blueprint.stores) return open(name, blueprint);
  SandboxBlueprint described = blueprint;
  described.own = true;
  for (;;) {
    blueprint.stores->forget(name);
    auto made = open(name, described);
    // Another process that was asked for it in between may have begun it with its own blueprint.
    if (!made || made->started_here()) return made;
  }
}

bool Registry::remove(std::string_view name) {
  Made last;  // let go of after the locks
  if (!find(name)) return false;
  const std::lock_guard making{making_};
  if (!known(name)) return false;
  if (blueprint_.stores) blueprint_.stores->forget(name);
  if (name == kDefaultSandbox) {
    open(name, blueprint_);
    return true;
  }
  const std::lock_guard lock{mutex_};
  const auto found = sandboxes_.find(name);
  if (found == sandboxes_.end()) return true;  // who found its store gone has dropped it meanwhile
  last = std::move(found->second);
  sandboxes_.erase(found);
  return true;
}

std::vector<std::shared_ptr<Sandbox>> Registry::here() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<Sandbox>> out;
  out.reserve(sandboxes_.size());
  for (const auto& [name, sandbox] : sandboxes_) out.push_back(sandbox);
  return out;
}

}  // namespace heygen::mock
