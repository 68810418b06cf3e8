#include "mock_server/routes/api_values.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock {
namespace {

std::string new_id(RandomSource& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(std::as_writable_bytes(std::span{bytes}));
  return hex(bytes);
}

std::string epoch(TimePoint time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

std::optional<std::string> body_member(const wire::Request& request, std::string_view name) {
  try {
    const auto json = parse_json(request.body);
    if (!json.is_object()) return std::nullopt;
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) return std::nullopt;
    return found->is_string() ? found->get<std::string>() : found->dump();
  } catch (const BadInput&) {
    return std::nullopt;
  }
}

void ApiValues::set_job(std::string id, const Job& job) {
  job_id_ = std::move(id);
  job_ = job;
}

std::optional<std::string> ApiValues::operator()(std::string_view name) {
  if (name == "user.id") return user_.id;
  if (name == "user.email") return user_.email;
  if (name == "user.first_name") return user_.first_name;
  if (name == "user.last_name") return user_.last_name;
  if (name == "now") return format_timestamp(context_.now);
  if (name == "now.date") return format_timestamp(context_.now).substr(0, 10);
  if (name == "now.epoch") return epoch(context_.now);
  if (name == "id") return new_id(context_.random);
  if (name == "job.new" || name == "job.id") {
    if (job_id_.empty()) job_id_ = new_job_id(context_.random, job_);
    return job_id_;
  }
  if (name == "job.created.epoch") return epoch(job_.start);
  if (name.starts_with("body.")) return body_member(call_.request, name.substr(5));
  if (name.starts_with("query.")) {
    const std::string* const value = call_.query.find(name.substr(6));
    return value == nullptr ? std::string{} : *value;
  }
  for (const auto& [segment, value] : match_.path) {
    if (name.substr(5) == segment) return std::string{value};
  }
  return std::string{};
}

}  // namespace heygen::mock
