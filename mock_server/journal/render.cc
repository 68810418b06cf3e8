#include "mock_server/journal/render.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/journal/body.h"
#include "mock_server/journal/params.h"
#include "mock_server/notation/timestamp.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(to_utf8(text));
}

// Adds a value, and makes an array of it where there is one already.
void add(ordered_json& object, const std::string& name, const std::string& value) {
  const auto [member, fresh] = object.emplace(to_utf8(name), to_utf8(value));
  if (fresh) return;
  if (!member->is_array()) *member = ordered_json::array({*member});
  member->push_back(to_utf8(value));
}

ordered_json render_headers(const wire::Headers& headers, const Redactor& redactor) {
  auto out = ordered_json::object();
  for (const auto& [name, value] : headers) {
    // Names are the same in any case (RFC 9110 §5.1): the first spelling stands for all.
    const auto first = std::ranges::find_if(
        headers, [&name = name](const auto& field) { return wire::iequals(field.first, name); });
    add(out, redactor.text(first->first), redactor.header(name, value));
  }
  return out;
}

void add_fields(ordered_json& object, const Fields& fields) {
  for (const auto& [name, value] : fields) add(object, name, value);
}

ordered_json render_request(const Entry& entry, const Redactor& redactor) {
  const auto& request = entry.request;
  const auto query = redactor.fields(query_fields(request));
  const auto form = redactor.fields(form_fields(request));
  ordered_json out{{"headers", render_headers(request.headers, redactor)},
                   {"query", ordered_json::object()},
                   {"form", ordered_json::object()},
                   {"params", ordered_json::object()}};
  add_fields(out["query"], query);
  add_fields(out["form"], form);
  add_fields(out["params"], query);
  add_fields(out["params"], form);
  if (!is_form(request) && !request.body.empty()) {
    show_body(request.body, entry.endpoint, Redactor::JsonOf::request, redactor, out["body"]);
  }
  if (const auto error = wire::parse_form(request.query()).error) {
    out["malformed"]["query"] = *error;
  }
  if (is_form(request)) {
    if (const auto error = wire::parse_form(request.body).error) out["malformed"]["form"] = *error;
  }
  return out;
}

std::string_view to_string(wire::Delivery::Ending ending) noexcept {
  using Ending = wire::Delivery::Ending;
  switch (ending) {
    case Ending::complete:
      return "complete";
    case Ending::reset:
      return "reset";
    case Ending::empty:
      return "empty";
    case Ending::head_only:
      return "head_only";
    case Ending::truncated:
      return "truncated";
    case Ending::close:
      return "close";
  }
  return "complete";
}

ordered_json render_delivery(const wire::Delivery& delivery) {
  ordered_json out{{"ending", to_string(delivery.ending)}};
  if (delivery.truncate_at) out["truncate_at"] = *delivery.truncate_at;
  if (delivery.delay.count() != 0) out["delay_ms"] = delivery.delay.count();
  if (delivery.dribble) {
    out["dribble"] = {{"bytes", delivery.dribble->bytes},
                      {"every_ms", delivery.dribble->every.count()}};
  }
  if (delivery.endless_bytes != 0) out["endless_bytes"] = delivery.endless_bytes;
  return out;
}

ordered_json render_response(const Entry& entry, const Redactor& redactor) {
  const auto& response = entry.response;
  const bool api = entry.endpoint == Endpoint::api || entry.endpoint == Endpoint::none;
  ordered_json out{{"status", response.status},
                   {"headers", render_headers(response.headers, redactor)}};
  show_body(response.body, entry.endpoint,
            api ? Redactor::JsonOf::api_answer : Redactor::JsonOf::answer, redactor, out["body"]);
  if (!response.delivery.plain()) out["delivery"] = render_delivery(response.delivery);
  return out;
}

ordered_json render(const Entry& entry, const Redactor& redactor) {
  return {{"seq", entry.seq},
          {"time", format_timestamp(entry.time)},
          {"wall", format_timestamp(entry.wall)},
          {"endpoint", to_string(entry.endpoint)},
          {"method", to_utf8(redactor.text(entry.request.method))},
          {"path", to_utf8(redactor.text(entry.request.path()))},
          {"client_id", text_or_null(redactor.text(entry.client_id))},
          {"grant_type", text_or_null(redactor.text(entry.grant_type))},
          {"request", render_request(entry, redactor)},
          {"response", render_response(entry, redactor)},
          {"outcome", to_utf8(entry.outcome)},
          {"why", to_utf8(is_store_trouble(entry) ? entry.why : redactor.text(entry.why))},
          {"fault_id", text_or_null(entry.fault_id)},
          {"tokens", {{"used", entry.tokens_used}, {"issued", entry.tokens_issued}}}};
}

}  // namespace

Redactor redactor_for(const Entry& entry, const Redactor& redactor) {
  std::vector<Secret> secrets;
  render(entry, redactor.noting(secrets));
  return redactor.knowing(secrets);
}

ordered_json render_entry(const Entry& entry, const Redactor& redactor) {
  return render(entry, redactor_for(entry, redactor));
}

}  // namespace heygen::mock
