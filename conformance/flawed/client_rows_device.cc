// Rows: the device flow.
#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::testing::json_answer;
using client::testing::Rig;
using client::testing::test_config;
using std::chrono::seconds;
using Ask = std::function<std::string(const Maker&)>;

Error failure(std::string_view oauth_error) {
  return {ErrorKind::token_error, "", std::string(oauth_error), 400};
}

// The waits after these answers, from an interval of 5 seconds.
Ask waits_after(std::vector<std::string_view> errors) {
  return [errors](const Maker& make) {
    const client::Seams seams = make();
    seconds interval{5};
    std::string text;
    for (const std::string_view error : errors) {
      interval = seams.device.next_interval(interval, failure(error));
      text += std::to_string(interval.count()) + " ";
    }
    return text;
  };
}

// How many of such answers are followed by another poll, of four.
Ask polls_after(std::string_view error) {
  return [error](const Maker& make) {
    const client::Seams seams = make();
    int polls = 0;
    while (polls < 4 && seams.device.goes_on(failure(error))) ++polls;
    return std::to_string(polls);
  };
}

Ask grant_of(std::string_view members) {
  return [members](const Maker& make) {
    Rig rig(make());
    rig.transport.answer_with([&](const HttpRequest&) {
      return json_answer(200, R"({"device_code":"D","user_code":"U","verification_uri":)"
                              R"("http://127.0.0.1/d")" +
                                  std::string(members) + "}");
    });
    const auto grant = rig.client.request_device_grant();
    const seconds life = std::chrono::duration_cast<seconds>(grant->expires_at - rig.clock.now());
    return std::to_string(grant->interval.count()) + " " + std::to_string(life.count());
  };
}

std::string poll_request(const Maker& make) {
  return make().endpoint.build_device_poll(test_config(), "D").body;
}

std::string start_request(const Maker& make) {
  const HttpRequest request = make().endpoint.build_device_request(test_config());
  return request.method + " " + request.url.substr(request.url.rfind('/')) + " " + request.body;
}

std::string log_of_poll(const Maker& make) {
  const client::Seams seams = make();
  client::testing::FakeTransport transport;
  const HttpRequest request = seams.endpoint.build_device_poll(test_config(), "DEVICE");
  (void)seams.endpoint.send(transport, request);
  return seams.token.describe_exchange({400});
}

std::string wait_after_429(const Maker& make) {
  const client::Seams seams = make();
  const auto next = seams.device.next_interval(seconds{5}, {ErrorKind::token_error, "", "", 429});
  client::testing::FakeTransport transport;
  transport.answer_with([](const HttpRequest&) {
    return client::HttpResponse{429, {{"Retry-After", "20"}}};
  });
  const HttpRequest poll = seams.endpoint.build_device_poll(test_config(), "D");
  const auto answer = seams.endpoint.send(transport, poll);
  const bool asked = client::find_header(answer->headers, "Retry-After").has_value();
  return std::to_string(next.count()) + (asked ? " with Retry-After" : " without");
}

}  // namespace

std::vector<Row> device_rows() {
  const std::vector<std::string_view> slow{"slow_down", "slow_down", "authorization_pending"};
  const std::string grant =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=D&client_id="
      "demo";
  return {
      {"cm57-slowdown-ignored", waits_after(slow), "10 15 15 ", "5 5 5 "},
      {"cm57b-slowdown-once", waits_after(slow), "10 15 15 ", "10 10 10 "},
      {"cm57c-slowdown-for-one-poll", waits_after(slow), "10 15 15 ", "10 15 5 "},
      {"cm57d-slowdown-by-one", waits_after(slow), "10 15 15 ", "6 7 7 "},
      {"cm57e-slowdown-fatal", polls_after("slow_down"), "4", "0"},
      {"cm155-429-to-poll-ignored", wait_after_429, "10 with Retry-After", "5 without"},
      {"cm123-log-device-code", log_of_poll, "token endpoint answered 400",
       "token endpoint answered 400 to a poll for DEVICE"},
      {"cm128-device-grant-short", poll_request, grant,
       "grant_type=device_code&device_code=D&client_id=demo"},
      {"cm128b-device-poll-no-client-id", poll_request, grant,
       "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=D"},
      {"cm129-device-request-get", start_request, "POST /device_authorization client_id=demo",
       "GET /device_authorization?client_id=demo "},
      {"cm129b-device-request-json", start_request, "POST /device_authorization client_id=demo",
       R"(POST /device_authorization {"client_id":"demo"})"},
      {"cm130-poll-every-second", waits_after({"authorization_pending"}), "5 ", "1 "},
      {"cm130b-poll-each-second-by-default", grant_of(""), "5 600", "1 600"},
      {"cm131-pending-three-times", polls_after("authorization_pending"), "4", "2"},
      {"cm132-denied-polls-on", polls_after("access_denied"), "0", "4"},
      {"cm132b-expired-polls-on", polls_after("expired_token"), "0", "4"},
      {"cm132c-other-errors-poll-on", polls_after("invalid_grant"), "0", "4"},
      {"cm133-device-expiry-unread", grant_of(R"(,"expires_in":10)"), "5 10", "5 600"},
  };
}

}  // namespace heygen::conformance::testing
