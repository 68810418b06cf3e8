// A store that cannot be written, or not be read any more: said, and survived.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/file_text.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

constexpr Capabilities kStore{Capability::begin,    Capability::callback, Capability::state,
                              Capability::call_api, Capability::refresh,  Capability::restart,
                              Capability::store,    Capability::logs};
constexpr Capabilities kKept{Capability::begin, Capability::callback, Capability::state,
                             Capability::restart, Capability::store};

void write(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

// The folder is gone, and a file in its place: nobody can write there, not even root. Nobody can
// read there either.
class FolderInTheWay {
 public:
  explicit FolderInTheWay(fs::path folder) : folder_(std::move(folder)), aside_(folder_) {
    aside_ += ".aside";
    fs::rename(folder_, aside_);
    write(folder_, "");
  }
  ~FolderInTheWay() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    fs::rename(aside_, folder_, ignored);
  }
  FolderInTheWay(const FolderInTheWay&) = delete;
  FolderInTheWay& operator=(const FolderInTheWay&) = delete;
  [[nodiscard]] const fs::path& aside() const { return aside_; }

 private:
  const fs::path folder_;
  fs::path aside_;
};

// All that is in the folder can be read, and nothing written; for who is not root.
class ReadOnlyFolder {
 public:
  explicit ReadOnlyFolder(const fs::path& folder) : paths_{folder} {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_symlink()) paths_.push_back(entry.path());
    }
    allow(fs::perm_options::remove);
  }
  ~ReadOnlyFolder() { allow(fs::perm_options::add); }
  ReadOnlyFolder(const ReadOnlyFolder&) = delete;
  ReadOnlyFolder& operator=(const ReadOnlyFolder&) = delete;

 private:
  void allow(fs::perm_options how) const {
    std::error_code ignored;
    for (const fs::path& path : paths_) fs::permissions(path, fs::perms::owner_write, how, ignored);
  }
  std::vector<fs::path> paths_;
};

Verdict failure_reported(Trial& trial) {
  trial.login();
  if (filled_files(trial.store_dir()).empty()) {
    return not_applicable("the client keeps nothing in its store's folder");
  }
  const std::size_t said = trial.logs().size();
  std::optional<FolderInTheWay> gone;
  std::optional<ReadOnlyFolder> shut;
  if (::geteuid() == 0) {
    gone.emplace(trial.store_dir());
  } else {
    shut.emplace(trial.store_dir());
  }
  const Mark before = trial.mark();
  const auto done = trial.refresh();
  const auto refreshes = trial.refreshes(before);
  if (refreshes.empty()) {
    return not_applicable(
        gone ? "the client reads its folder before it refreshes, and root can only "
               "be kept from writing there by taking it away: run as another user"
             : "the client did not refresh: it may write before it does");
  }
  if (!done) return passed();  // the caller was told
  const std::string fresh = json_text(refreshes.back().response(), "refresh_token");
  const fs::path folder = gone ? gone->aside() : trial.store_dir();
  if (!fresh.empty() && any_holds(filled_files(folder), fresh)) {
    return not_applicable("the client writes to a file that it has open");
  }
  if (trial.logs().size() > said) return passed();
  return failed("an error or a line in the log when the tokens cannot be stored", "silence");
}

// As a full disk, a crash or another program leaves a file.
std::vector<std::string> damaged(std::string_view whole) {
  return {std::string(whole.substr(0, whole.size() / 2)),
          std::string("\0\xff{]garbage\n", 12),
          "",
          "null",
          "[]",
          "{}"};
}

Verdict corrupt_tolerated(Trial& trial) {
  trial.login();
  const std::size_t variants = damaged("").size();
  for (std::size_t variant = 0; variant < variants; ++variant) {
    const auto files = filled_files(trial.store_dir());
    if (files.empty()) return not_applicable("the client keeps nothing in its store's folder");
    trial.kill();
    for (const fs::path& file : files) write(file, damaged(file_text(file))[variant]);
    try {
      trial.restart();
      (void)trial.state();
      trial.login();
    } catch (const CheckEnded& ended) {
      return failed("a start and a new login with a damaged store", ended.verdict.message);
    }
  }
  return passed();
}

constexpr Check kRefreshStoreChecks[] = {
    {.id = "refresh.persist-failure-reported",
     .title = "Tokens that cannot be stored are not passed over in silence",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "a refresh while nothing can be written to the store: a file in place of its "
                 "folder, or, unless it runs as root, a folder that can be read alone",
     .requires_ = "The refresh fails, or the log has a line more.",
     .mend = "Log that the tokens could not be stored: the user will have to log in again.",
     .motive = "heygen-cli PersistFailure_WarnsToStderr",
     .needs = kStore,
     .own_process = true,
     .run = &failure_reported},
    {.id = "store.corrupt-tolerated",
     .title = "A damaged store leads to a new login, not to a crash",
     .clause = "suite",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::secrecy,
     .provokes = "the client is killed and started again with its files cut in half, filled with "
                 "garbage, emptied, or holding other JSON",
     .requires_ = "It starts, and a new login succeeds.",
     .mend = "Take a store that cannot be read for one without a login.",
     .motive = "hyperframes store tests",
     .needs = kKept,
     .own_process = true,
     .run = &corrupt_tolerated},
};

}  // namespace

std::span<const Check> refresh_store_checks() { return kRefreshStoreChecks; }

}  // namespace heygen::conformance
