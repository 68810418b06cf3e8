#include "client_under_test/lib/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/unique_fd.h"

namespace heygen::client {
namespace {

constexpr std::size_t kLargestRecord = 4 * 1024 * 1024;
constexpr std::chrono::milliseconds kBetweenAttempts{20};

Error failure(std::string_view what, const std::filesystem::path& path, int code) {
  return Error{ErrorKind::store, std::string(what) + " " + path.string() + ": " +
                                     std::generic_category().message(code)};
}

// Session names come from callers: only a harmless one is used as it is, any other by its hash.
std::string file_stem(std::string_view session) {
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  if (!session.empty() && session.size() <= 64 && std::ranges::all_of(session, harmless)) {
    return "tokens-" + std::string(session);
  }
  return "tokens-~" + base64url(sha256(session));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A rename or unlink lasts once its directory is on disk.
void sync_directory(const std::filesystem::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

class FlockHeld final : public StoreLock {
 public:
  explicit FlockHeld(UniqueFd fd) : fd_(std::move(fd)) {}  // closing it unlocks

 private:
  UniqueFd fd_;
};

}  // namespace

std::filesystem::path FileStore::file_of(std::string_view session) const {
  return directory_ / (file_stem(session) + ".json");
}

Result<void> FileStore::make_directory() const {
  std::error_code failed;
  if (std::filesystem::is_directory(directory_, failed)) return {};
  if (directory_.has_parent_path()) {
    std::filesystem::create_directories(directory_.parent_path(), failed);
  }
  if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure("cannot make the store directory", directory_, errno);
  }
  return {};
}

Result<std::optional<std::string>> FileStore::load(std::string_view session) {
  const std::filesystem::path path = file_of(session);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>{};
    return failure("cannot read", path, errno);
  }
  std::string text;
  std::string chunk(4096, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot read", path, errno);
    if (got == 0) return std::optional<std::string>{std::move(text)};
    text.append(chunk, 0, static_cast<std::size_t>(got));
    if (text.size() > kLargestRecord) return failure("cannot read", path, EFBIG);
  }
}

Result<void> FileStore::save(std::string_view session, std::string_view text) {
  if (const Result<void> made = make_directory(); !made) return made;
  const std::filesystem::path path = file_of(session);
  std::filesystem::path fresh = path;
  // One name for all writers of a session, who hold its lock: a killed one leaves no litter behind.
  fresh += ".new";
  {
    const UniqueFd fd(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return failure("cannot write", fresh, errno);
    if (::fchmod(fd.get(), 0600) != 0 || !write_all(fd.get(), text) || ::fsync(fd.get()) != 0) {
      return failure("cannot write", fresh, errno);
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failure("cannot replace", path, errno);
  sync_directory(directory_);
  return {};
}

Result<void> FileStore::remove(std::string_view session) {
  const std::filesystem::path path = file_of(session);
  std::filesystem::path fresh = path;
  fresh += ".new";
  ::unlink(fresh.c_str());
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
    return failure("cannot remove", path, errno);
  }
  sync_directory(directory_);
  return {};
}

Result<std::unique_ptr<StoreLock>> FileStore::lock(std::string_view session,
                                                   std::chrono::milliseconds wait,
                                                   const std::stop_token& stop) {
  if (const Result<void> made = make_directory(); !made) return made.error();
  const std::filesystem::path path = directory_ / (file_stem(session) + ".lock");
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failure("cannot open the lock", path, errno);
  // flock() cannot be told to give up, so it is asked again until the time is over.
  std::mutex mutex;
  std::condition_variable_any nobody;
  std::unique_lock own(mutex);
  for (auto left = wait;; left -= kBetweenAttempts) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      return std::unique_ptr<StoreLock>(std::make_unique<FlockHeld>(std::move(fd)));
    }
    if (errno != EWOULDBLOCK && errno != EINTR) return failure("cannot lock", path, errno);
    if (stop.stop_requested() || left <= std::chrono::milliseconds{0}) {
      return failure("another process holds the lock", path, EWOULDBLOCK);
    }
    nobody.wait_for(own, stop, kBetweenAttempts, [] { return false; });
  }
}

}  // namespace heygen::client
