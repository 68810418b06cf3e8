#include "client_under_test/lib/file_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <thread>

#include "client_under_test/testing/temp_dir.h"

namespace heygen::client {
namespace {

using std::chrono::milliseconds;

class Store : public ::testing::Test {
 protected:
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777U;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      found.push_back(entry.path().filename());
    }
    return found;
  }

  testing::TempDir temp;
  std::filesystem::path directory = temp.path() / "new" / "state";
  FileStore store{directory};
};

TEST_F(Store, ReadsWhatWasSaved) {
  EXPECT_EQ(store.load("alice").value(), std::nullopt);
  ASSERT_TRUE(store.save("alice", "one\n"));
  ASSERT_TRUE(store.save("alice", "two"));
  EXPECT_EQ(store.load("alice").value(), "two");
  EXPECT_EQ(store.load("bob").value(), std::nullopt);
  ASSERT_TRUE(store.remove("alice"));
  ASSERT_TRUE(store.remove("alice")) << "what is gone is gone";
  EXPECT_EQ(store.load("alice").value(), std::nullopt);
}

TEST_F(Store, IsForItsOwnerOnly) {
  const mode_t before = ::umask(0);
  ASSERT_TRUE(store.save("alice", "secret"));
  ASSERT_TRUE(store.lock("alice", milliseconds{0}, {}));
  ::umask(before);
  EXPECT_EQ(mode_of(directory), 0700U);
  EXPECT_EQ(mode_of(store.file_of("alice")), 0600U);
}

TEST_F(Store, TightensAFileThatWasOpenToOthers) {
  ASSERT_TRUE(store.save("alice", "x"));
  ::chmod(store.file_of("alice").c_str(), 0666);
  ASSERT_TRUE(store.save("alice", "y"));
  EXPECT_EQ(mode_of(store.file_of("alice")), 0600U);
}

TEST_F(Store, ReplacesWholeAndLeavesNothingBeside) {
  ASSERT_TRUE(store.save("alice", "old"));
  std::ofstream(store.file_of("alice").string() + ".new") << "left by a writer that was killed";
  EXPECT_EQ(store.load("alice").value(), "old");
  ASSERT_TRUE(store.save("alice", "new"));
  EXPECT_EQ(store.load("alice").value(), "new");
  EXPECT_EQ(names(), std::vector<std::string>{"tokens-alice.json"});
}

TEST_F(Store, ReaderNeverSeesHalfARecord) {
  const std::string a(20000, 'a');
  const std::string b(20000, 'b');
  ASSERT_TRUE(store.save("alice", a));
  std::jthread writer([&] {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(store.save("alice", i % 2 == 0 ? b : a));
  });
  for (int i = 0; i < 200; ++i) {
    const std::string seen = store.load("alice").value().value_or("");
    EXPECT_TRUE(seen == a || seen == b);
  }
}

TEST_F(Store, SessionNamesCannotLeaveTheDirectory) {
  for (const char* name : {"../evil", "/etc/passwd", "", "a/b", "~", "."}) {
    ASSERT_TRUE(store.save(name, name)) << name;
    EXPECT_EQ(store.file_of(name).parent_path(), directory);
  }
  EXPECT_EQ(store.load("../evil").value(), "../evil");
  EXPECT_EQ(store.load("a/b").value(), "a/b");
  ASSERT_TRUE(store.save(std::string(5000, 'x'), "long"));
  EXPECT_EQ(store.load(std::string(5000, 'x')).value(), "long");
}

TEST_F(Store, DoesNotFollowASymbolicLink) {
  ASSERT_TRUE(store.save("alice", "x"));
  const std::filesystem::path target = temp.path() / "target";
  std::ofstream(target) << "of another program";
  std::filesystem::remove(store.file_of("alice"));
  std::filesystem::create_symlink(target, store.file_of("alice"));
  EXPECT_EQ(store.load("alice").error().kind, ErrorKind::store);
  ASSERT_TRUE(store.save("alice", "y"));
  EXPECT_EQ(std::filesystem::file_size(target), 18U) << "the target is untouched";
}

TEST_F(Store, UnusableDirectoryIsReported) {
  std::ofstream(temp.path() / "file") << "x";
  FileStore blocked(temp.path() / "file");
  EXPECT_EQ(blocked.save("alice", "x").error().kind, ErrorKind::store);
  EXPECT_EQ(blocked.lock("alice", milliseconds{0}, {}).error().kind, ErrorKind::store);
  EXPECT_EQ(blocked.load("alice").value(), std::nullopt);
}

TEST_F(Store, LockKeepsOthersOutUntilItIsReleased) {
  FileStore other(directory);
  auto held = store.lock("alice", milliseconds{0}, {});
  ASSERT_TRUE(held);
  EXPECT_FALSE(other.lock("alice", milliseconds{0}, {}));
  EXPECT_TRUE(other.lock("bob", milliseconds{0}, {})) << "each session has its own";
  auto waiter = std::async(std::launch::async,
                           [&] { return other.lock("alice", std::chrono::seconds{30}, {}).ok(); });
  held->reset();
  EXPECT_TRUE(waiter.get());
}

TEST_F(Store, WaitForALockEndsWithAStop) {
  const auto held = store.lock("alice", milliseconds{0}, {});
  std::stop_source stop;
  auto waiter = std::async(std::launch::async, [&] {
    return store.lock("alice", std::chrono::hours{1}, stop.get_token()).ok();
  });
  stop.request_stop();
  EXPECT_FALSE(waiter.get());
}

}  // namespace
}  // namespace heygen::client
