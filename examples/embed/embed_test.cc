// A test of your own client against the mock in the same process: a free port, a world of its own
// for each test, the clock and the journal as C++ calls.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "mock_server/server.h"

namespace {

using namespace heygen::mock;

// Stands for the client that you test.
long call_api(const std::string& url, const std::string& token) {
  CURL* const curl = curl_easy_init();
  curl_slist* const headers =
      curl_slist_append(nullptr, ("Authorization: Bearer " + token).c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_NOBODY, 0L);
  curl_easy_setopt(
      curl, CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t n, void*) { return size * n; });
  curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return status;
}

struct TenDays : testing::Test {
  Server::Started started = Server::start({});
  Server& server = *started.server;
  std::shared_ptr<Sandbox> box = server.sandboxes().find_or_create("ten-days");
};

TEST_F(TenDays, TheTokenDies) {
  TokenSet tokens;
  tokens.issued_at = box->clock().now();
  tokens.access = {"my-access-token", tokens.issued_at + std::chrono::seconds{864000}};
  box->store().put_grant("demo", box->settings()->config.users.front().id, "", tokens);
  const std::string url = server.url("ten-days") + "/v1/user/me";
  EXPECT_EQ(call_api(url, "my-access-token"), 200);
  ASSERT_TRUE(box->clock().advance(std::chrono::days{10}));
  EXPECT_EQ(call_api(url, "my-access-token"), 401);
  EXPECT_EQ(box->journal().after(0).back()->outcome, "unauthorized");
}

}  // namespace
