// The device flow.

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/page_headers.h"
#include "conformance/checks/samples.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "conformance/server/html_form.h"
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

Params polling(const Reply& device, const ServerClient& client) {
  Params form{{"grant_type", std::string(kGrant)},
              {"device_code", device.text("device_code")},
              {"client_id", client.id}};
  if (client.secret) form.add("client_secret", *client.secret);
  return form;
}

Reply poll(ServerTrial& trial, const Reply& device) {
  return trial.token(polling(device, trial.client()));
}

seconds interval_of(const Reply& device) {
  return seconds{static_cast<std::int64_t>(device.number("interval").value_or(5))};
}

std::string letters_of(std::string_view code) {
  std::string letters;
  for (const char c : code) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) letters += c;
  }
  return letters;
}

// A form that has the code in it and was not sent yet: "is it this one?" (RFC 8628 §3.3.1).
bool asks_about(const Reply& page, std::string_view user_code) {
  const auto form = page.ok() && page.is_html() ? find_form(page.body()) : std::nullopt;
  return form && form->post && std::ranges::any_of(form->fields, [&](const HtmlForm::Field& field) {
           return letters_of(field.value) == letters_of(user_code);
         });
}

// The user's browser at the page that the device shows.
void decide(ServerTrial& trial, const Reply& device) {
  std::string url = device.text("verification_uri_complete");
  if (url.empty()) {
    const std::string page = device.text("verification_uri");
    url = page + (page.find('?') == std::string::npos ? "?" : "&") +
          Params{{"user_code", device.text("user_code")}}.encoded();
  }
  constexpr int kMostPages = 3;
  Reply page = trial.browse(url);
  for (int i = 0; i < kMostPages && asks_about(page, device.text("user_code")); ++i) {
    page = trial.decide(page, Decision::approve);
  }
}

Verdict judge_members(ServerTrial& trial) {
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
  if (!forbids_storing(reply.seen().response().headers)) return wrong("Cache-Control: no-store");
  return passed();
}

// RFC 8628 §5.1, §5.2. Fewer than thirty samples show too little: who limits starts is believed.
Verdict judge_codes(ServerTrial& trial) {
  constexpr std::size_t kStarts = 60;
  constexpr std::size_t kFewest = 30;
  // A code of six digits has 19.9; with a limit to wrong tries that may do.
  constexpr double kLeastUserBits = 16;
  std::vector<std::string> devices;
  std::vector<std::string> users;
  while (devices.size() < kStarts) {
    const Reply reply = start(trial);
    if (reply.status() == 429) break;
    trial.require(reply.ok(), "a good device authorization request was refused");
    devices.push_back(reply.text("device_code"));
    users.push_back(reply.text("user_code"));
  }
  const std::set<std::string> different(devices.begin(), devices.end());
  if (different.size() != devices.size()) {
    return failed("a device_code of its own for each request", "one that was given before");
  }
  if (devices.size() < kFewest) return passed();
  if (have_equal_steps(devices) || entropy_bound(devices) < kLeastBits) {
    return failed("device_codes that cannot be guessed",
                  "at most " + std::to_string(static_cast<int>(entropy_bound(devices))) +
                      " bits, or numbers that count");
  }
  const double bits = entropy_bound(users);
  return bits >= kLeastUserBits ? passed()
                                : warned("expected user_codes of at least 16 bits; seen: at most " +
                                         std::to_string(static_cast<int>(bits)));
}

Verdict shape(ServerTrial& trial) {
  std::vector<Verdict> verdicts{judge_members(trial)};
  if (verdicts.front().result != Result::pass) return verdicts.front();
  verdicts.push_back(judge_codes(trial));
  const Reply unknown =
      trial.post(trial.target().device_url, {{"client_id", "nobody-" + trial.random(12)}});
  if (unknown.status() / 100 != 4 || unknown.has("device_code")) {
    verdicts.push_back(
        failed("a 4xx and no device_code for an unknown client_id", unknown.describe()));
  }
  return worst_of(std::move(verdicts));
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
  // What was made longer stays so (RFC 8628 §3.5: "for this and all subsequent requests").
  trial.advance(interval + seconds{2});
  judge("slow_down", "a poll within the longer interval, after one that was in time");
  return worst_of(std::move(verdicts));
}

