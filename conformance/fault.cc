#include "conformance/fault.h"

namespace heygen::conformance {

Fault Fault::at(Endpoint endpoint) {
  Fault fault;
  fault.rule_.on.endpoint = endpoint;
  return fault;
}
Fault Fault::anywhere() { return {}; }

Fault& Fault::path(std::string_view path) {
  rule_.on.path = path;
  return *this;
}
Fault& Fault::nth(std::uint64_t n) {
  rule_.when = mock::FaultNth{n};
  return *this;
}
Fault& Fault::first(std::uint64_t n) {
  rule_.when = mock::FaultFirst{n};
  return *this;
}
Fault& Fault::every(std::uint64_t n) {
  rule_.when = mock::FaultEvery{n};
  return *this;
}
Fault& Fault::after(std::uint64_t n) {
  rule_.when = mock::FaultAfter{n};
  return *this;
}
Fault& Fault::times(std::uint64_t n) {
  rule_.times = n;
  return *this;
}
Fault& Fault::after_commit() {
  rule_.action.stage = mock::FaultStage::after_commit;
  return *this;
}
Fault& Fault::status(int status) {
  rule_.action.status = status;
  return *this;
}
Fault& Fault::error(std::string_view code, std::string_view description) {
  rule_.action.oauth_error = code;
  if (!description.empty()) rule_.action.description = description;
  return *this;
}
Fault& Fault::header(std::string_view name, std::string_view value) {
  rule_.action.headers.emplace_back(name, value);
  return *this;
}
Fault& Fault::retry_after(std::string_view value) {
  rule_.action.retry_after = value;
  return *this;
}
Fault& Fault::body(std::string_view body, std::string_view content_type) {
  rule_.action.body = body;
  rule_.action.content_type = content_type;
  return *this;
}
Fault& Fault::patch(std::string_view member, std::string_view json) {
  rule_.action.patch.emplace_back(member, json);
  return *this;
}
Fault& Fault::without(std::string_view member) {
  rule_.action.patch.emplace_back(member, std::nullopt);
  return *this;
}
Fault& Fault::redirect_to(std::string_view url, int status) {
  rule_.action.location = url;
  rule_.action.status = status;
  return *this;
}
Fault& Fault::delay(std::chrono::milliseconds span) {
  rule_.action.delay = span;
  return *this;
}
Fault& Fault::dribble(std::size_t bytes, std::chrono::milliseconds every) {
  rule_.action.dribble = mock::wire::Delivery::Dribble{bytes, every};
  return *this;
}
Fault& Fault::reset() {
  rule_.action.connection = mock::FaultConnection::reset;
  return *this;
}
Fault& Fault::empty() {
  rule_.action.connection = mock::FaultConnection::empty;
  return *this;
}
Fault& Fault::truncated() {
  rule_.action.connection = mock::FaultConnection::truncate;
  return *this;
}
Fault& Fault::endless(std::uint64_t bytes) {
  rule_.action.endless_bytes = bytes;
  return *this;
}
Fault& Fault::html() {
  rule_.action.malformed = mock::FaultBody::html;
  return *this;
}
Fault& Fault::cut_json() {
  rule_.action.malformed = mock::FaultBody::json;
  return *this;
}
Fault& Fault::echo_secrets() {
  rule_.action.echo_secrets = true;
  return *this;
}
Fault& Fault::barrier(std::uint32_t parties, std::chrono::milliseconds timeout) {
  rule_.action.barrier = mock::BarrierSpec{parties, timeout};
  return *this;
}
Fault& Fault::drop_param(std::string_view name) {
  rule_.action.redirect.drop.emplace_back(name);
  return *this;
}
Fault& Fault::set_param(std::string_view name, std::string_view value) {
  rule_.action.redirect.set.emplace_back(name, value);
  return *this;
}

}  // namespace heygen::conformance
