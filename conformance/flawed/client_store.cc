// Flaws in how the tokens are written. The store's folder is where the refresh that holds its lock
// has the lock open.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;
using client::RefreshRules;
using Save = std::function<void()>;

// The file of tokens beside each lock that is held.
std::vector<fs::path> files_in_use() {
  std::vector<fs::path> files;
  std::error_code gone;
  for (const auto& fd : fs::directory_iterator("/proc/self/fd", gone)) {
    fs::path target = fs::read_symlink(fd.path(), gone);
    if (gone || target.extension() != ".lock") continue;
    files.push_back(target.replace_extension(".json"));
  }
  return files;
}

void for_all_to_read(const Save& save) {
  save();
  std::error_code gone;
  for (const fs::path& file : files_in_use()) fs::permissions(file, fs::perms{0644}, gone);
}

// The old text goes, and after a while on a slow disk the new one comes.
void in_place(const Save& save) {
  constexpr std::chrono::milliseconds kSlowDisk{30};
  for (const fs::path& file : files_in_use()) {
    std::error_code gone;
    if (fs::exists(file, gone)) fs::resize_file(file, 0, gone);
  }
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  nobody.wait_for(lock, kSlowDisk, [] { return false; });
  save();
}

constexpr std::array kClientStoreFlaws{
    Flaw{.id = "cm144-store-for-all-to-read",
         .summary = "after a refresh the file of tokens has mode 0644",
         .intended = {"store.permissions"},
         .plant = replace<&RefreshRules::persist, for_all_to_read>},
    Flaw{.id = "cm145-store-in-place",
         .summary = "empties the file of tokens before it writes it anew",
         .intended = {"refresh.persist-atomic"},
         .plant = replace<&RefreshRules::persist, in_place>},
};

}  // namespace

std::span<const Flaw> store_flaws() { return kClientStoreFlaws; }

}  // namespace heygen::conformance
