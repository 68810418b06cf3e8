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

Registry::Registry(const Clock& base, SandboxBlueprint blueprint)
    : base_(base), blueprint_(std::move(blueprint)) {
  find_or_create(kDefaultSandbox);
}

std::shared_ptr<Sandbox> Registry::find(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  const auto found = sandboxes_.find(name);
  return found == sandboxes_.end() ? nullptr : found->second;
}

std::shared_ptr<Sandbox> Registry::find_or_create(std::string_view name) {
  if (!is_sandbox_name(name)) return nullptr;
  const std::lock_guard lock{mutex_};
  if (const auto found = sandboxes_.find(name); found != sandboxes_.end()) return found->second;
  if (sandboxes_.size() >= kMostSandboxes) return nullptr;
  auto made = std::make_shared<Sandbox>(std::string{name}, base_, blueprint_);
  sandboxes_.emplace(name, made);
  return made;
}

std::shared_ptr<Sandbox> Registry::create(std::string_view name,
                                          const SandboxBlueprint& blueprint) {
  if (!is_sandbox_name(name)) return nullptr;
  auto made = std::make_shared<Sandbox>(std::string{name}, base_, blueprint);
  const std::lock_guard lock{mutex_};
  if (sandboxes_.size() >= kMostSandboxes && !sandboxes_.contains(name)) return nullptr;
  sandboxes_.insert_or_assign(std::string{name}, made);
  return made;
}

bool Registry::remove(std::string_view name) {
  if (name == kDefaultSandbox) return create(name, blueprint_) != nullptr;
  std::shared_ptr<Sandbox> last;  // let go of after the lock
  const std::lock_guard lock{mutex_};
  const auto found = sandboxes_.find(name);
  if (found == sandboxes_.end()) return false;
  last = std::move(found->second);
  sandboxes_.erase(found);
  return true;
}

std::vector<std::shared_ptr<Sandbox>> Registry::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<Sandbox>> out;
  out.reserve(sandboxes_.size());
  for (const auto& [name, sandbox] : sandboxes_) out.push_back(sandbox);
  return out;
}

}  // namespace heygen::mock
