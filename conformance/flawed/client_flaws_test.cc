// No flaw is a no-op, and each is one mistake in an otherwise sound client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using testing::Maker;
using testing::Row;

std::vector<const Flaw*> client_flaws() {
  std::vector<const Flaw*> found;
  for (const Flaw& flaw : written_flaws()) {
    if (flaw.subject == Side::client) found.push_back(&flaw);
  }
  return found;
}

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (const auto part :
       {testing::login_rows, testing::callback_rows, testing::token_rows, testing::response_rows,
        testing::refresh_rows, testing::use_rows, testing::device_rows, testing::answer_rows,
        testing::store_rows, testing::trouble_rows}) {
    std::ranges::move(part(), std::back_inserter(all));
  }
  return all;
}

Maker maker_of(const Flaw& flaw) {
  return [&flaw] {
    client::Seams seams;
    flaw.plant(seams);
    return seams;
  };
}

client::Seams sound() { return {}; }

TEST(ClientFlaws, ShowInWhatTheClientDoes) {
  for (const Row& row : all_rows()) {
    SCOPED_TRACE(row.flaw);
    const Flaw* const flaw = find_flaw(row.flaw);
    ASSERT_NE(flaw, nullptr);
    EXPECT_NE(row.sound, row.flawed);
    EXPECT_EQ(row.ask(sound), row.sound);
    EXPECT_EQ(row.ask(maker_of(*flaw)), row.flawed);
  }
}

TEST(ClientFlaws, HaveARowEach) {
  std::multiset<std::string_view> rows;
  for (const Row& row : all_rows()) rows.insert(row.flaw);
  for (const Flaw* const flaw : client_flaws()) EXPECT_EQ(rows.count(flaw->id), 1U) << flaw->id;
  EXPECT_EQ(rows.size(), client_flaws().size());
}

// With a server that takes whatever comes: only what makes a login impossible stands here.
TEST(ClientFlaws, LeaveAGoodLoginWhatItIs) {
  const std::set<std::string_view> kBroken{"cm74-iss-required"};
  for (const Flaw* const flaw : client_flaws()) {
    client::testing::Rig rig(maker_of(*flaw)());
    rig.transport.answer_with(
        [](const client::HttpRequest&) { return client::testing::tokens(1); });
    const bool done = rig.client.complete_login("alice", "GET", rig.begin()).ok();
    EXPECT_EQ(done, !kBroken.contains(flaw->id)) << flaw->id;
  }
}

TEST(ClientFlaws, NameWhatIsMeantToCatchThem) {
  for (const Flaw* const flaw : client_flaws()) {
    EXPECT_FALSE(flaw->intended[0].empty()) << flaw->id;
    EXPECT_FALSE(flaw->summary.empty()) << flaw->id;
    EXPECT_TRUE(flaw->variant_of.empty() || find_flaw(flaw->variant_of) != nullptr) << flaw->id;
  }
}

TEST(ClientFlaws, HoldTheCataloguesFifty) {
  constexpr std::array<std::string_view, 50> kCatalogue{
      "cm01-state-ignored",
      "cm02-state-optional",
      "cm03-state-empty-equal",
      "cm04-state-prefix-compare",
      "cm06-state-global",
      "cm07-state-not-consumed",
      "cm08-state-constant",
      "cm09-state-counter",
      "cm10-state-time-seeded",
      "cm11-state-short",
      "cm12-state-is-verifier",
      "cm13-verifier-constant",
      "cm14-verifier-42",
      "cm15-verifier-plus-slash",
      "cm16-challenge-padded",
      "cm17-challenge-hex",
      "cm18-method-plain",
      "cm20-pkce-fallback",
      "cm21-verifier-global",
      "cm22-redirect-rebuilt",
      "cm23-redirect-unencoded",
      "cm25-code-no-encode",
      "cm26-token-json-body",
      "cm27-token-get",
      "cm28-token-params-in-url",
      "cm29-error-xss",
      "cm30-error-ignored",
      "cm31-iss-ignored",
      "cm32-callback-twice",
      "cm34-follow-307",
      "cm35-token-type-strict",
      "cm36-token-type-any",
      "cm37-expires-string-crash",
      "cm38-expires-zero-loop",
      "cm39-expires-int32",
      "cm40-missing-token-ok",
      "cm42-crlf-token",
      "cm43-refresh-drops-old",
      "cm44-refresh-keeps-old",
      "cm45-no-single-flight",
      "cm46-401-loop",
      "cm47-invalid-grant-retry",
      "cm48-network-logout",
      "cm49-persist-late",
      "cm50-bearer-cross-origin",
      "cm51-bearer-query",
      "cm53-log-token",
      "cm54-log-error-body",
      "cm55-logout-no-wipe",
      "cm57-slowdown-ignored",
  };
  for (const std::string_view id : kCatalogue) EXPECT_NE(find_flaw(id), nullptr) << id;
}

}  // namespace
}  // namespace heygen::conformance
