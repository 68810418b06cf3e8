#include "client_under_test/lib/config.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::test_config;

std::string complaint(const std::function<void(Config&)>& change) {
  Config config = test_config();
  change(config);
  const Result<void> checked = check_config(config);
  return checked ? "" : checked.error().message;
}

TEST(Config, DefaultsAreTheVendorsAddresses) {
  Config config;
  config.client_id = "x";
  config.redirect_uri = "http://127.0.0.1:1/cb";
  EXPECT_TRUE(check_config(config));
  EXPECT_EQ(config.refresh_url, "https://api2.heygen.com/v1/oauth/refresh_token");
}

TEST(Config, BaseUrlStandsForAllEndpoints) {
  Config config;
  use_base_url(config, "http://127.0.0.1:8765/s/one/");
  EXPECT_EQ(config.authorize_url, "http://127.0.0.1:8765/s/one/oauth/authorize");
  EXPECT_EQ(config.device_url, "http://127.0.0.1:8765/s/one/v1/oauth/device_authorization");
  EXPECT_EQ(config.api_url, "http://127.0.0.1:8765/s/one");
}

TEST(Config, ComplaintNamesTheSetting) {
  EXPECT_EQ(complaint([](Config&) {}), "");
  EXPECT_EQ(complaint([](Config& c) { c.token_url = "http://api.example/t"; }),
            "token_url: must be https: plain http is allowed to loopback hosts only");
  EXPECT_EQ(complaint([](Config& c) { c.api_url = "nonsense"; }),
            "api_url: not an http or https URL");
  EXPECT_EQ(complaint([](Config& c) { c.device_url += "#x"; }),
            "device_url: must not have a fragment (#)");
  EXPECT_EQ(complaint([](Config& c) { c.api_url += "/?x"; }),
            "api_url: must not have a query; paths are appended to it");
  EXPECT_EQ(complaint([](Config& c) { c.client_id = ""; }), "client_id: must not be empty");
  EXPECT_EQ(complaint([](Config& c) { c.redirect_uri = "/cb"; }),
            "redirect_uri: must be an absolute URI");
  EXPECT_EQ(complaint([](Config& c) { c.redirect_uri += "#x"; }),
            "redirect_uri: must not have a fragment (#)");
}

}  // namespace
}  // namespace heygen::client
