#include "mock_server/tls/authority.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>
#include <vector>

#include "mock_server/core/testing.h"
#include "mock_server/tls/certificate.h"
#include "mock_server/tls/pair.h"
#include "mock_server/tls/testing.h"

namespace heygen::mock::tls {
namespace {

using std::chrono::days;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TestFolder;

struct AuthorityTest : ::testing::Test {
  std::shared_ptr<const Authority> load(const std::string& in) {
    auto found = Authority::load_or_make(in, names, clock, random);
    if (const auto* const error = std::get_if<std::string>(&found)) {
      ADD_FAILURE() << *error;
      return nullptr;
    }
    return std::get<0>(std::move(found));
  }
  std::string refusal(const std::string& in) {
    auto found = Authority::load_or_make(in, names, clock, random);
    const auto* const error = std::get_if<std::string>(&found);
    return error == nullptr ? "" : *error;
  }
  void add_suffix(const std::string& suffix) {
    const std::vector<std::string> suffixes{suffix};
    names = served_names({}, suffixes);
  }

  TestFolder folder;
  mock::testing::ManualClock clock;
  mock::testing::ScriptedRandom random;
  Names names = served_names({}, {});
  std::string state = folder.file("a/b/state");
};

unsigned mode_of(const std::string& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? info.st_mode & 0777U : 0;
}

TEST_F(AuthorityTest, IsMadeOnceAndItsKeyIsItsOwnersAlone) {
  const auto made = load(state);
  EXPECT_EQ(made->origin(), Authority::Origin::made);
  EXPECT_EQ(made->file(), state + "/ca.pem");
  EXPECT_EQ(mode_of(state), 0700U);
  EXPECT_EQ(mode_of(state + "/ca-key.pem"), 0600U);
  EXPECT_THAT(made->pem(), HasSubstr("BEGIN CERTIFICATE"));
  const auto found = load(state);
  EXPECT_EQ(found->origin(), Authority::Origin::found);
  EXPECT_EQ(found->pem(), made->pem());
}

TEST_F(AuthorityTest, VouchesForItsNamesAndNothingElse) {
  const auto permitted = permitted_names(*load(state)->pair().certificate);
  EXPECT_THAT(permitted.domains,
              ElementsAre("localhost", "app.heygen.com", "api2.heygen.com", "api.heygen.com"));
  EXPECT_THAT(permitted.addresses, ElementsAre("127.0.0.1", "::1"));
}

TEST_F(AuthorityTest, IsMadeAnewTwoMonthsBeforeItExpires) {
  const auto first = load(state)->pem();
  clock.advance(days{3650 - 61});
  EXPECT_EQ(load(state)->pem(), first);
  clock.advance(days{2});
  const auto second = load(state);
  EXPECT_EQ(second->origin(), Authority::Origin::replaced);
  EXPECT_NE(second->pem(), first);
  EXPECT_EQ(valid_to(*second->pair().certificate), clock.now() + days{3650});
}

TEST_F(AuthorityTest, IsMadeAnewForANameItDoesNotCoverAndKeepsThoseItDid) {
  add_suffix("one.test");
  load(state);
  add_suffix("two.test");
  const auto both = load(state);
  EXPECT_EQ(both->origin(), Authority::Origin::replaced);
  EXPECT_THAT(permitted_names(*both->pair().certificate).domains,
              ::testing::IsSupersetOf({"one.test", "two.test", "localhost"}));
  add_suffix("one.test");
  EXPECT_EQ(load(state)->pem(), both->pem());
}

TEST_F(AuthorityTest, AFolderThatCannotBeWrittenToIsSaidWithTheFlag) {
  EXPECT_THAT(refusal("/proc/no/such"),
              AllOf(HasSubstr("/proc/no/such"), HasSubstr("--state-dir DIR")));
  std::ofstream{folder.file("file")} << "x";
  EXPECT_THAT(refusal(folder.file("file")), HasSubstr("--state-dir DIR"));
  EXPECT_THAT(refusal(folder.file("file") + "/below"), HasSubstr("--state-dir DIR"));
}

TEST_F(AuthorityTest, AKeyThatOthersMayReadIsRefused) {
  load(state);
  ASSERT_EQ(::chmod((state + "/ca-key.pem").c_str(), 0640), 0);
  EXPECT_THAT(refusal(state), AllOf(HasSubstr("ca-key.pem"), HasSubstr("chmod 600")));
}

TEST_F(AuthorityTest, FilesThatAreNoPairAreNamedAndLeftAlone) {
  load(state);
  load(folder.file("other"));
  const auto copy = [&](const std::string& from, const std::string& to) {
    std::ofstream{to} << std::ifstream{from}.rdbuf();
  };
  copy(folder.file("other") + "/ca.pem", state + "/ca.pem");
  EXPECT_THAT(refusal(state), AllOf(HasSubstr(state + "/ca.pem"), HasSubstr("remove")));
  for (const std::string text : {"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
    std::ofstream{state + "/ca.pem"} << text;
    EXPECT_THAT(refusal(state), HasSubstr("remove")) << text;
  }
}

TEST_F(AuthorityTest, WhatIsThereServesEvenIfTheFolderCannotBeWrittenTo) {
  const auto made = load(state)->pem();
  std::filesystem::remove(state + "/lock");
  std::filesystem::create_directory(state + "/lock");  // root may write anywhere else
  EXPECT_EQ(load(state)->pem(), made);
}

TEST_F(AuthorityTest, ManyAtOnceMakeOne) {
  std::vector<std::string> pems(16);
  {
    std::vector<std::jthread> threads;
    threads.reserve(pems.size());
    for (auto& pem : pems) {
      threads.emplace_back([&] { pem = load(state)->pem(); });
    }
  }
  EXPECT_THAT(pems, ::testing::Each(pems.front()));
}

}  // namespace
}  // namespace heygen::mock::tls
