// The device flow, and bytes that are no request.

#include <algorithm>
#include <array>

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"
#include "conformance/server/http.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";

Reply start(ServerTrial& trial) {
  return trial.post(trial.target().device_url, {{"client_id", trial.client().id}});
}

// Ends the check unless it succeeds.
Reply started(ServerTrial& trial) {
  Reply reply = start(trial);
  trial.require(reply.ok() && !reply.text("device_code").empty(),
                "a good device authorization request was refused: " + reply.describe());
  return reply;
}

Reply poll(ServerTrial& trial, const Reply& device) {
  return trial.token({{"grant_type", std::string(kGrant)},
                      {"device_code", device.text("device_code")},
                      {"client_id", trial.client().id}});
}

seconds interval_of(const Reply& device) {
  return seconds{static_cast<std::int64_t>(device.number("interval").value_or(5))};
}

// The user's browser at the page that the device shows.
void decide(ServerTrial& trial, const Reply& device) {
  std::string url = device.text("verification_uri_complete");
  if (url.empty()) {
    const std::string page = device.text("verification_uri");
    url = page + (page.find('?') == std::string::npos ? "?" : "&") +
          Params{{"user_code", device.text("user_code")}}.encoded();
  }
  (void)trial.browse(url);
}

Verdict shape(ServerTrial& trial) {
  const Reply reply = start(trial);
  const auto wrong = [&](std::string_view expected) {
    return failed(std::string(expected) + " in the device authorization response",
                  reply.describe());
  };
  if (reply.status() != 200 || !reply.is_json_object()) return wrong("200 and a JSON object");
  for (const char* const member : {"device_code", "user_code", "verification_uri"}) {
    if (reply.text(member).empty()) return wrong(std::string(member) + ", a string");
  }
  if (origin_of(reply.text("verification_uri")).empty()) {
    return wrong("an absolute verification_uri");
  }
  for (const char* const member : {"expires_in", "interval"}) {
    const auto number = reply.number(member);
    if (!number || *number <= 0) return wrong(std::string(member) + ", a number above 0");
  }
  if (reply.header("Cache-Control").find("no-store") == std::string_view::npos) {
    return wrong("Cache-Control: no-store");
  }
  return start(trial).text("device_code") == reply.text("device_code")
             ? wrong("a device_code of its own for each request")
             : passed();
}

Verdict slow_down(ServerTrial& trial) {
  const bool timed = trial.has(Capability::clock);
  if (timed) trial.freeze();
  const Reply device = started(trial);
  const seconds interval = interval_of(device);
  std::vector<Verdict> verdicts;
  const auto judge = [&](std::string_view error, std::string_view when) {
    verdicts.push_back(expect_token_error(poll(trial, device), {error}, when));
  };
  if (timed) {
    trial.advance(interval + seconds{1});
    judge("authorization_pending", "the first poll");
  } else {
    // The interval may count from the device's answer on: then the first poll is early as well.
    verdicts.push_back(expect_token_error(
        poll(trial, device), {"authorization_pending", "slow_down"}, "the first poll"));
  }
  if (timed) trial.advance(seconds{1});
  judge("slow_down", "a poll a second after the last");
  if (!timed) return worst_of(std::move(verdicts));
  trial.advance(interval + seconds{1});
  judge("slow_down", "a poll within the interval that slow_down made longer");
  trial.advance(interval + seconds{11});
  judge("authorization_pending", "a poll after the longer interval");
  return worst_of(std::move(verdicts));
}

Verdict lifecycle(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Reply& device, std::string_view error, std::string_view when) {
    verdicts.push_back(expect_token_error(poll(trial, device), {error}, when));
  };
  const Reply device = started(trial);
  judge(device, "authorization_pending", "a poll before the user decided");
  decide(trial, device);
  trial.advance(interval_of(device) + seconds{1});
  const Reply granted = poll(trial, device);
  verdicts.push_back(expect_tokens(granted, "the poll after the user approved"));
  if (granted.ok() && trial.has(Capability::api)) {
    verdicts.push_back(expect_api_takes(trial.api(granted.access_token()), "the device's token"));
  }
  trial.advance(interval_of(device) + seconds{1});
  judge(device, "invalid_grant", "a device_code that was used");

  const Reply late = started(trial);
  trial.advance(seconds{static_cast<std::int64_t>(late.number("expires_in").value_or(900)) + 1});
  judge(late, "expired_token", "a poll after expires_in");

  const Reply refused = started(trial);
  trial.deny_all();
  decide(trial, refused);
  judge(refused, "access_denied", "the poll after the user denied");
  return worst_of(std::move(verdicts));
}

// --- robustness ---

