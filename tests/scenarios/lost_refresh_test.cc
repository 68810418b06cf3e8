// A refresh whose answer is lost, as the reference client meets it: inside a grace window it
// recovers by itself; without one it asks for a login, in plain words.
#include <gmock/gmock.h>

#include <filesystem>

#include "client_under_test/lib/client.h"
#include "client_under_test/lib/curl_transport.h"
#include "client_under_test/lib/file_store.h"
#include "client_under_test/lib/os_random.h"
#include "client_under_test/lib/real_clock.h"
#include "client_under_test/testing/temp_dir.h"
#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using client::ErrorKind;
using client::LoginState;
using testing::HasSubstr;

constexpr std::string_view kUser = "ann";

client::Config config_for(const Stage& stage) {
  client::Config config;
  client::use_base_url(config, stage.url());
  config.client_id = "demo";
  config.redirect_uri = "http://127.0.0.1:3000/callback";
  return config;
}

struct LostRefresh : testing::Test {
  // The browser's part: follows the one redirect.
  void log_in(const Stage& stage, client::Client& app) {
    auto url = app.begin_login(kUser);
    ASSERT_TRUE(url) << url.error().message;
    const Reply sent_on = http({.url = *url});
    ASSERT_EQ(sent_on.status, 302);
    const auto done = app.complete_login(kUser, "GET", sent_on.header("Location"));
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(calls(app), 200) << stage.url();
  }
  static int calls(client::Client& app) {
    const auto reply = app.call(kUser, "GET", "/v3/users/me");
    return reply ? reply->status : 0;
  }

  client::testing::TempDir dir;
  client::RealClock clock;
  client::OsRandom random;
  client::CurlTransport transport;
  client::FileStore store{dir.path()};
};

TEST_F(LostRefresh, WithoutAGraceWindowItAsksForALogin) {
  Stage stage{"refresh-response-lost-after-commit"};
  client::Client app{config_for(stage), {clock, random, transport, store}};
  log_in(stage, app);
  const auto lost = app.refresh(kUser);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::transport);
  EXPECT_EQ(*app.state(kUser), LoginState::logged_in);  // nothing is known to be spent yet
  const auto refused = app.refresh(kUser);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::login_required);
  EXPECT_THAT(refused.error().message, HasSubstr("log in again"));
  EXPECT_EQ(*app.state(kUser), LoginState::login_required);
  log_in(stage, app);
  EXPECT_TRUE(app.refresh(kUser));
}

TEST_F(LostRefresh, InsideAGraceWindowItRecovers) {
  Stage stage{"reuse-within-grace"};
  client::Client app{config_for(stage), {clock, random, transport, store}};
  log_in(stage, app);
  const auto lost = app.refresh(kUser);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::transport);
  const auto recovered = app.refresh(kUser);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_EQ(calls(app), 200);
  EXPECT_EQ(*app.state(kUser), LoginState::logged_in);
}

}  // namespace
}  // namespace heygen::scenarios
