#include "mock_server/store/sqlite.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "mock_server/store/store_contract.h"
#include "mock_server/store/store_contract_upkeep.h"
#include "mock_server/store/testing.h"

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using testing::Folder;
using ::testing::HasSubstr;
using ::testing::Not;

// A store and its folder.
struct Sqlite {
  static std::unique_ptr<Store> make() {
    static Folder folder;
    static int made = 0;
    return SqliteStores{folder / (std::to_string(++made) + ".db").c_str()}.open("x").store;
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreContract, Sqlite);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreUpkeep, Sqlite);

constexpr TimePoint kNow{std::chrono::milliseconds{1'000'000}};

TokenSet pair(const std::string& name) {
  return {{"at-" + name, kNow + std::chrono::seconds{60}}, NewToken{"rt-" + name}, kNow};
}

Code code(const std::string& value) {
  Code c;
  c.value = value;
  c.client_id = "demo";
  c.expires_at = kNow + std::chrono::seconds{60};
  return c;
}

std::string bytes_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

template <typename Act>
std::string failure_of(Act act) {
  try {
    act();
  } catch (const StoreUnavailable& problem) {
    return problem.what();
  }
  return "nothing failed";
}

class SqliteStoresTest : public ::testing::Test {
 protected:
  Folder folder_;
  const std::string file_ = folder_ / "mock.db";
};

