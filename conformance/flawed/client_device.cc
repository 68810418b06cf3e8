// Flaws in the device flow.
#include <array>
#include <set>

#include "client_under_test/lib/json.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Config;
using client::DeviceRules;
using client::EndpointRules;
using client::Error;
using client::Fields;
using client::HttpRequest;
using client::HttpResponse;
using client::JsonObject;
using client::JsonValue;
using client::Seams;
using client::TokenRules;
using client::Transport;
using std::chrono::seconds;

bool is_slow_down(const Error& failure) { return failure.oauth_error == "slow_down"; }
bool is_pending(const Error& failure) { return failure.oauth_error == "authorization_pending"; }

// --- how fast ----------------------------------------------------------------------------------

seconds slow_down_ignored(seconds interval, const Error& failure) {
  return is_slow_down(failure) ? interval : client::next_interval(interval, failure);
}

// An interval that a slow_down has brought about once does not grow again.
auto slow_down_counts_once() {
  return [slowed = Kept<std::set<seconds>>()](seconds interval, const Error& failure) {
    const seconds next = client::next_interval(interval, failure);
    if (!is_slow_down(failure)) return next;
    return slowed.with([&](auto& known) {
      if (known.contains(interval)) return interval;
      known.insert(next);
      return next;
    });
  };
}

// The poll after a slow_down is later, and the one after that is as soon as ever.
auto slow_down_for_one_poll() {
  return [kept = Kept<std::optional<seconds>>()](seconds interval, const Error& failure) {
    return kept.with([&](std::optional<seconds>& first) {
      if (!first || interval < *first) first = interval;
      return is_pending(failure) ? std::exchange(first, std::nullopt).value_or(interval)
                                 : client::next_interval(interval, failure);
    });
  };
}

seconds slow_down_by_one(seconds interval, const Error& failure) {
  return is_slow_down(failure) ? interval + seconds{1} : client::next_interval(interval, failure);
}

seconds every_second(seconds /*interval*/, const Error& /*failure*/) { return seconds{1}; }

JsonValue number_value(std::string text, double number) {
  return {JsonValue::Kind::number, std::move(text), number};
}

std::optional<JsonObject> interval_of_one_by_default(std::string_view text) {
  std::optional<JsonObject> body = client::parse_json_object(text);
  if (body && body->find("device_code") != nullptr) {
    body->members.try_emplace("interval", number_value("1", 1));
  }
  return body;
}

// 429 is a matter of the network, and Retry-After of no interest.
void too_many_requests_ignored(Seams& seams) {
  seams.device.next_interval = [](seconds interval, const Error& failure) {
    return failure.status == 429 ? interval : client::next_interval(interval, failure);
  };
  seams.endpoint.send = [](Transport& transport, const HttpRequest& request) {
    auto response = client::send_once(transport, request);
    const bool is_poll = !field_of(request, "device_code").empty();
    if (response && is_poll) client::remove_header(response->headers, "Retry-After");
    return response;
  };
}

// --- how long ----------------------------------------------------------------------------------

bool slow_down_is_fatal(const Error& failure) {
  return !is_slow_down(failure) && client::polling_goes_on(failure);
}

auto three_polls_are_enough() {
  return [count = Kept<int>()](const Error& failure) {
    return count.with([&](int& pending) {
      pending = is_pending(failure) ? pending + 1 : 0;
      const bool enough = pending >= 3;
      if (enough) pending = 0;
      return !enough && client::polling_goes_on(failure);
    });
  };
}

bool denial_is_pending(const Error& failure) {
  return failure.oauth_error == "access_denied" || client::polling_goes_on(failure);
}

bool expiry_is_pending(const Error& failure) {
  return failure.oauth_error == "expired_token" || client::polling_goes_on(failure);
}

bool only_denial_and_expiry_end_it(const Error& failure) {
  return failure.oauth_error != "access_denied" && failure.oauth_error != "expired_token";
}

std::optional<JsonObject> expiry_unread(std::string_view text) {
  std::optional<JsonObject> body = client::parse_json_object(text);
  if (body && body->find("device_code") != nullptr) body->members.erase("expires_in");
  return body;
}

// --- the requests ------------------------------------------------------------------------------

HttpRequest short_grant_type(const Config& config, std::string_view device_code) {
  HttpRequest request = client::build_device_poll(config, device_code);
  Fields fields = fields_of(request);
  for (auto& [name, value] : fields) {
    if (name == "grant_type") value = "device_code";
  }
  return with_fields(std::move(request), fields);
}

HttpRequest poll_without_client_id(const Config& config, std::string_view device_code) {
  return without_field(client::build_device_poll(config, device_code), "client_id");
}

HttpRequest start_by_get(const Config& config) {
  HttpRequest request = client::build_device_request(config);
  request.method = "GET";
  request.url += "?" + std::exchange(request.body, "");
  client::remove_header(request.headers, "Content-Type");
  return request;
}

