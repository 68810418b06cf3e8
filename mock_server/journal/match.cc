#include "mock_server/journal/match.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/params.h"
#include "mock_server/journal/query.h"

namespace heygen::mock {
namespace {

using Values = std::vector<std::string>;

// A field that differs: what was wanted, and all that was there; raw.
struct Raw {
  std::string field;
  std::string wanted;
  const ParamMatch* param = nullptr;  // of a parameter
  Values got;
};

Values values_of(const Entry& entry, const std::string& name) {
  Values out;
  for (const auto& fields : {query_fields(entry.request), form_fields(entry.request)}) {
    for (const auto& [field, value] : fields) {
      if (field == name) out.push_back(value);
    }
  }
  return out;
}

bool holds(const ParamMatch& match, const Values& values) {
  switch (match.kind) {
    case ParamMatch::Kind::equal:
      return std::ranges::find(values, match.text) != values.end();
    case ParamMatch::Kind::fingerprint:
      return std::ranges::any_of(
          values, [&](const auto& value) { return fingerprint(value) == match.text; });
    case ParamMatch::Kind::present:
      return !values.empty();
    case ParamMatch::Kind::absent:
      return values.empty();
  }
  return false;
}

// Calls `found` with each field that differs.
void each_difference(const ExchangeMatch& match, const Entry& entry,
                     const std::function<void(Raw)>& found) {
  const auto text = [&](std::string_view field, const std::optional<std::string>& wanted,
                        std::string_view got) {
    if (!wanted || *wanted == got) return;
    found(
        {std::string{field}, *wanted, nullptr, got.empty() ? Values{} : Values{std::string{got}}});
  };
  if (match.endpoint)
    text("endpoint", std::string{to_string(*match.endpoint)}, to_string(entry.endpoint));
  text("client_id", match.client_id, entry.client_id);
  text("grant_type", match.grant_type, entry.grant_type);
  text("method", match.method, entry.request.method);
  if (match.path && !path_matches(*match.path, entry.request.path())) {
    found({"path", *match.path, nullptr, {std::string{entry.request.path()}}});
  }
  text("outcome", match.outcome, entry.outcome);
  if (match.status) {
    text("status", std::to_string(*match.status), std::to_string(entry.response.status));
  }
  text("fault_id", match.fault_id, entry.fault_id);
  for (const auto& [name, param] : match.params) {
    auto values = values_of(entry, name);
    if (!holds(param, values)) found({name, param.text, &param, std::move(values)});
  }
}

std::string joined(const Values& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + value;
  return out;
}

Difference shown(const Raw& raw, const Redactor& redactor) {
  if (raw.param == nullptr) {
    const auto got =
        raw.got.empty() ? std::nullopt : std::optional{to_utf8(redactor.text(raw.got.front()))};
    return {raw.field, to_utf8(redactor.text(raw.wanted)), got};
  }
  // A challenge without its method beside it counts as a secret here: fingerprints compare as well.
  const auto value = [&](const std::string& text) {
    return to_utf8(redactor.fields({{raw.field, text}}).front().second);
  };
  Difference out{"params." + to_utf8(redactor.text(raw.field)), "", std::nullopt};
  switch (raw.param->kind) {
    case ParamMatch::Kind::equal:
      out.wanted = value(raw.wanted);
      break;
    case ParamMatch::Kind::fingerprint:
      out.wanted = to_utf8(redactor.text(raw.wanted));
      break;
    case ParamMatch::Kind::present:
      out.wanted = "present";
      break;
    case ParamMatch::Kind::absent:
      out.wanted = "absent";
      break;
  }
  Values got;
  for (const auto& each : raw.got) got.push_back(value(each));
  if (!got.empty()) {
    // A fingerprint is compared with fingerprints, whatever the name of the parameter.
    out.got = raw.param->kind == ParamMatch::Kind::fingerprint && raw.got.size() == 1
                  ? fingerprint(raw.got.front())
                  : joined(got);
  }
  return out;
}

}  // namespace

bool matches(const ExchangeMatch& match, const Entry& entry) {
  return count_differences(match, entry) == 0;
}

std::size_t count_differences(const ExchangeMatch& match, const Entry& entry) {
  std::size_t count = 0;
  each_difference(match, entry, [&count](const Raw&) { ++count; });
  return count;
}

std::vector<Difference> differences(const ExchangeMatch& match, const Entry& entry,
                                    const Redactor& redactor) {
  std::vector<Difference> out;
  each_difference(match, entry, [&](const Raw& raw) { out.push_back(shown(raw, redactor)); });
  return out;
}

}  // namespace heygen::mock