TEST_F(SqliteStoresTest, WhatWasKeptIsThereAgain) {
  {
    SqliteStores stores{file_};
    auto [box, times] = stores.open("x");
    EXPECT_EQ(times, 1U);
    box->put_code(code("c"));
    ASSERT_TRUE(std::holds_alternative<Redeemed>(box->redeem_code("c", pair("1"), kNow)));
    box->put_grant("demo", "ann", "", pair("2"));
    ASSERT_TRUE(box->revoke("rt-2"));
    (void)box->begin_call("under way", "a", std::chrono::seconds{60}, kNow);
    (void)box->begin_call("answered", "a", std::chrono::seconds{60}, kNow);
    box->end_call("answered", KeptAnswer{200, {}, "body"}, kNow + std::chrono::seconds{60});
    stores.open("y").store->put_grant("demo", "bob", "", pair("3"));
  }
  SqliteStores stores{file_};
  EXPECT_THAT(stores.names(), ElementsAre("x", "y"));
  auto [box, times] = stores.open("x");
  EXPECT_EQ(times, 2U);
  EXPECT_TRUE(std::holds_alternative<CallBegun>(
      box->begin_call("under way", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_TRUE(std::holds_alternative<CallAnswered>(
      box->begin_call("answered", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_TRUE(std::holds_alternative<AlreadyRedeemed>(box->redeem_code("c", pair("4"), kNow)));
  EXPECT_EQ(box->find_token("at-1", kNow)->state, TokenState::revoked);  // of that
  EXPECT_EQ(box->find_token("rt-2", kNow)->state, TokenState::revoked);
  EXPECT_FALSE(box->find_token("at-3", kNow));  // another sandbox's
  EXPECT_NE(box->put_grant("demo", "ann", "", pair("5")), box->find_token("rt-2", kNow)->grant);
}

TEST_F(SqliteStoresTest, AForgottenSandboxIsGoneAndNobodyWritesIntoItsSuccessor) {
  SqliteStores stores{file_};
  const auto before = stores.open("x").store;
  before->put_grant("demo", "ann", "", pair("1"));
  before->keep({{"app", {}, std::nullopt, {}}}, {{"note", "text"}});
  stores.forget("x");
  EXPECT_TRUE(stores.names().empty());
  auto [after, times] = stores.open("x");
  EXPECT_EQ(times, 1U);
  EXPECT_TRUE(after->tokens(kNow).empty());
  EXPECT_TRUE(after->clients().empty());
  EXPECT_FALSE(after->find_note("note"));
  EXPECT_THROW(before->put_grant("demo", "ann", "", pair("2")), StoreUnavailable);
  EXPECT_THROW(before->put_code(code("c")), StoreUnavailable);
  EXPECT_FALSE(before->revoke("rt-1"));
  EXPECT_TRUE(after->tokens(kNow).empty());
  EXPECT_FALSE(after->find_code("c"));
  after->put_grant("demo", "ann", "", pair("3"));  // goes on
}

TEST_F(SqliteStoresTest, OnlyItsOwnerReadsIt) {
  std::ofstream{file_} << "";  // as somebody else may have made it
  ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  SqliteStores stores{file_};
  stores.open("x").store->put_code(code("c"));
  for (const auto* end : {"", "-wal", "-shm", "-lock"}) {
    struct stat found {};
    ASSERT_EQ(::stat((file_ + end).c_str(), &found), 0) << end;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << end;
  }
}

TEST_F(SqliteStoresTest, WhatADigestIsEnoughForIsNotInTheFile) {
  SqliteStores stores{file_};
  const auto box = stores.open("x").store;
  box->put_code(code("the-code"));
  PendingConsent consent;
  consent.id = "the-consent";
  box->put_consent(consent);
  DeviceRequest device;
  device.device_code = "the-device-code";
  device.user_code = "WDJB";
  device.expires_at = kNever;
  ASSERT_TRUE(box->put_device(device));
  ASSERT_EQ(box->decide_device("WDJB", "ann", kNow), DeviceDecision::taken);
  ASSERT_TRUE(std::holds_alternative<Redeemed>(box->redeem_code("the-code", pair("1"), kNow)));
  ASSERT_TRUE(std::holds_alternative<DeviceGranted>(
      box->poll_device("the-device-code", "", pair("2"), kNow)));
  const std::string bytes = bytes_of(file_) + bytes_of(file_ + "-wal");
  EXPECT_THAT(bytes, HasSubstr("at-1"));  // told by GET /_mock/tokens?reveal=1, so it must be
  for (const auto* secret : {"the-code", "the-consent", "the-device-code"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(secret)));
  }
}

TEST_F(SqliteStoresTest, IsBounded) {
  SqliteStores stores{
      file_, {.codes = 4, .consents = 4, .devices = 4, .tokens = 8, .quotas = 4, .calls = 4}};
  const auto box = stores.open("x").store;
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::to_string(i);
    box->put_code(code("c" + name));
    PendingConsent consent;
    consent.id = "p" + name;
    box->put_consent(consent);
    DeviceRequest device;
    device.user_code = "u" + name;
    device.device_code = "d" + name;
    ASSERT_TRUE(box->put_device(device));
    box->put_grant("demo", "user", "", pair(name));
    ASSERT_TRUE(box->take_quota("q" + name, 1, std::chrono::seconds{60}, kNow).granted);
    ASSERT_TRUE(std::holds_alternative<CallBegun>(
        box->begin_call("k" + name, "a", std::chrono::seconds{60}, kNow)));
  }
  EXPECT_FALSE(box->find_code("c15"));
  EXPECT_TRUE(box->find_code("c16"));
  EXPECT_FALSE(box->find_consent("p15"));
  EXPECT_TRUE(box->find_consent("p16"));
  EXPECT_FALSE(box->find_device("u15"));
  EXPECT_TRUE(box->find_device("u16"));
  EXPECT_FALSE(box->take_quota("q16", 1, std::chrono::seconds{60}, kNow).granted);
  EXPECT_TRUE(box->take_quota("q15", 1, std::chrono::seconds{60}, kNow).granted);
  EXPECT_TRUE(std::holds_alternative<CallInProgress>(
      box->begin_call("k16", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_TRUE(std::holds_alternative<CallBegun>(
      box->begin_call("k15", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_EQ(box->tokens(kNow).size(), 8U);
  EXPECT_FALSE(box->find_token("at-15", kNow));
  EXPECT_TRUE(box->find_token("rt-19", kNow));
}

TEST_F(SqliteStoresTest, ForgetsDeadTokensBeforeLiveOnes) {
  SqliteStores stores{file_, {.tokens = 6}};
  const auto box = stores.open("x").store;
  box->put_grant("demo", "user", "", pair("live"));
  box->put_grant("demo", "user", "", pair("dead"));
  ASSERT_TRUE(box->revoke("rt-dead"));
  box->put_grant("demo", "user", "", pair("new"));
  box->put_grant("demo", "user", "", pair("newer"));
  EXPECT_FALSE(box->find_token("at-dead", kNow));
  EXPECT_FALSE(box->find_token("rt-dead", kNow));
  EXPECT_TRUE(box->find_token("at-live", kNow));
  EXPECT_TRUE(box->find_token("rt-live", kNow));
}

TEST_F(SqliteStoresTest, KeepsSoManyDeadTokensAndTheirFamilyLivesOn) {
  SqliteStores stores{file_, {.dead_tokens = 4}};
  const auto box = stores.open("x").store;
  box->put_grant("demo", "user", "", pair("0"));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(std::holds_alternative<Rotated>(
        box->rotate_refresh("rt-" + std::to_string(i), pair(std::to_string(i + 1)), {}, kNow)));
  }
  EXPECT_EQ(box->tokens(kNow).size(), 6U);
  EXPECT_TRUE(box->find_token("rt-19", kNow));  // used, and still known to be
  EXPECT_FALSE(box->find_token("rt-10", kNow));
  EXPECT_EQ(box->find_token("at-20", kNow)->state, TokenState::active);
}

// --- what goes wrong -----------------------------------------------------------------------------

TEST_F(SqliteStoresTest, AFolderThatIsNotThereOrNotOursSaysWhatToDo) {
  const std::string none = folder_ / "none/mock.db";
  EXPECT_THAT(failure_of([&] { SqliteStores{none}; }),
              HasSubstr(none + ": No such file or directory; name a file in a folder that exists"));
  const std::string folder = folder_ / "";
  EXPECT_THAT(failure_of([&] { SqliteStores{folder}; }), HasSubstr("cannot write"));
  if (::geteuid() == 0) return;  // root writes everywhere
  const std::string locked = folder_ / "locked";
  ASSERT_EQ(::mkdir(locked.c_str(), 0500), 0);
  EXPECT_THAT(failure_of([&] { SqliteStores{locked + "/mock.db"}; }),
              HasSubstr("Permission denied; name a file in a folder"));
}

TEST_F(SqliteStoresTest, OneProcessHasItAtATime) {
  std::optional<SqliteStores> first{file_};
  EXPECT_THAT(failure_of([&] { SqliteStores{file_}; }),
              HasSubstr("another heygen-mock-server keeps its sandboxes in " + file_));
  const std::string link = folder_ / "link.db";
  std::filesystem::create_symlink(file_, link);
  EXPECT_THAT(failure_of([&] { SqliteStores{link}; }), HasSubstr("sandboxes in " + file_));
  auto box = first->open("x").store;
  first.reset();
  EXPECT_NE(failure_of([&] { SqliteStores{file_}; }), "nothing failed");  // the store lives on
  box.reset();
  EXPECT_EQ(failure_of([&] { SqliteStores{file_}; }), "nothing failed");
}

TEST_F(SqliteStoresTest, ANewerFileIsRefusedAndLeftAlone) {
  { SqliteStores stores{file_}; }
  {
    SQLite::Database database{file_, SQLite::OPEN_READWRITE};
    database.exec("PRAGMA user_version = 1000");
  }
  EXPECT_THAT(failure_of([&] { SqliteStores{file_}; }),
              HasSubstr("a newer heygen-mock-server has written " + file_));
  SQLite::Database database{file_};
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1000);
}

TEST_F(SqliteStoresTest, AnotherProgramsFileIsRefusedAndLeftAlone) {
  {
    SQLite::Database database{file_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    database.exec("CREATE TABLE theirs (x)");
  }
  const std::string before = bytes_of(file_);
  EXPECT_THAT(failure_of([&] { SqliteStores{file_}; }), HasSubstr("another program's database"));
  EXPECT_EQ(bytes_of(file_), before);
  std::ofstream{file_} << "this is a text, and no database at all";
  EXPECT_THAT(failure_of([&] { SqliteStores{file_}; }), HasSubstr("name another file"));
  EXPECT_THAT(bytes_of(file_), HasSubstr("no database at all"));
}

TEST_F(SqliteStoresTest, WhileItIsLockedEveryVerbFailsAndThenItGoesOn) {
  SqliteStores stores{file_};
  const auto box = stores.open("x").store;
  box->put_grant("demo", "ann", "", pair("1"));
  {
    SQLite::Database other{file_, SQLite::OPEN_READWRITE};
    SQLite::Transaction held{other, SQLite::TransactionBehavior::EXCLUSIVE};
    EXPECT_THAT(failure_of([&] { (void)box->rotate_refresh("rt-1", pair("2"), {}, kNow); }),
                HasSubstr("database is locked"));
    EXPECT_THAT(failure_of([&] { box->revoke("rt-1"); }), HasSubstr("database is locked"));
    EXPECT_EQ(box->find_token("rt-1", kNow)->state, TokenState::active);  // WAL: readers read on
  }
  EXPECT_TRUE(std::holds_alternative<Rotated>(box->rotate_refresh("rt-1", pair("2"), {}, kNow)));
}

TEST_F(SqliteStoresTest, AFileThatIsTakenAwayOrReplacedFailsUntilItIsBack) {
  SqliteStores stores{file_};
  const auto box = stores.open("x").store;
  box->put_grant("demo", "ann", "", pair("1"));
  const std::string away = folder_ / "away";
  std::filesystem::rename(file_, away);
  const auto find = [&] { (void)box->find_token("rt-1", kNow); };
  EXPECT_THAT(failure_of(find), HasSubstr("taken away or replaced"));
  EXPECT_THAT(failure_of([&] { box->put_grant("demo", "ann", "", pair("2")); }),
              HasSubstr("taken away or replaced"));
  std::ofstream{file_} << "";
  EXPECT_THAT(failure_of(find), HasSubstr("taken away or replaced"));
  std::filesystem::rename(away, file_);
  EXPECT_EQ(box->find_token("rt-1", kNow)->state, TokenState::active);
  EXPECT_FALSE(box->find_token("rt-2", kNow));
  box->put_grant("demo", "ann", "", pair("3"));
}

// When a verb fails in its middle, nothing of it happened.
TEST_F(SqliteStoresTest, AVerbThatFailsInItsMiddleLeavesNothingHalfDone) {
  SqliteStores stores{file_};
  const auto box = stores.open("x").store;
  box->put_code(code("c"));
  {
    SQLite::Database other{file_, SQLite::OPEN_READWRITE};
    other.exec(
        "CREATE TRIGGER full BEFORE INSERT ON tokens WHEN NEW.kind = 1 "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  }
  EXPECT_THAT(failure_of([&] { (void)box->redeem_code("c", pair("1"), kNow); }),
              HasSubstr("the disk is full"));
  EXPECT_FALSE(box->find_code("c")->spent);
  EXPECT_TRUE(box->tokens(kNow).empty());
  {
    SQLite::Database other{file_, SQLite::OPEN_READWRITE};
    other.exec("DROP TRIGGER full");
  }
  EXPECT_TRUE(std::holds_alternative<Redeemed>(box->redeem_code("c", pair("1"), kNow)));
}

TEST_F(SqliteStoresTest, ADamagedRecordIsNoClient) {
  SqliteStores stores{file_};
  const auto box = stores.open("x").store;
  box->put_client({"app", {}, "secret", {}});
  {
    SQLite::Database other{file_, SQLite::OPEN_READWRITE};
    other.exec("UPDATE clients SET record = x'00'");
  }
  EXPECT_THAT(failure_of([&] { (void)box->find_client("app"); }), HasSubstr("damaged"));
  box->put_client({"app", {}, "secret", {}});
  EXPECT_NE(box->find_client("app"), nullptr);
}

}  // namespace
}  // namespace heygen::mock
