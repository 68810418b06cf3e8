#include "mock_server/cli/access_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/secrets.h"
#include "mock_server/journal/redact.h"
#include "mock_server/notation/timestamp.h"
#include "mock_server/sandbox/registry.h"

namespace heygen::mock {
namespace {

// What is not printable ASCII would forge lines, or steer a terminal; what the mock itself says may
// be in any language.
std::string one_line(std::string_view text, bool from_outside) {
  std::string out;
  for (const char c : text.substr(0, 400)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool shown = byte >= 0x20 && byte != 0x7F && (byte < 0x80 || !from_outside);
    out += shown ? c : '?';
  }
  return out;
}

std::string from_outside(std::string_view text) { return one_line(text, true); }

// A request that went well has named nothing but what there is, so that no store need be asked.
bool may_name_secrets(const Sandbox& sandbox, const Entry& entry) {
  return entry.outcome != "ok" ||
         sandbox.settings()->policy.unknown_client == UnknownClientPolicy::accept_loopback;
}

// The parts of an entry that a line shows, without what the sandbox knows to be secret.
Entry without_secrets(const Sandbox& sandbox, const Entry& entry) {
  Entry out;
  out.time = entry.time;
  out.wall = entry.wall;
  out.endpoint = entry.endpoint;
  out.response.status = entry.response.status;
  out.outcome = entry.outcome;
  out.fault_id = entry.fault_id;
  const Redactor redactor{[&](std::string_view text) { return is_known_secret(sandbox, text); }};
  out.request.method = redactor.text(entry.request.method);
  out.request.target = redactor.text(entry.request.path());
  out.client_id = redactor.text(entry.client_id);
  out.why = is_store_trouble(entry) ? entry.why : redactor.text(entry.why);
  return out;
}

std::string as_text(std::string_view sandbox, const Entry& entry) {
  std::string line = format_timestamp(entry.time);
  if (sandbox != kDefaultSandbox) line.append(" [").append(sandbox).append("]");
  line += " " + from_outside(entry.request.method) + " " + from_outside(entry.request.path()) +
          " -> " + std::to_string(entry.response.status);
  if (!entry.client_id.empty()) line += " client=" + from_outside(entry.client_id);
  if (entry.outcome != "ok") line += " " + one_line(entry.outcome, false);
  if (!entry.fault_id.empty()) line += " fault=" + entry.fault_id;
  if (!entry.why.empty()) line += ": " + one_line(entry.why, false);
  return line;
}

std::string as_json(std::string_view sandbox, const Entry& entry) {
  nlohmann::ordered_json line;
  line["time"] = format_timestamp(entry.time);
  line["wall"] = format_timestamp(entry.wall);
  line["sandbox"] = sandbox;
  line["endpoint"] = to_string(entry.endpoint);
  line["method"] = entry.request.method;
  line["path"] = entry.request.path();
  line["client_id"] = entry.client_id;
  line["status"] = entry.response.status;
  line["outcome"] = entry.outcome;
  line["why"] = entry.why;
  if (!entry.fault_id.empty()) line["fault_id"] = entry.fault_id;
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string access_line(std::string_view sandbox, const Entry& entry, LogFormat format) {
  return format == LogFormat::json ? as_json(sandbox, entry) : as_text(sandbox, entry);
}

struct AccessLog::Impl {
  LogFormat format;
  spdlog::logger logger{"access", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

AccessLog::AccessLog(LogFormat format) : impl_(std::make_unique<Impl>(Impl{format})) {
  impl_->logger.set_pattern("%v");
}

AccessLog::~AccessLog() = default;

void AccessLog::exchange(const Sandbox& sandbox, const Entry& entry) {
  if (impl_->format == LogFormat::off) return;
  impl_->logger.info(
      may_name_secrets(sandbox, entry)
          ? access_line(sandbox.name(), without_secrets(sandbox, entry), impl_->format)
          : access_line(sandbox.name(), entry, impl_->format));
}

void AccessLog::error(std::string_view line) { impl_->logger.error(one_line(line, false)); }

}  // namespace heygen::mock
