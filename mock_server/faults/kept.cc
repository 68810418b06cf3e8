#include "mock_server/faults/kept.h"

#include <exception>
#include <nlohmann/json.hpp>

#include "mock_server/core/store.h"
#include "mock_server/faults/parse.h"

namespace heygen::mock {

std::string write_faults(const KeptFaults& kept) {
  auto list = nlohmann::json::array();
  for (const KeptFault& fault : kept.faults) {
    list.push_back({{"id", fault.id},
                    {"rule", render_fault(fault.rule)},
                    {"expires_at", fault.expires_at.value_or(kNever).time_since_epoch().count()}});
  }
  std::string out;  // MessagePack: a header's value may hold bytes that are no UTF-8
  nlohmann::json::to_msgpack({{"last_id", kept.last_id}, {"faults", std::move(list)}}, out);
  return out;
}

KeptFaults read_faults(std::string_view note) try {
  const auto json = nlohmann::json::from_msgpack(note);
  KeptFaults kept;
  kept.last_id = json.at("last_id");
  for (const auto& item : json.at("faults")) {
    KeptFault fault{item.at("id"), parse_fault(item.at("rule")), std::nullopt};
    const TimePoint end{std::chrono::milliseconds{item.at("expires_at").get<std::int64_t>()}};
    if (end != kNever) fault.expires_at = end;
    kept.faults.push_back(std::move(fault));
  }
  return kept;
} catch (const std::exception&) {
  throw StoreUnavailable("the kept faults are damaged, or another version's");
}

}  // namespace heygen::mock
