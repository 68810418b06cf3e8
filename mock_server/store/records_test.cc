#include "mock_server/store/records.h"

#include <gtest/gtest.h>

namespace heygen::mock {
namespace {

const std::string kBytes{"\0\xff\xc3\x28'\"\n", 7};  // no UTF-8
constexpr TimePoint kThen{std::chrono::milliseconds{1'764'000'000'123}};

Code code() {
  Code c;
  c.value = "code";
  c.client_id = "app";
  c.redirect_uri = kBytes;
  c.user = "ann";
  c.scope = "openid";
  c.challenge = {ChallengeMethod::s256, "challenge"};
  c.issued_at = kThen;
  c.expires_at = kNever;
  return c;
}

void expect_same(const Code& a, const Code& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.client_id, b.client_id);
  EXPECT_EQ(a.redirect_uri, b.redirect_uri);
  EXPECT_EQ(a.user, b.user);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.challenge.method, b.challenge.method);
  EXPECT_EQ(a.challenge.value, b.challenge.value);
  EXPECT_EQ(a.issued_at, b.issued_at);
  EXPECT_EQ(a.expires_at, b.expires_at);
}

TEST(Records, AClientComesBack) {
  const Client client{
      "app",
      {"https://a.test/1", kBytes},
      kBytes,
      {{"pkce", PolicyValue{"off"}}, {"code_ttl_s", PolicyValue{std::int64_t{-1}}}}};
  const Client back = records::read_client(records::write(client));
  EXPECT_EQ(back.id, client.id);
  EXPECT_EQ(back.redirect_uris, client.redirect_uris);
  EXPECT_EQ(back.secret, client.secret);
  EXPECT_EQ(back.policies, client.policies);
  EXPECT_TRUE(records::read_client(records::write({"b", {}, std::nullopt, {}})).is_public());
}

TEST(Records, ACodeComesBack) { expect_same(records::read_code(records::write(code())), code()); }

TEST(Records, AConsentComesBack) {
  PendingConsent consent{"id", "csrf", code(), kBytes, kBytes, "WDJB", kThen};
  const PendingConsent back = records::read_consent(records::write(consent));
  EXPECT_EQ(back.id, "id");
  EXPECT_EQ(back.csrf, "csrf");
  expect_same(back.request, code());
  EXPECT_EQ(back.redirect_to, kBytes);
  EXPECT_EQ(back.state, kBytes);
  EXPECT_EQ(back.user_code, "WDJB");
  EXPECT_EQ(back.expires_at, kThen);
  consent.state = std::nullopt;
  EXPECT_EQ(records::read_consent(records::write(consent)).state, std::nullopt);
}

TEST(Records, ADeviceRequestComesBack) {
  const DeviceRequest request{
      "device", "WDJB", "app", kBytes, kThen, kNever, std::chrono::seconds{7}};
  const DeviceRequest back = records::read_device(records::write(request));
  EXPECT_EQ(back.device_code, "device");
  EXPECT_EQ(back.user_code, "WDJB");
  EXPECT_EQ(back.client_id, "app");
  EXPECT_EQ(back.scope, kBytes);
  EXPECT_EQ(back.issued_at, kThen);
  EXPECT_EQ(back.expires_at, kNever);
  EXPECT_EQ(back.interval, std::chrono::seconds{7});
}

TEST(Records, AnAnswerComesBack) {
  const KeptAnswer answer{201, {{"X-A", "1"}, {"X-A", "2"}}, kBytes};
  const KeptAnswer back = records::read_answer(records::write(answer));
  EXPECT_EQ(back.status, 201);
  EXPECT_EQ(back.headers, answer.headers);
  EXPECT_EQ(back.body, kBytes);
}

// Whatever bytes lie there, they are refused and not taken for a record.
TEST(Records, WhatIsDamagedIsRefused) {
  const std::string whole = records::write(code());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW((void)records::read_code(std::string_view{whole}.substr(0, length)),
                 StoreUnavailable)
        << length;
  }
  EXPECT_THROW((void)records::read_client(whole), StoreUnavailable);
  EXPECT_THROW((void)records::read_time("12x"), StoreUnavailable);
  EXPECT_THROW((void)records::read_time(""), StoreUnavailable);
  EXPECT_EQ(records::read_time(records::write_time(kNever)), kNever);
}

}  // namespace
}  // namespace heygen::mock
