#include "conformance/subjects/pty_activity.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

std::string folder_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

// The process and all below it; those that end meanwhile are left out.
std::vector<pid_t> family(pid_t pid) {
  std::vector<pid_t> all{pid};
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::error_code gone;
    for (fs::directory_iterator task(folder_of(all[i]) + "/task", gone), end; !gone && task != end;
         task.increment(gone)) {
      std::ifstream children(task->path() / "children");
      for (pid_t child = 0; children >> child;) all.push_back(child);
    }
  }
  return all;
}

// proc(5): the name in parentheses may hold anything; the state comes after it, utime and stime are
// the eleventh and twelfth fields after that.
void add_use(const fs::path& stat, ProcessorUse& use) {
  std::ifstream file(stat);
  std::string line;
  if (!std::getline(file, line)) return;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  fields >> state;
  if (state == "R" || state == "D") use.running = true;
  std::uint64_t value = 0;
  std::string skipped;
  for (int i = 0; i < 10; ++i) fields >> skipped;
  for (int i = 0; i < 2 && fields >> value; ++i) use.ticks += value;
}

std::set<std::string> sockets_of(pid_t pid) {
  constexpr std::string_view kSocket = "socket:[";
  std::set<std::string> inodes;
  std::error_code gone;
  for (fs::directory_iterator fd(folder_of(pid) + "/fd", gone), end; !gone && fd != end;
       fd.increment(gone)) {
    std::error_code closed;
    const std::string target = fs::read_symlink(fd->path(), closed).string();
    if (!target.starts_with(kSocket)) continue;
    inodes.insert(target.substr(kSocket.size(), target.size() - kSocket.size() - 1));
  }
  return inodes;
}

// "0100007F:1F90" -> 0x1F90
std::uint32_t port_of(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return 0;
  const std::string_view digits = address.substr(colon + 1);
  std::uint32_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
  return port;
}

// The inodes of established connections to the port.
std::set<std::string> connections_to(std::uint16_t port) {
  constexpr std::string_view kEstablished = "01";
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // the heading
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::array<std::string, 10> field;
      for (std::string& one : field) fields >> one;
      if (field[3] == kEstablished && port_of(field[2]) == port) inodes.insert(field[9]);
    }
  }
  return inodes;
}

}  // namespace

ProcessorUse processor_use(pid_t pid) {
  ProcessorUse use;
  for (const pid_t one : family(pid)) {
    std::error_code gone;
    for (fs::directory_iterator task(folder_of(one) + "/task", gone), end; !gone && task != end;
         task.increment(gone)) {
      add_use(task->path() / "stat", use);
    }
  }
  return use;
}

bool is_connected_to(pid_t pid, std::uint16_t port) {
  const std::set<std::string> connections = connections_to(port);
  if (connections.empty()) return false;
  for (const pid_t one : family(pid)) {
    for (const std::string& inode : sockets_of(one)) {
      if (connections.contains(inode)) return true;
    }
  }
  return false;
}

}  // namespace heygen::conformance
