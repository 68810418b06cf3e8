// Rows: what shows when something is out of order.
#include <unistd.h>

#include "client_under_test/lib/callback_page.h"
#include "conformance/checks/command_lines.h"
#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Result;
using client::testing::json_answer;
using client::testing::MemoryStore;
using client::testing::Rig;
using client::testing::test_config;
using client::testing::tokens;
using std::chrono::seconds;
using Ask = std::function<std::string(const Maker&)>;

const Error& timed_out() {
  static const Error error{ErrorKind::transport, "no answer: Timeout was reached"};
  return error;
}

// Of the last request of a login, and of one of a refresh.
std::string timeouts(const Maker& make) {
  Rig rig(make());
  rig.log_in();
  const auto login = rig.transport.sent().back().timeout;
  (void)rig.client.refresh("alice");
  const auto refresh = rig.transport.sent().back().timeout;
  return std::to_string(login.count()) + " " + std::to_string(refresh.count());
}

std::string requests_that_time_out(const Maker& make) {
  Rig rig(make());
  rig.transport.answer_with([](const HttpRequest&) { return Result<HttpResponse>(timed_out()); });
  (void)rig.client.complete_login("alice", "GET", rig.begin());
  return std::to_string(rig.transport.sent().size());
}

std::string state_after_timeout(const Maker& make) {
  Rig rig(make());
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return Result<HttpResponse>(timed_out()); });
  (void)rig.client.refresh("alice");
  return std::string(client::name_of(rig.client.state("alice").value()));
}

std::string authorization_of_refresh(const Maker& make) {
  Rig rig(make());
  rig.log_in();
  (void)rig.client.refresh("alice");
  const HttpRequest request = rig.transport.sent().back();
  return std::string(client::find_header(request.headers, "Authorization").value_or("none"));
}

// Where the response is taken: at its place, below it, elsewhere, on another host.
std::string places(const Maker& make) {
  const auto is_there = make().callback.is_at_redirect_uri;
  std::string text;
  for (const char* url : {"http://127.0.0.1:4000/oauth/callback?a=b", "/oauth/callback?a=b",
                          "http://127.0.0.1:4000/oauth/callback/x", "http://127.0.0.1:4000/other",
                          "http://evil.test/oauth/callback"}) {
    text += is_there(test_config(), url) ? "y" : "n";
  }
  return text;
}

std::string status_of_odd_challenge(const Maker& make) {
  const HttpResponse odd{401, {{"WWW-Authenticate", "Basic, Bearer error=\"invalid_token\""}}};
  return std::to_string(make().api.status_of(odd));
}

std::string damaged_store(const Maker& make) {
  MemoryStore store;
  (void)store.save("alice", "{");
  Rig rig(store, make());
  try {
    return std::string(client::name_of(rig.client.state("alice").value()));
  } catch (const std::exception&) {
    return "threw";
  }
}

// Seen while the request is under way.
std::string command_line_with_code(const Maker& make) {
  Rig rig(make());
  std::string found = "none";
  // A program that has just been started may have no arguments yet.
  constexpr int kLooks = 50;
  rig.transport.answer_with([&](const HttpRequest&) {
    for (int look = 0; look < kLooks && found == "none"; ++look) {
      for (const std::string& line : command_lines(::getpid())) {
        if (line.find("code=CODE-of-16-chars") != std::string::npos) found = "one";
      }
    }
    return tokens(1);
  });
  (void)rig.client.complete_login("alice", "GET", rig.begin("alice", "CODE-of-16-chars"));
  return found;
}

std::string code_in_failed_page(const Maker& make) {
  Rig rig(make());
  const std::string url = rig.begin("alice", "CODE-of-16-chars");
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(500, "{}"); });
  const auto page = client::answer_callback(rig.client, "alice", {"GET", url}).response;
  return page.html.find("CODE-of-16-chars") == std::string::npos ? "hidden" : "shown";
}

std::string stored_after_refresh_and_logout(const Maker& make) {
  MemoryStore store;
  Rig rig(store, make());
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(2); });
  (void)rig.client.refresh("alice");
  (void)rig.client.logout("alice");
  return store.text("alice").empty() ? "nothing" : "tokens";
}

std::string wait_after_no_answer(const Maker& make) {
  return std::to_string(make().device.next_interval(seconds{5}, timed_out()).count());
}

std::string safe_uris(const Maker& make) {
  const auto is_safe = make().device.is_safe_uri;
  std::string text;
  for (const char* uri : {"https://h/d", "javascript:x", "http://evil.test/d"}) {
    text += is_safe(uri) ? "y" : "n";
  }
  return text;
}

std::string lifetime_of_an_hour(const Maker& make) {
  const auto body = client::parse_json_object(R"({"expires_in":3600.0})");
  return std::to_string(make().token.read_lifetime(body->find("expires_in")).value_or(-1));
}

}  // namespace

std::vector<Row> trouble_rows() {
  return {
      {"cm220-no-timeout", timeouts, "30000 30000", "3600000 3600000"},
      {"cm220b-no-timeout-for-refresh", timeouts, "30000 30000", "30000 3600000"},
      {"cm220c-timeout-asked-again", requests_that_time_out, "1", "20"},
      {"cm48g-timeout-logout", state_after_timeout, "logged_in", "login_required"},
      {"cm221-refresh-with-bearer", authorization_of_refresh, "none", "Bearer AT1"},
      {"cm222-callback-anywhere", places, "yynnn", "yyyyy"},
      {"cm222b-callback-below", places, "yynnn", "yyyny"},
      {"cm222c-callback-at-any-host", places, "yynnn", "yynny"},
      {"cm223-challenge-by-pattern", status_of_odd_challenge, "401", "499"},
      {"cm224-damaged-store-throws", damaged_store, "login_required", "threw"},
      {"cm226-secrets-in-argv", command_line_with_code, "none", "one"},
      {"cm227-request-in-error-page", code_in_failed_page, "hidden", "shown"},
      {"cm228-logout-leaves-refreshed", stored_after_refresh_and_logout, "nothing", "tokens"},
      {"cm229-timeout-keeps-pace", wait_after_no_answer, "10", "5"},
      {"cm230-any-verification-uri", safe_uris, "ynn", "yyy"},
      {"cm230b-scripts-alone-refused", safe_uris, "ynn", "yny"},
      {"cm231-expires-by-locale", lifetime_of_an_hour, "3600", "36000"},
  };
}

}  // namespace heygen::conformance::testing
