#include "conformance/report/sarif.h"

#include <nlohmann/json.hpp>

#include "conformance/report/console.h"
#include "conformance/report/text.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::conformance {
namespace {

using nlohmann::ordered_json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view level_of(Level level) {
  switch (level) {
    case Level::must:
      return "error";
    case Level::should:
      return "warning";
    case Level::may:
      return "note";
  }
  return "none";
}

// A relative reference (RFC 3986, §4.2) that says the name: SARIF has URIs for places alone.
std::string as_uri(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : valid_utf8(name)) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out.empty() ? "subject" : out;
}

// SARIF's texts are plain unless they say Markdown; one line each, as everywhere.
ordered_json text(std::string_view words) { return {{"text", printable(words)}}; }

ordered_json rule_json(const CheckReport& check) {
  ordered_json rule;
  rule["id"] = printable(check.id);
  rule["shortDescription"] = text(check.title);
  rule["fullDescription"] = text(check.requires_);
  // Two paragraphs: what to do comes first, what it rests on after it.
  rule["help"] = {{"text", printable(check.mend) + "\n\nClause: " + printable(clause_line(check)) +
                               "\nProvoked: " + printable(check.provokes)}};
  rule["defaultConfiguration"] = {{"level", level_of(check.level)}};
  rule["properties"] = {{"tags", ordered_json::array({"oauth", to_string(check.phase)})},
                        {"clause", printable(check.clause)},
                        {"source", to_string(check.source)},
                        {"level", to_string(check.level)}};
  return rule;
}

// Nobody could judge these; any other kind than `fail` has no level (SARIF, §3.27.10).
bool is_open(const CheckReport& check) {
  return check.result == Result::inconclusive || check.result == Result::error;
}

bool is_shown(const CheckReport& check) {
  return check.stale() || is_open(check) || check.result == Result::fail ||
         check.result == Result::warn;
}

std::string words_of(const CheckReport& check) {
  if (check.stale()) {
    return check.title + ": it passes, but is listed as an expected failure (" +
           check.expected_reason + "): take its line out of the list";
  }
  std::string words = check.title;
  if (check.result == Result::inconclusive) words += ": could not be judged";
  if (check.result == Result::error) words += ": the suite itself failed";
  return check.message.empty() ? words : words + ": " + check.message;
}

ordered_json result_json(const Report& report, const CheckReport& check, std::size_t index) {
  ordered_json result;
  result["ruleId"] = printable(check.id);
  result["ruleIndex"] = index;
  result["kind"] = is_open(check) ? "open" : "fail";
  result["level"] = is_open(check)                 ? "none"
                    : check.stale()                ? "error"
                    : check.result == Result::fail ? "error"
                    : check.level == Level::may    ? "note"
                                                   : "warning";
  result["message"] = text(words_of(check));
  // A subject is no file, but what shows results wants a place for each.
  ordered_json place;
  place["physicalLocation"]["artifactLocation"]["uri"] = as_uri(report.subject.name);
  place["logicalLocations"].push_back(
      {{"name", printable(report.subject.name)}, {"kind", "module"}});
  result["locations"].push_back(std::move(place));
  result["partialFingerprints"] = {{"check/v1", printable(check.id)}};
  if (check.expected_failure && !check.stale()) {
    result["suppressions"].push_back(
        {{"kind", "external"}, {"justification", printable(check.expected_reason)}});
  }
  result["properties"] = {{"result", to_string(check.result)},
                          {"duration_ms", check.duration_ms},
                          {"exchange", ordered_json::array()}};
  for (const Step& step : collapsed(check.exchange)) {
    result["properties"]["exchange"].push_back(step_line(step));
  }
  return result;
}

ordered_json invocation_json(const Report& report) {
  ordered_json invocation;
  const auto ended = report.started + std::chrono::milliseconds(report.duration_ms);
  invocation["startTimeUtc"] = mock::format_timestamp(report.started);
  invocation["endTimeUtc"] = mock::format_timestamp(ended);
  invocation["executionSuccessful"] = !report.interrupted && report.count(Result::error) == 0;
  invocation["properties"] = {{"seed", report.seed}, {"interrupted", report.interrupted}};
  return invocation;
}

}  // namespace

std::string sarif_report(const Report& report) {
  const std::size_t space = report.tool.find(' ');
  ordered_json driver;
  driver["name"] = report.tool.substr(0, space);
  if (space != std::string::npos) driver["semanticVersion"] = report.tool.substr(space + 1);
  driver["rules"] = ordered_json::array();
  ordered_json run;
  run["results"] = ordered_json::array();
  for (std::size_t i = 0; i < report.checks.size(); ++i) {
    const CheckReport& check = report.checks[i];
    driver["rules"].push_back(rule_json(check));
    if (is_shown(check)) run["results"].push_back(result_json(report, check, i));
  }
  run["tool"]["driver"] = std::move(driver);
  run["invocations"].push_back(invocation_json(report));
  // Uploads of two kinds of subject stand beside one another.
  run["automationDetails"] = {{"id", "heygen-conformance/" + printable(report.subject.kind) + "/"}};
  run["columnKind"] = "unicodeCodePoints";
  ordered_json log;
  log["$schema"] = kSchema;
  log["version"] = "2.1.0";
  log["runs"].push_back(std::move(run));
  return log.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace heygen::conformance
