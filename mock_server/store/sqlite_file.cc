#include "mock_server/store/sqlite_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <system_error>

#include "mock_server/store/sqlite_schema.h"

namespace heygen::mock {
namespace {

// How long somebody else's transaction is waited for. One takes less than a millisecond; whoever
// holds the file longer will do so for more than the next request too.
constexpr int kBusyTimeoutMs = 500;
constexpr int kBusyTimeoutWhileFailingMs = 20;

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;

std::string reason(int error) { return std::generic_category().message(error); }

// Makes it, readable to its owner alone, unless it is there. -1 and errno when it cannot be opened.
int open_private(const std::string& file) {
  return ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivate);
}

// However it is called: a link to it and the file itself are one, and have one lock.
std::string one_name_for(const std::string& file) {
  std::error_code failed;
  auto name = std::filesystem::weakly_canonical(file, failed);
  return failed ? file : name.string();
}

[[noreturn]] void refuse_to_make(const std::string& file, int error) {
  throw StoreUnavailable("cannot write " + file + ": " + reason(error) +
                         "; name a file in a folder that exists and that this user may write to");
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& file, int busy_timeout_ms)
    : database_(file, SQLite::OPEN_READWRITE, busy_timeout_ms) {
  database_.exec("PRAGMA journal_mode = WAL");
  // With WAL this loses nothing when the process is killed: a commit is in the kernel's hands
  // before the answer leaves. Only a power cut may undo the last commits (and leaves the file
  // whole). FULL would wait for the disk at each of them.
  database_.exec("PRAGMA synchronous = NORMAL");
  database_.exec("PRAGMA foreign_keys = ON");
  database_.exec("PRAGMA secure_delete = ON");  // what was deleted is not to be found in free pages
}

SQLite::Statement& SqliteConnection::prepared(const char* sql) {
  auto it = statements_.find(sql);
  if (it == statements_.end()) {
    it = statements_.emplace(sql, SQLite::Statement{database_, sql}).first;
  }
  return it->second;
}

SqliteFile::Trouble::Trouble(SqliteFile& file)
    : file_(file), unwinding_(std::uncaught_exceptions()) {}

SqliteFile::Trouble::~Trouble() {
  file_.failing_ = std::uncaught_exceptions() > unwinding_;
  if (file_.failing_) file_.connection_.reset();
}

SqliteFile::SqliteFile(const std::string& file) : file_(one_name_for(file)) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file_, unknown)) refuse_to_make(file_, EISDIR);
  lock();  // before the file is opened: closing it again would undo SQLite's locks in this process
  try {
    make();
    bring_up_to_date();
    first_ = identity();
    run([](SqliteConnection&) {});
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

SqliteFile::~SqliteFile() {
  connection_.reset();
  ::close(lock_);
}

// A sandbox's clock, settings and faults are in the memory of the process that serves it: two of
// them over one file would not see each other's.
void SqliteFile::lock() {
  const std::string beside = file_ + "-lock";
  lock_ = open_private(beside);
  if (lock_ < 0) refuse_to_make(file_, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;  // until the process ends, however it ends
  const int error = errno;
  ::close(lock_);
  if (error != EWOULDBLOCK) refuse_to_make(beside, error);
  throw StoreUnavailable("another heygen-mock-server keeps its sandboxes in " + file_ +
                         ": stop it, or name another file");
}

void SqliteFile::make() const {
  const int fd = open_private(file_);
  if (fd < 0) refuse_to_make(file_, errno);
  ::close(fd);
}

void SqliteFile::bring_up_to_date() const {
  try {
    SQLite::Database database{file_, SQLite::OPEN_READWRITE, kBusyTimeoutMs};
    migrate(database, file_);  // first of all, since it may not be ours to change
  } catch (const SQLite::Exception& problem) {
    throw StoreUnavailable(file_ + ": " + problem.what() + ": name another file");
  }
  // Somebody else may have made it. SQLite gives the files beside it the same rights.
  (void)::chmod(file_.c_str(), kPrivate);
}

SqliteFile::Identity SqliteFile::identity() const {
  struct stat found {};
  if (::stat(file_.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

// SQLite would go on writing into a file that has no name any more, and all of it would be lost.
void SqliteFile::check_still_there() const {
  if (identity() == first_) return;
  throw StoreUnavailable(file_ + " was taken away or replaced: put it back, or start again");
}

SqliteConnection& SqliteFile::connection() {
  if (!connection_) {
    connection_ = std::make_unique<SqliteConnection>(
        file_, failing_ ? kBusyTimeoutWhileFailingMs : kBusyTimeoutMs);
    patient_ = !failing_;
  } else if (!patient_) {
    connection_->database().setBusyTimeout(kBusyTimeoutMs);
    patient_ = true;
  }
  return *connection_;
}

}  // namespace heygen::mock
