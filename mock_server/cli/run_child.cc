#include "mock_server/cli/run_child.h"

#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace heygen::mock {
namespace {

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto name = text.substr(0, text.find('='));
    if (std::ranges::find(variables, name, &Variables::value_type::first) == variables.end()) {
      out.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) out.emplace_back(name).append("=").append(value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Child start_child(std::vector<std::string> command, const Variables& variables,
                  const sigset_t& signals) {
  auto environment = environment_with(variables);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&attributes, &signals);
  Child child;
  child.error = ::posix_spawnp(&child.pid, command.front().c_str(), nullptr, &attributes,
                               pointers(command).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  return child;
}

}  // namespace heygen::mock
