// Rows: taking the token answer apart, and counting its lifetime.
#include <sys/wait.h>
#include <unistd.h>

#include "client_under_test/lib/curl_transport.h"
#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flood.h"

namespace heygen::conformance::testing {
namespace {

using client::HttpRequest;
using client::HttpResponse;
using client::testing::json_answer;
using client::testing::Rig;
using Ask = std::function<std::string(const Maker&)>;

std::string login_with(Rig& rig, const HttpResponse& answer) {
  // The rig goes on answering so after this.
  rig.transport.answer_with([answer](const HttpRequest&) { return answer; });
  const auto done = rig.client.complete_login("alice", "GET", rig.begin());
  if (!done) return outcome(done, "");
  const auto record = rig.client.record("alice").value();
  return record ? record->access_token : "logged out";
}

// The access token of a login that is answered like this.
Ask token_of(HttpResponse answer) {
  return [answer](const Maker& make) {
    Rig rig(make());
    return login_with(rig, answer);
  };
}

Ask token_in(std::string_view members) {
  return token_of(json_answer(200, "{" + std::string(members) + "}"));
}

// A process of its own, which it may end.
Ask survives(HttpResponse answer) {
  return [answer](const Maker& make) -> std::string {
    const pid_t child = ::fork();
    if (child == 0) {
      Rig rig(make());
      (void)login_with(rig, answer);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 ? "lives" : "dies";
  };
}

std::string header_without_type(const Maker& make) {
  Rig rig(make());
  const std::string got = login_with(rig, json_answer(200, R"({"access_token":"AT"})"));
  if (got != "AT") return got;
  (void)rig.client.call("alice", "GET", "/v1/user/me");
  const HttpRequest last = rig.transport.sent().back();
  return std::string(client::find_header(last.headers, "Authorization").value_or("none"));
}

// "openid profile" was asked for.
std::string narrower_scope(const Maker& make) {
  const client::Seams seams = make();
  client::Config config = client::testing::test_config();
  config.scope = "openid profile";
  (void)seams.endpoint.build_code_request(config, {"C", "V", "http://127.0.0.1:4/c"});
  const auto body = seams.token.parse_body(R"({"access_token":"AT","scope":"openid"})");
  return body ? "read" : "refused";
}

// How long the token lives that came with a Date of 2001.
std::string life_by_date(const Maker& make) {
  Rig rig(make());
  HttpResponse answer = client::testing::tokens(1, 600);
  answer.headers.emplace_back("Date", "Mon, 01 Jan 2001 00:00:00 GMT");
  (void)login_with(rig, answer);
  const auto record = rig.client.record("alice").value();
  return record->expires_at > rig.clock.now() ? "fresh" : "over";
}

std::string lifetime_of_fraction(const Maker& make) {
  try {
    const client::JsonValue value{client::JsonValue::Kind::number, "864000.7", 864000.7};
    return std::to_string(make().token.read_lifetime(&value).value_or(0));
  } catch (const std::exception&) {
    return "throws";
  }
}

std::string answer_of_two_mebibytes(const Maker& make) {
  Flood flood(std::uint64_t{2} * 1024 * 1024);
  client::CurlTransport transport;
  HttpRequest request{"POST", flood.url() + "/token"};
  request.body = "code=C";
  return outcome(make().endpoint.send(transport, request), "taken");
}

}  // namespace

std::vector<Row> answer_rows() {
  const std::string bearer = R"("token_type":"Bearer",)";
  const std::string no = "token_error";
  const HttpResponse page{200, {{"Content-Type", "text/html"}}, "<html>"};
  const HttpResponse plain{
      200, {{"Content-Type", "text/plain"}}, "{" + bearer + R"("access_token":"AT"})"};
  const std::string cut = "{" + bearer + R"("access_token":"AT","refresh_token":"RR)";
  return {
      {"cm134-token-lower-case", token_in(bearer + R"("access_token":"AT")"), "AT", "at"},
      {"cm135-token-type-undefined", header_without_type, "unsafe_response", "undefined AT"},
      {"cm135b-token-type-missing-crash", survives(json_answer(200, R"({"access_token":"AT"})")),
       "lives", "dies"},
      {"cm136-token-by-search",
       token_in(bearer + R"("x":{"access_token":"decoy"},"access_token":"AT")"), "AT", "decoy"},
      {"cm137-two-tokens-joined", token_in(bearer + R"("access_token":"A","access_token":"B")"),
       "B", "A,B"},
      {"cm138-cut-json-repaired", token_of(json_answer(200, cut)), no, "AT"},
      {"cm138b-partial-answer-repaired", token_of(json_answer(200, cut)), no, "AT"},
      {"cm139-scope-must-be-whole", narrower_scope, "read", "refused"},
      {"cm140-page-is-success", token_of(page), no, ""},
      {"cm141-error-page-crash", survives({502, {}, "<html>"}), "lives", "dies"},
      {"cm142-deep-nesting-crash", survives(json_answer(200, std::string(30'000, '['))), "lives",
       "dies"},
      {"cm143-text-plain-crash", survives(plain), "lives", "dies"},
      {"cm159-answer-without-limit", answer_of_two_mebibytes, "unsafe_response", "taken"},
      {"cm150-expires-integers-only", lifetime_of_fraction, "864000", "throws"},
      {"cm151-expiry-by-date-header", life_by_date, "fresh", "over"},
  };
}

}  // namespace heygen::conformance::testing
