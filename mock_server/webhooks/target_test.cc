#include "mock_server/webhooks/target.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace heygen::mock {
namespace {

TEST(WebhookTarget, NearIsWhatCannotLeaveTheNetwork) {
  for (const char* const url :
       {"http://127.0.0.1:9/x", "http://127.8.8.8/", "http://10.1.2.3/", "http://172.31.0.1/",
        "http://192.168.0.9/", "http://169.254.1.1/", "http://[::1]:9/", "http://[fd00::1]/",
        "http://[fe80::1]/", "http://[::ffff:10.0.0.1]/", "http://localhost:3000/",
        "http://LOCALHOST/", "http://app.localhost/", "http://app:3000/hook",
        "https://host.docker.internal/", "https://printer.local/", "https://app.test/"}) {
    EXPECT_TRUE(is_near_url(url)) << url;
  }
  for (const char* const url :
       {"https://app.example/hook", "https://heygen.com/", "http://8.8.8.8/", "http://172.32.0.1/",
        "http://192.169.0.1/", "http://0.0.0.0/", "http://[2001:db8::1]/",
        "http://[::ffff:8.8.8.8]/", "http://134744072/", "http://0x8.0x8.8.8/", "http://127.1/",
        "http://localhost.example/", "nonsense", ""}) {
    EXPECT_FALSE(is_near_url(url)) << url;
  }
}

template <typename Judge>
bool judged(Judge judge, int family, const char* text) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (family == AF_INET) {
    v4.sin_family = AF_INET;
    EXPECT_EQ(::inet_pton(AF_INET, text, &v4.sin_addr), 1);
    std::memcpy(&storage, &v4, sizeof v4);
  } else if (family == AF_INET6) {
    v6.sin6_family = AF_INET6;
    EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    std::memcpy(&storage, &v6, sizeof v6);
  }
  return judge(reinterpret_cast<const sockaddr&>(storage));
}

TEST(WebhookTarget, LoopbackIsThisMachineInAnySpelling) {
  const auto loopback = [](int family, const char* text) {
    return judged(is_loopback_address, family, text);
  };
  EXPECT_TRUE(loopback(AF_INET, "127.0.0.1"));
  EXPECT_TRUE(loopback(AF_INET, "127.9.9.9"));
  EXPECT_TRUE(loopback(AF_INET6, "::1"));
  EXPECT_TRUE(loopback(AF_INET6, "::ffff:127.0.0.1"));
  EXPECT_FALSE(loopback(AF_INET, "10.0.0.1"));
  EXPECT_FALSE(loopback(AF_INET6, "fe80::1"));
  EXPECT_FALSE(loopback(AF_INET6, "::ffff:10.0.0.1"));
  EXPECT_FALSE(loopback(AF_UNIX, ""));
}

// What a name was resolved to, by whomever.
TEST(WebhookTarget, AnAddressIsJudgedAgainBeforeItIsCalled) {
  const auto near = [](int family, const char* text) {
    return judged(is_near_address, family, text);
  };
  EXPECT_TRUE(near(AF_INET, "127.0.0.1"));
  EXPECT_TRUE(near(AF_INET, "172.16.0.1"));
  EXPECT_FALSE(near(AF_INET, "93.184.216.34"));
  EXPECT_TRUE(near(AF_INET6, "::1"));
  EXPECT_FALSE(near(AF_INET6, "2606:2800::1"));
  EXPECT_FALSE(near(AF_UNIX, ""));
}

TEST(WebhookTarget, AUrlIsHttpAndHoldsNoSecret) {
  EXPECT_EQ(check_webhook_url("https://app.example/hook?x=1"), "");
  EXPECT_EQ(check_webhook_url("http://[::1]:9/"), "");
  for (const char* const url : {"", "app.example/hook", "ftp://app.example/", "file:///etc/passwd",
                                "javascript:alert(1)", "http:///x"}) {
    EXPECT_EQ(check_webhook_url(url), "url must be an http or https URL") << url;
  }
  EXPECT_EQ(check_webhook_url("http://" + std::string(2048, 'a')),
            "url must be an http or https URL");
  EXPECT_EQ(check_webhook_url("http://ann:pw@app.example/"),
            "url must not hold a user name or password");
  EXPECT_EQ(check_webhook_url("http://app.example/#x"), "url must not have a fragment");
}

}  // namespace
}  // namespace heygen::mock
