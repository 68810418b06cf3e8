#include "conformance/report/json.h"

#include <nlohmann/json.hpp>

#include "mock_server/notation/timestamp.h"

namespace heygen::conformance {
namespace {

using nlohmann::ordered_json;

ordered_json step_json(const Step& step) {
  ordered_json params = ordered_json::object();
  for (const auto& [name, value] : step.params) {
    // One that was sent twice is an array: JSON has each name once.
    ordered_json& here = params[name];
    if (here.is_null()) {
      here = value;
    } else if (here.is_array()) {
      here.push_back(value);
    } else {
      here = ordered_json::array({here, value});
    }
  }
  ordered_json out;
  out["from"] = step.from;
  out["to"] = step.to;
  out["method"] = step.method;
  out["path"] = step.path;
  out["params"] = std::move(params);
  out["status"] = step.status;
  out["note"] = step.note;
  return out;
}

ordered_json check_json(const CheckReport& check) {
  ordered_json out;
  out["id"] = check.id;
  out["title"] = check.title;
  out["level"] = to_string(check.level);
  out["clause"] = check.clause;
  out["source"] = to_string(check.source);
  out["result"] = to_string(check.result);
  out["message"] = check.message;
  out["mend"] = check.mend;
  out["expected_failure"] = check.expected_failure;
  out["duration_ms"] = check.duration_ms;
  out["exchange"] = ordered_json::array();
  for (const Step& step : check.exchange) out["exchange"].push_back(step_json(step));
  return out;
}

}  // namespace

std::string json_report(const Report& report) {
  ordered_json out;
  out["version"] = 1;
  out["subject"] = {{"kind", report.subject.kind},
                    {"name", report.subject.name},
                    {"capabilities", report.subject.capabilities}};
  out["seed"] = report.seed;
  out["started"] = mock::format_timestamp(report.started);
  out["duration_ms"] = report.duration_ms;
  for (const Result result : kResults) {
    out["summary"][std::string(to_string(result))] = report.count(result);
  }
  out["checks"] = ordered_json::array();
  for (const CheckReport& check : report.checks) out["checks"].push_back(check_json(check));
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace heygen::conformance
