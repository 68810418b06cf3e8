// Servers whose device flow hurries nobody, or ends never; and ones that malformed bytes harm.

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

// What the store says of a poll, changed.
class OtherPolls final : public mock::MemoryStore {
 public:
  using Change = mock::DevicePoll (*)(mock::DevicePoll);
  explicit OtherPolls(Change change) : change_(change) {}

  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    return change_(MemoryStore::poll_device(device_code, client_id, tokens, now));
  }

 private:
  const Change change_;
};

template <typename From, typename To>
mock::DevicePoll as(mock::DevicePoll poll) {
  return std::holds_alternative<From>(poll) ? mock::DevicePoll{To{}} : poll;
}

template <typename From, typename To>
void polls(ServerSeams& seams) {
  seams.store = store_of<OtherPolls>(&as<From, To>);
}

// Slows down, and forgets that it did.
class FixedInterval final : public mock::MemoryStore {
 public:
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    constexpr std::chrono::seconds kInterval{5};
    auto poll = MemoryStore::poll_device(device_code, client_id, tokens, now);
    const std::lock_guard lock(mutex_);
    const auto before = polled_.find(std::string(device_code));
    const bool soon = before != polled_.end() && now < before->second + kInterval;
    polled_[std::string(device_code)] = now;
    if (std::holds_alternative<mock::DeviceSlowDown>(poll) && !soon) return mock::DevicePending{};
    return poll;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, mock::TimePoint> polled_;
};

class ReusableDevice final : public mock::MemoryStore {
 public:
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    auto poll = MemoryStore::poll_device(device_code, client_id, tokens, now);
    if (!std::holds_alternative<mock::DeviceSpent>(poll)) return poll;
    return mock::DeviceGranted{MemoryStore::put_grant(client_id, "", "", tokens)};
  }
};

void device_answer(ServerSeams& seams, void (*change)(Response&)) {
  seams.front.push_back(
      after(at_device, [change](const Request&, Response& response) { change(response); }));
}

constexpr std::array kServerDeviceFlaws{
    Flaw{"sm35-device-no-slowdown",
         "lets a device poll as fast as it likes",
         {"server.device.slow-down"},
         "",
         Side::server,
         nullptr,
         &polls<mock::DeviceSlowDown, mock::DevicePending>},
    Flaw{"sm35b-interval-fixed",
         "says slow_down, and keeps the interval",
         {"server.device.slow-down"},
         "sm35-device-no-slowdown",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<FixedInterval>(); }},
    Flaw{"sm55-device-reusable",
         "gives tokens for a device_code again",
         {"server.device.lifecycle"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ReusableDevice>(); }},
    Flaw{"sm55b-denied-pending",
         "never tells a device that its user refused",
         {"server.device.lifecycle"},
         "",
         Side::server,
         nullptr,
         &polls<mock::DeviceDenied, mock::DevicePending>},
    Flaw{"sm55c-expired-pending",
         "lets a device wait for ever",
         {"server.device.lifecycle"},
         "",
         Side::server,
         nullptr,
         &polls<mock::DeviceExpired, mock::DevicePending>},
    Flaw{"sm55d-expired-invalid",
         "calls a device_code that is too old invalid_grant",
         {"server.device.lifecycle"},
         "sm55c-expired-pending",
         Side::server,
         nullptr,
         &polls<mock::DeviceExpired, mock::DeviceUnknown>},
    Flaw{"sm56-device-no-interval",
         "leaves the interval out",
         {"server.device.shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           device_answer(seams, [](Response& response) { patch(response, "interval", "null"); });
         }},
    Flaw{"sm56b-device-uri-relative",
         "gives a verification_uri without a host",
         {"server.device.shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           device_answer(seams, [](Response& response) {
             patch(response, "verification_uri", "\"/device\"");
           });
         }},
    Flaw{"sm56c-device-cacheable",
         "lets the device's codes be cached",
         {"server.device.shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           device_answer(seams,
                         [](Response& response) { response.headers.remove("Cache-Control"); });
         }},
    Flaw{"sm57-bad-escape-500",
         "fails at a broken percent escape",
         {"server.robust.malformed"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_token, [](const Request& request) {
             return mock::wire::parse_form(request.body).error
                        ? std::optional(answer(500, "{\"error\":\"server_error\"}"))
                        : std::optional<Response>();
           }));
         }},
    Flaw{"sm57b-high-bytes-500",
         "fails at bytes beyond ASCII",
         {"server.robust.malformed"},
         "sm57-bad-escape-500",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_token, [](const Request& request) {
             return std::ranges::any_of(request.body,
                                        [](char c) { return static_cast<unsigned char>(c) > 0x7F; })
                        ? std::optional(answer(500, "{\"error\":\"server_error\"}"))
                        : std::optional<Response>();
           }));
         }},
    Flaw{"sm57c-nul-hangs-up",
         "hangs up at a NUL",
         {"server.robust.malformed"},
         "sm57-bad-escape-500",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_token, [](const Request& request) {
             if (request.body.find("%00") == std::string::npos) return std::optional<Response>();
             Response response = answer(400, "");
             response.delivery.ending = mock::wire::Delivery::Ending::empty;
             return std::optional(response);
           }));
         }},
};

}  // namespace

std::span<const Flaw> server_device_flaws() { return kServerDeviceFlaws; }

}  // namespace heygen::conformance
