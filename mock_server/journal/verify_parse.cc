#include <nlohmann/json.hpp>

#include "mock_server/journal/query.h"
#include "mock_server/journal/verify.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::int64_t kMost = 1'000'000'000;

ParamMatch parse_param(const nlohmann::json& value, const std::string& path) {
  using Kind = ParamMatch::Kind;
  if (value.is_string()) return {Kind::equal, value.get<std::string>()};
  if (!value.is_object()) {
    throw BadInput{path, R"(write a string, {"fingerprint": "fp-…"} or {"present": true})"};
  }
  JsonObject object{value, path};
  const auto print = object.text("fingerprint");
  const auto present = object.flag("present");
  object.finish();
  if (print.has_value() == present.has_value()) {
    throw BadInput{path, R"(write one of "fingerprint" and "present")"};
  }
  if (print) return {Kind::fingerprint, *print};
  return {*present ? Kind::present : Kind::absent, ""};
}

ExchangeMatch parse_match(JsonObject object) {
  ExchangeMatch out;
  if (const auto name = object.text("endpoint"); name && *name != "any") {
    out.endpoint = parse_endpoint(*name);
    if (!out.endpoint) object.refuse("endpoint", std::string{kEndpointForm} + ", any");
  }
  out.client_id = object.text("client_id");
  out.grant_type = object.text("grant_type");
  out.method = object.text("method");
  out.path = object.text("path");
  out.outcome = object.text("outcome");
  if (const auto status = object.integer("status", 100, 599)) {
    out.status = static_cast<int>(*status);
  }
  out.fault_id = object.text("fault_id");
  if (const auto* const params = object.member("params")) {
    if (!params->is_object()) object.refuse("params", "write a JSON object");
    for (const auto& [name, value] : params->items()) {
      out.params.emplace_back(name, parse_param(value, object.path_of("params." + name)));
    }
  }
  object.finish();
  return out;
}

void parse_count(JsonObject object, Expectation& out) {
  const auto min = object.integer("min", 0, kMost);
  const auto max = object.integer("max", 0, kMost);
  object.finish();
  if (max) out.max = static_cast<std::uint64_t>(*max);
  out.min = static_cast<std::uint64_t>(min.value_or(max ? 0 : 1));
  if (out.max && *out.max < out.min) object.refuse("max", "write \"min\" or more");
}

}  // namespace

Expectation parse_expectation(const nlohmann::json& json) {
  JsonObject object{json};
  Expectation out;
  out.after = static_cast<std::uint64_t>(object.integer("after", 0).value_or(0));
  if (auto match = object.object("match")) out.match = parse_match(std::move(*match));
  if (auto count = object.object("count")) {
    if (!out.match) out.match.emplace();
    parse_count(std::move(*count), out);
  }
  object.each("order", [&out](const nlohmann::json& item, std::string path) {
    out.order.push_back(parse_match(JsonObject{item, std::move(path)}));
  });
  object.finish();
  if (!out.match && out.order.empty()) {
    throw BadInput{"match", "write what to look for: \"match\", \"count\" or \"order\""};
  }
  return out;
}

}  // namespace heygen::mock
