#include "conformance/checks/command_lines.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "conformance/file_text.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

// Whom it was started by, and whose group it is in.
struct StartedBy {
  std::int64_t parent = 0;
  std::int64_t group = 0;
};
using Processes = std::map<std::int64_t, StartedBy>;

Processes all_processes() {
  Processes all;
  std::error_code gone;
  for (fs::directory_iterator entry("/proc", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const std::string name = entry->path().filename().string();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    // "1234 (the name, with whatever is in it) S 1 1234 …"
    const std::string stat = file_text(entry->path() / "stat");
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream rest(stat.substr(name_end + 1));
    std::string state;
    StartedBy origin;
    rest >> state >> origin.parent >> origin.group;
    all.emplace(std::stoll(name), origin);
  }
  return all;
}

bool comes_from(const Processes& all, std::int64_t process, std::int64_t root) {
  for (std::size_t steps = 0; steps <= all.size(); ++steps) {
    const auto found = all.find(process);
    if (process == root || (found != all.end() && found->second.group == root)) return true;
    if (found == all.end()) return false;
    process = found->second.parent;
  }
  return false;
}

}  // namespace

std::set<std::string> command_lines(std::optional<std::int64_t> process) {
  std::set<std::string> lines;
  const Processes all = all_processes();
  for (const auto& [id, origin] : all) {
    if (process && !comes_from(all, id, *process)) continue;
    std::string line = file_text(fs::path("/proc") / std::to_string(id) / "cmdline");
    std::ranges::replace(line, '\0', ' ');
    if (!line.empty()) lines.insert(std::move(line));
  }
  return lines;
}

CommandLines::CommandLines(std::optional<std::int64_t> process)
    : watcher_([this, process](const std::stop_token& stop) {
        constexpr std::chrono::milliseconds kBetweenLooks{5};
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
          lock.unlock();
          std::set<std::string> now = command_lines(process);
          lock.lock();
          seen_.merge(now);
          ended_.wait_for(lock, stop, kBetweenLooks, [] { return false; });
        }
      }) {}

CommandLines::~CommandLines() = default;

std::string CommandLines::seen() {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string& line : seen_) text += line + "\n";
  return text;
}

}  // namespace heygen::conformance
