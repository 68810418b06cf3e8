// A SQLite file that several stores share: one connection under one mutex, each verb a transaction
// of its own. For this folder.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "mock_server/core/store.h"
#include "mock_server/store/sqlite_connection.h"

namespace heygen::mock {

// Thread-safe. Whatever goes wrong throws StoreUnavailable, and nothing was changed; the connection
// is made anew for the next verb, so that it goes on by itself when the trouble is over.
class SqliteFile {
 public:
  // Makes the file if there is none, readable to its owner alone, and migrates it. No other
  // process that does the same can have it open, until this object goes.
  explicit SqliteFile(const std::string& file);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  // Calls `work` with the connection, inside a transaction that no other process can slip into.
  template <typename Work>
  auto transact(Work work) {
    return with_connection([&](SqliteConnection& c) {
      (void)c.change("BEGIN IMMEDIATE");
      if constexpr (std::is_void_v<decltype(work(c))>) {
        work(c);
        (void)c.change("COMMIT");
      } else {
        auto out = work(c);
        (void)c.change("COMMIT");
        return out;
      }
    });
  }
  // For a single statement, which is a transaction by itself.
  template <typename Work>
  auto run(Work work) {
    return with_connection(work);
  }

 private:
  template <typename Work>
  auto with_connection(Work work) {
    const std::lock_guard lock{mutex_};
    check_still_there();
    const Trouble trouble{*this};
    try {
      return work(connection());
    } catch (const SQLite::Exception& problem) {
      throw StoreUnavailable(file_ + ": " + problem.what());
    }
  }

  // While something unwinds the stack: what was begun is undone, by closing the connection.
  class Trouble {
   public:
    explicit Trouble(SqliteFile& file);
    ~Trouble();
    Trouble(const Trouble&) = delete;
    Trouble& operator=(const Trouble&) = delete;

   private:
    SqliteFile& file_;
    const int unwinding_;
  };

  struct Identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const Identity&) const = default;
  };
  void make() const;
  void lock();
  void bring_up_to_date() const;
  [[nodiscard]] Identity identity() const;
  void check_still_there() const;
  SqliteConnection& connection();

  const std::string file_;
  int lock_ = -1;
  Identity first_;
  std::mutex mutex_;
  bool failing_ = false;  // the last verb did: another does not wait long for the same
  std::unique_ptr<SqliteConnection> connection_;
  bool patient_ = true;  // connection_ waits as long as usual
};

}  // namespace heygen::mock