// A device that its user approved, and whose next poll is not too early.
Reply approved(ServerTrial& trial) {
  Reply device = started(trial);
  decide(trial, device);
  trial.advance(interval_of(device) + seconds{1});
  return device;
}

seconds lifetime_of(const Reply& device) {
  return seconds{static_cast<std::int64_t>(device.number("expires_in").value_or(900))};
}

Verdict judge_many_polls(ServerTrial& trial) {
  constexpr std::size_t kAtOnce = 20;
  const HttpRequest request =
      form_request(trial.target().token_url, polling(approved(trial), trial.client()));
  const auto replies = trial.send_at_once(std::vector(kAtOnce, request));
  const auto won = std::ranges::count_if(replies, &Reply::ok);
  return won == 1 ? passed()
                  : failed("tokens for exactly one of " + std::to_string(kAtOnce) +
                               " polls at once after the user approved",
                           std::to_string(won) + " had them");
}

Verdict lifecycle(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Reply& device, std::string_view error, std::string_view when) {
    verdicts.push_back(expect_token_error(poll(trial, device), {error}, when));
  };
  const Reply device = started(trial);
  // The interval may count from the device's answer on.
  trial.advance(interval_of(device) + seconds{1});
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
  verdicts.push_back(judge_many_polls(trial));
  if (trial.has(Capability::second_client)) {
    verdicts.push_back(
        expect_token_error(trial.token(polling(approved(trial), trial.second_client())),
                           {"invalid_grant", "invalid_client"}, "another client's device_code"));
  }

  const Reply late = started(trial);
  trial.advance(lifetime_of(late) + seconds{1});
  judge(late, "expired_token", "a poll after expires_in");
  const Reply forgotten = started(trial);
  decide(trial, forgotten);
  trial.advance(lifetime_of(forgotten) + seconds{1});
  verdicts.push_back(expect_token_error(poll(trial, forgotten), {"expired_token", "invalid_grant"},
                                        "a poll after expires_in, though the user approved"));

  const Reply refused = started(trial);
  trial.deny_all();
  decide(trial, refused);
  trial.advance(interval_of(refused) + seconds{1});
  judge(refused, "access_denied", "the poll after the user denied");
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerDeviceChecks{
    Check{.id = "server.device.shape",
          .title = "A device learns its codes, where to send its user, and how often to ask",
          .clause = "RFC 8628 §3.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "60 device authorization requests, and one of a client that nobody knows",
          .requires_ =
              "200 with device_code, user_code, an absolute verification_uri, expires_in and "
              "interval as numbers; no-store; device_codes that cannot be guessed; a 4xx for the "
              "unknown client. (interval and no-store are the suite's demand; user_codes of less "
              "than 16 bits are a warning.)",
          .mend = "Name all five members.",
          .needs = {Capability::device},
          .side = Side::server,
          .run_server = &shape},
    Check{.id = "server.device.slow-down",
          .title = "A device that polls too fast is slowed down",
          .clause = "RFC 8628 §3.5",
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "a second poll after 1 s; another within the longer interval; one after it; "
                      "and one within it again",
          .requires_ =
              "slow_down, slow_down, authorization_pending, slow_down: with each slow_down the "
              "interval grows by 5 s, and stays so.",
          .mend = "Keep the time of the last poll and the interval with the device_code.",
          .motive = "idenplane#325; better-auth#10135",
          .needs = {Capability::device},
          .side = Side::server,
          .run_server = &slow_down},
    Check{.id = "server.device.lifecycle",
          .title = "A device_code waits, gives tokens once, and ends",
          .clause = "RFC 8628 §3.5",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "polls before and after approval, after use, after a refusal, after expires_in; "
              "20 at once after approval; one of another client",
          .requires_ = "authorization_pending; tokens; invalid_grant (the suite's demand); "
                       "access_denied; expired_token; tokens once; invalid_grant.",
          .mend = "Keep the state of each device_code, and answer each with its own error.",
          .needs = {Capability::device, Capability::clock, Capability::deny},
          .side = Side::server,
          .run_server = &lifecycle},
};

}  // namespace

std::span<const Check> server_device_checks() { return kServerDeviceChecks; }

}  // namespace heygen::conformance
