#include "mock_server/tls/leaves.h"

#include <gmock/gmock.h>
#include <openssl/x509v3.h>

#include "mock_server/core/testing.h"
#include "mock_server/tls/certificate.h"
#include "mock_server/tls/pair.h"

namespace heygen::mock::tls {
namespace {

using std::chrono::days;
using std::chrono::hours;

struct LeavesTest : ::testing::Test {
  Leaves make(TlsFault fault = TlsFault::none) { return {authority, names, fault, clock, random}; }
  static bool is_for(X509& leaf, const char* host) {
    return X509_check_host(&leaf, host, 0, 0, nullptr) == 1;
  }
  // As a client that trusts the authority sees it now.
  int verdict(X509& leaf) const {
    const std::unique_ptr<X509_STORE, Freer<&X509_STORE_free>> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), authority->pair().certificate.get());
    const std::unique_ptr<X509_STORE_CTX, Freer<&X509_STORE_CTX_free>> check(X509_STORE_CTX_new());
    X509_STORE_CTX_init(check.get(), store.get(), &leaf, nullptr);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch();
    X509_STORE_CTX_set_time(check.get(), 0, static_cast<time_t>(now.count()));
    X509_verify_cert(check.get());
    return X509_STORE_CTX_get_error(check.get());
  }

  const std::vector<std::string> suffixes{"localhost"};
  mock::testing::ManualClock clock;
  mock::testing::ScriptedRandom random;
  Names names = served_names({}, suffixes);
  std::shared_ptr<const Authority> authority = Authority::make(names, clock, random);
};

TEST_F(LeavesTest, TheCommonOneFitsEveryFixedName) {
  auto leaves = make();
  const auto leaf = leaves.find("");
  EXPECT_EQ(verdict(*leaf), X509_V_OK);
  for (const auto* const host :
       {"localhost", "app.heygen.com", "api2.heygen.com", "api.heygen.com"}) {
    EXPECT_TRUE(is_for(*leaf, host)) << host;
    EXPECT_EQ(leaves.find(host), leaf) << host;
  }
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "::1", 0), 1);
  EXPECT_FALSE(is_for(*leaf, "example.com"));
  EXPECT_EQ(leaves.find("example.com"), leaf);
}

TEST_F(LeavesTest, ASandboxesNameGetsOneThatEveryClientTakes) {
  auto leaves = make();
  const auto leaf = leaves.find("My-Test.localhost");
  EXPECT_TRUE(is_for(*leaf, "my-test.localhost"));
  EXPECT_EQ(verdict(*leaf), X509_V_OK);
  EXPECT_EQ(leaves.find("my-test.LOCALHOST"), leaf);
  EXPECT_NE(leaves.find("other.localhost"), leaf);
}

TEST_F(LeavesTest, IsRenewedAMonthBeforeItExpires) {
  auto leaves = make();
  const auto first = leaves.find("a.localhost");
  EXPECT_EQ(valid_to(*first), clock.now() + days{90});
  clock.advance(days{60} - hours{1});
  EXPECT_EQ(leaves.find("a.localhost"), first);
  clock.advance(hours{1});
  const auto second = leaves.find("a.localhost");
  EXPECT_NE(second, first);
  EXPECT_EQ(valid_to(*second), clock.now() + days{90});
  EXPECT_EQ(verdict(*second), X509_V_OK);
}

TEST_F(LeavesTest, ManyNamesDoNotPileUp) {
  auto leaves = make();
  const auto first = leaves.find("n0.localhost");
  for (int i = 1; i < 1'100; ++i) {
    ASSERT_TRUE(is_for(*leaves.find("n" + std::to_string(i) + ".localhost"),
                       ("n" + std::to_string(i) + ".localhost").c_str()));
  }
  EXPECT_NE(leaves.find("n0.localhost"), first);  // forgotten meanwhile, and made again
}

TEST_F(LeavesTest, AFaultIsTheOnlyThingWrong) {
  auto self_signed = make(TlsFault::self_signed);
  EXPECT_EQ(verdict(*self_signed.find("")), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  EXPECT_TRUE(is_for(*self_signed.find(""), "api2.heygen.com"));

  auto expired = make(TlsFault::expired);
  EXPECT_EQ(verdict(*expired.find("")), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_TRUE(is_for(*expired.find(""), "api2.heygen.com"));

  auto wrong_host = make(TlsFault::wrong_host);
  EXPECT_EQ(verdict(*wrong_host.find("")), X509_V_OK);
  EXPECT_FALSE(is_for(*wrong_host.find(""), "api2.heygen.com"));
  EXPECT_FALSE(is_for(*wrong_host.find("a.localhost"), "a.localhost"));
  EXPECT_EQ(X509_check_ip_asc(wrong_host.find("").get(), "127.0.0.1", 0), 0);
}

TEST_F(LeavesTest, TheAuthorityCannotVouchForOthers) {
  auto key = make_key();
  const auto& pair = authority->pair();
  for (const LeafNames& others : {LeafNames{{"example.com"}, {}}, LeafNames{{}, {"10.0.0.1"}},
                                  LeafNames{{"heygen.com"}, {}}}) {
    const auto leaf = make_leaf(*key, others, {clock.now() - days{1}, clock.now() + days{1}},
                                Issuer{*pair.certificate, *pair.key}, random);
    EXPECT_EQ(verdict(*leaf), X509_V_ERR_PERMITTED_VIOLATION);
  }
}

}  // namespace
}  // namespace heygen::mock::tls