// What must be answered with a 4xx: HTTP that is right, about parameters that are not.
std::vector<HttpRequest> bad_forms(const ServerTrial& trial) {
  constexpr const char* kForm = "application/x-www-form-urlencoded";
  const std::string id = "client_id=" + trial.client().id;
  const auto post = [&](std::string body) {
    return HttpRequest{
        "POST", trial.target().token_url, {{"Content-Type", kForm}}, std::move(body)};
  };
  std::string many = id;
  for (int i = 0; i < 5000; ++i) many += "&a" + std::to_string(i) + "=1";
  const std::string grant = "grant_type=authorization_code&" + id;
  return {
      post(grant + "&code=%"),
      post(grant + "&code=%zz&redirect_uri=%u0041"),
      post(grant + "&code=a%00b"),
      post(grant + std::string("&code=a\0b", 9)),
      post(grant + "&code=\xFF\xFE\xC0\x80"),
      post(grant + "&code=%FF%FE&code_verifier=%C3%28"),
      post(grant + "&code=" + std::string(std::size_t{1024} * 1024, 'a')),
      post(std::string(std::size_t{64} * 1024, '&')),
      post("=&=&=" + std::string(1000, '=')),
      post(many),
      post("{\"grant_type\":[[[["),
      {"GET", trial.target().authorize_url + "?client_id=%zz&redirect_uri=%", {}, ""},
      {"GET", trial.target().authorize_url + "?client_id=%00&state=%FF%FE", {}, ""},
      {"GET", trial.target().authorize_url + "?" + std::string(6000, 'a'), {}, ""},
      {"POST",
       trial.target().token_url,
       {{"Content-Type", "multipart/form-data; boundary="}},
       "--"},
      {"POST",
       trial.target().token_url,
       {{"Content-Type", kForm}, {"Authorization", "Basic !!!notbase64"}},
       grant + "&code=x"},
  };
}

// What may be answered with a 4xx, or a closed connection: no HTTP request at all.
std::vector<std::string> bad_bytes(const ServerTrial& trial) {
  const std::string& url = trial.target().token_url;
  const std::string origin = origin_of(url);
  const std::string host = "Host: " + origin.substr(origin.find("://") + 3) + "\r\n";
  const std::string path(target_of(url));
  return {
      std::string("\0\x01\x02 GARBAGE\r\n\r\n", 16),
      "GET\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "no colon here\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host +
          "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      "POST " + path + " HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host +
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "GET " + path + " HTTP/1.1\r\n" + host + "X: " + std::string(100'000, 'x') + "\r\n\r\n",
      "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
      "GET " + path + " with blanks HTTP/1.1\r\n" + host + "\r\n",
  };
}

Verdict malformed(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  std::size_t number = 0;
  const auto judge = [&](const Outcome<Reply>& reply, bool may_close, std::string_view kind) {
    ++number;
    const std::string what = std::string(kind) + " " + std::to_string(number);
    if (!reply) {
      const bool closed = reply.failure().origin == Failure::Origin::gone;
      verdicts.push_back(
          may_close && closed ? passed() : failed("a 4xx for " + what, reply.failure().message));
    } else if (reply->status() / 100 != 4) {
      verdicts.push_back(failed("a 4xx for " + what, reply->describe()));
    } else {
      verdicts.push_back(passed());
    }
  };
  for (const HttpRequest& request : bad_forms(trial)) {
    judge(trial.send_raw(to_bytes(request)), false, "malformed parameters, number");
  }
  number = 0;
  for (const std::string& bytes : bad_bytes(trial)) {
    judge(trial.send_raw(bytes), true, "bytes that are no request, number");
  }
  if (!trial.still_works()) {
    verdicts.push_back(failed("a good login after malformed requests", "none"));
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerDeviceChecks{
    Check{.id = "server.device.shape",
          .title = "A device learns its codes, where to send its user, and how often to ask",
          .clause = "RFC 8628 §3.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a device authorization request",
          .requires_ =
              "200 with device_code, user_code, an absolute verification_uri, expires_in and "
              "interval as numbers; no-store. (interval and no-store are the suite's "
              "demand.)",
          .mend = "Name all five members.",
          .needs = {Capability::device},
          .side = Side::server,
          .run_server = &shape},
    Check{.id = "server.device.slow-down",
          .title = "A device that polls too fast is slowed down",
          .clause = "RFC 8628 §3.5",
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "a second poll after 1 s; another within the longer interval; one after it",
          .requires_ =
              "slow_down, slow_down, authorization_pending: with each slow_down the interval "
              "grows by 5 s.",
          .mend = "Keep the time of the last poll and the interval with the device_code.",
          .motive = "idenplane#325; better-auth#10135",
          .needs = {Capability::device},
          .side = Side::server,
          .run_server = &slow_down},
    Check{
        .id = "server.device.lifecycle",
        .title = "A device_code waits, gives tokens once, and ends",
        .clause = "RFC 8628 §3.5",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "polls before and after approval, after use, after a refusal, after expires_in",
        .requires_ = "authorization_pending; tokens; invalid_grant (the suite's demand); "
                     "access_denied; expired_token.",
        .mend = "Keep the state of each device_code, and answer each with its own error.",
        .needs = {Capability::device, Capability::clock, Capability::deny},
        .side = Side::server,
        .run_server = &lifecycle},
    Check{.id = "server.robust.malformed",
          .title = "Malformed requests are refused, and harm nobody",
          .clause = "RFC 9110 §15.5; RFC 9112 §2.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "16 forms with bad escapes, NUL, invalid UTF-8, 1 MiB, 5,000 fields; 12 "
                      "pieces of bytes that are no HTTP",
          .requires_ = "A 4xx each time, or a closed connection for what is no HTTP; never a 5xx; "
                       "and a good login afterwards.",
          .mend = "Bound and check the bytes before you read them as parameters.",
          .side = Side::server,
          .run_server = &malformed},
};

}  // namespace

std::span<const Check> server_device_checks() { return kServerDeviceChecks; }

}  // namespace heygen::conformance