HttpRequest start_as_json(const Config& config) {
  HttpRequest request = client::build_device_request(config);
  request.body = json_of(fields_of(request));
  client::remove_header(request.headers, "Content-Type");
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

void device_code_logged(Seams& seams) {
  const Kept<std::string> last;
  seams.endpoint.send = [last](Transport& transport, const HttpRequest& request) {
    last.set(field_of(request, "device_code"));
    return client::send_once(transport, request);
  };
  seams.token.describe_exchange = [last](const HttpResponse& response) {
    const std::string code = last.get();
    const std::string line = client::describe_exchange(response);
    return code.empty() ? line : line + " to a poll for " + code;
  };
}

constexpr std::array kClientDeviceFlaws{
    Flaw{.id = "cm57-slowdown-ignored",
         .summary = "keeps the interval on slow_down",
         .intended = {"device.poll.slow-down"},
         .plant = replace<&DeviceRules::next_interval, slow_down_ignored>},
    Flaw{.id = "cm57b-slowdown-once",
         .summary = "slow_down adds 5 seconds the first time only",
         .intended = {"device.poll.slow-down"},
         .variant_of = "cm57-slowdown-ignored",
         .plant = replace_made<&DeviceRules::next_interval, slow_down_counts_once>},
    Flaw{.id = "cm57c-slowdown-for-one-poll",
         .summary = "slow_down delays the next poll, and not those after it",
         .intended = {"device.poll.slow-down"},
         .variant_of = "cm57-slowdown-ignored",
         .plant = replace_made<&DeviceRules::next_interval, slow_down_for_one_poll>},
    Flaw{.id = "cm57d-slowdown-by-one",
         .summary = "slow_down adds one second",
         .intended = {"device.poll.slow-down"},
         .variant_of = "cm57-slowdown-ignored",
         .plant = replace<&DeviceRules::next_interval, slow_down_by_one>},
    Flaw{.id = "cm57e-slowdown-fatal",
         .summary = "slow_down ends the login",
         .intended = {"device.poll.slow-down"},
         .variant_of = "cm57-slowdown-ignored",
         .plant = replace<&DeviceRules::goes_on, slow_down_is_fatal>},
    Flaw{.id = "cm155-429-to-poll-ignored",
         .summary = "keeps the interval on 429, whatever Retry-After says",
         .intended = {"device.429"},
         .plant = too_many_requests_ignored},
    Flaw{.id = "cm123-log-device-code",
         .summary = "prints the device_code",
         .intended = {"device.code.secret"},
         .plant = device_code_logged},
    Flaw{.id = "cm128-device-grant-short",
         .summary = "polls with grant_type=device_code",
         .intended = {"device.poll.shape"},
         .plant = replace<&EndpointRules::build_device_poll, short_grant_type>},
    Flaw{.id = "cm128b-device-poll-no-client-id",
         .summary = "polls without client_id",
         .intended = {"device.poll.shape"},
         .variant_of = "cm128-device-grant-short",
         .plant = replace<&EndpointRules::build_device_poll, poll_without_client_id>},
    Flaw{.id = "cm129-device-request-get",
         .summary = "asks for a device code by GET",
         .intended = {"device.request.shape"},
         .plant = replace<&EndpointRules::build_device_request, start_by_get>},
    Flaw{.id = "cm129b-device-request-json",
         .summary = "asks for a device code in JSON",
         .intended = {"device.request.shape"},
         .variant_of = "cm129-device-request-get",
         .plant = replace<&EndpointRules::build_device_request, start_as_json>},
    Flaw{.id = "cm130-poll-every-second",
         .summary = "after the first poll polls each second",
         .intended = {"device.poll.interval", "device.poll.slow-down"},
         .plant = replace<&DeviceRules::next_interval, every_second>},
    Flaw{.id = "cm130b-poll-each-second-by-default",
         .summary = "without an interval polls each second",
         .intended = {"device.poll.default-interval"},
         .variant_of = "cm130-poll-every-second",
         .plant = replace<&TokenRules::parse_body, interval_of_one_by_default>},
    Flaw{.id = "cm131-pending-three-times",
         .summary = "gives up at the third authorization_pending",
         .intended = {"device.poll.pending-continues"},
         .plant = replace_made<&DeviceRules::goes_on, three_polls_are_enough>},
    Flaw{.id = "cm132-denied-polls-on",
         .summary = "polls on after access_denied",
         .intended = {"device.poll.terminal"},
         .plant = replace<&DeviceRules::goes_on, denial_is_pending>},
    Flaw{.id = "cm132b-expired-polls-on",
         .summary = "polls on after expired_token",
         .intended = {"device.poll.terminal"},
         .variant_of = "cm132-denied-polls-on",
         .plant = replace<&DeviceRules::goes_on, expiry_is_pending>},
    Flaw{.id = "cm132c-other-errors-poll-on",
         .summary = "polls on after any error but access_denied and expired_token",
         .intended = {"device.poll.terminal"},
         .variant_of = "cm132-denied-polls-on",
         .plant = replace<&DeviceRules::goes_on, only_denial_and_expiry_end_it>},
    Flaw{.id = "cm133-device-expiry-unread",
         .summary = "polls on when the device code has expired",
         .intended = {"device.poll.stops-at-expiry"},
         .plant = replace<&TokenRules::parse_body, expiry_unread>},
};

}  // namespace

std::span<const Flaw> device_flaws() { return kClientDeviceFlaws; }

}  // namespace heygen::conformance
