#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/reply.h"
#include "mock_server/notation/duration.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock::control {
namespace {

const char* name_of(VirtualClock::Mode mode) {
  switch (mode) {
    case VirtualClock::Mode::real:
      return "real";
    case VirtualClock::Mode::offset:
      return "offset";
    case VirtualClock::Mode::frozen:
      break;
  }
  return "frozen";
}

// Back is allowed: what had expired by the clock lives again, what was ended by hand does not.
void advance(VirtualClock& clock, JsonObject& body) {
  const auto* const given = body.member("advance");
  const auto by = given->is_string()
                      ? parse_duration(given->get_ref<const std::string&>(), /*signed_ok=*/true)
                      : std::nullopt;
  if (!by) {
    body.refuse("advance", std::string{kDurationForm} +
                               ", \"-1h\" to go back; the clock stays within the years 1 to 9999");
  }
  if (!clock.advance(*by)) {
    body.refuse("advance", "the clock stays within the years 1 to 9999; it stands at " +
                               format_timestamp(clock.now()));
  }
}

void set(VirtualClock& clock, JsonObject& body) {
  const auto* const given = body.member("set");
  const auto to =
      given->is_string() ? parse_timestamp(given->get_ref<const std::string&>()) : std::nullopt;
  if (!to || !clock.set(*to)) body.refuse("set", std::string{kTimestampForm});
}

}  // namespace

nlohmann::ordered_json render_clock(const VirtualClock& clock) {
  const auto reading = clock.read();
  return {
      {"now", format_timestamp(reading.now)},
      {"epoch", std::chrono::floor<std::chrono::seconds>(reading.now.time_since_epoch()).count()},
      {"mode", name_of(reading.mode)}};
}

wire::Response get_clock(const Call& call) {
  return reply(200, render_clock(call.sandbox->clock()));
}

wire::Response move_clock(const Call& call) {
  VirtualClock& clock = call.sandbox->clock();
  JsonObject body{call.body};
  const auto freeze = body.flag("freeze");
  const auto reset = body.flag("reset");
  (void)body.member("advance");
  (void)body.member("set");
  body.finish();
  if (call.body.size() != 1) {
    throw BadInput{"",
                   "write one of {\"advance\":\"10d\"}, {\"set\":\"2030-01-01T00:00:00Z\"}, "
                   "{\"freeze\":true}, {\"freeze\":false}, {\"reset\":true}"};
  }
  if (reset == false) body.refuse("reset", "write true");
  if (body.has("advance")) advance(clock, body);
  if (body.has("set")) set(clock, body);
  if (reset) clock.reset();
  if (freeze) *freeze ? clock.freeze() : clock.thaw();
  return get_clock(call);
}

}  // namespace heygen::mock::control
