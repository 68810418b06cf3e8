// Registry: where other processes work on the same stores.
#include <algorithm>

#include "mock_server/sandbox/registry.h"

namespace heygen::mock {

std::shared_ptr<Sandbox> Registry::find_shared(std::string_view name) {
  if (auto found = known(name)) {
    try {
      found->catch_up();
      return found;
    } catch (const StoreGone&) {
      drop(found);
    }
  }
  if (!is_sandbox_name(name)) return nullptr;
  const std::lock_guard lock{making_};
  if (auto found = known(name)) return found;
  if (name == kDefaultSandbox) {  // there always is one
    return open(name, blueprint_);
  }
  auto opened = blueprint_.stores->reopen(name);
  if (!opened) return nullptr;
  if (!has_room_for(name)) drop_all_but(blueprint_.stores->names());
  auto made = std::make_shared<Sandbox>(std::string{name}, base_, blueprint_, std::move(*opened));
  put(made);
  return made;
}

std::vector<std::shared_ptr<Sandbox>> Registry::all() {
  if (!shared()) return here();
  const auto names = blueprint_.stores->names();
  drop_all_but(names);
  std::vector<std::shared_ptr<Sandbox>> out;
  for (const std::string& name : names) {
    if (auto sandbox = find(name)) out.push_back(std::move(sandbox));
  }
  return out;
}

void Registry::drop(const Made& sandbox) {
  const std::lock_guard lock{mutex_};
  const auto found = sandboxes_.find(sandbox->name());
  if (found != sandboxes_.end() && found->second == sandbox) sandboxes_.erase(found);
}

// Others have removed them; nobody has asked here for them since.
void Registry::drop_all_but(const std::vector<std::string>& names) {
  std::vector<Made> last;  // let go of after the lock
  const std::lock_guard lock{mutex_};
  std::erase_if(sandboxes_, [&](auto& entry) {
    if (std::ranges::binary_search(names, entry.first)) return false;
    last.push_back(std::move(entry.second));
    return true;
  });
}

}  // namespace heygen::mock
