#include "conformance/report/markdown.h"

#include <algorithm>

#include "conformance/report/console.h"
#include "conformance/report/text.h"

namespace heygen::conformance {
namespace {

// Nothing in it is markup: neither Markdown's nor HTML's, nor the end of a table's cell, nor a
// mention that would call somebody.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '@') {
      out += "&#64;";
    } else {
      if (std::string_view("\\`*_[]{}|~#!>").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

// A code span that no run of backticks in it can end.
std::string code(std::string_view text) {
  std::string clean = printable(text);
  std::ranges::replace(clean, '`', '\'');
  std::ranges::replace(clean, '|', '/');
  return "`" + clean + "`";
}

std::string_view mark(const CheckReport& check) {
  if (check.stale()) return "🟡 stale";
  if (!check.alarming() && check.expected_failure) return "⚪ known";
  switch (check.result) {
    case Result::pass:
      return "✅ pass";
    case Result::fail:
      return "❌ fail";
    case Result::warn:
      return "🟡 warn";
    case Result::not_applicable:
      return "⚪ n/a";
    case Result::inconclusive:
      return "❔ inconclusive";
    case Result::error:
      return "💥 error";
  }
  return "";
}

void explain(std::string& out, const CheckReport& check) {
  out += "\n### " + std::string(mark(check)) + " " + code(check.id) + "\n\n" +
         escaped(check.title) + ". *" + escaped(clause_line(check)) + "*\n\n";
  if (check.stale()) {
    out += "It passes, but is listed as an expected failure (" + escaped(check.expected_reason) +
           "): take its line out of the list.\n";
    return;
  }
  out += "- **Required:** " + escaped(check.requires_) + "\n- **Provoked:** " +
         escaped(check.provokes) + "\n- **Seen:** " + escaped(check.message) + "\n- **Mend:** " +
         escaped(check.mend) + "\n";
  if (check.exchange.empty()) return;
  out += "\n<details><summary>The exchange</summary>\n\n```text\n";
  for (const Step& step : collapsed(check.exchange)) {
    std::string line = step_line(step);
    std::ranges::replace(line, '`', '\'');
    out += line + "\n";
  }
  out += "```\n\n</details>\n";
}

}  // namespace

std::string markdown_report(const Report& report) {
  std::string out = "## OAuth conformance: " + std::string(report.good() ? "good" : "not good") +
                    "\n\n" + escaped(report.subject.name) + ": " + summary_line(report) + " of " +
                    std::to_string(report.checks.size()) + " checks, seed " +
                    std::to_string(report.seed) + ", " + escaped(report.tool) + ".\n";
  for (const CheckReport& check : report.checks) {
    if (check.alarming() || check.stale()) explain(out, check);
  }
  out +=
      "\n<details><summary>All checks</summary>\n\n| | check | level | what |\n|---|---|---|---|\n";
  for (const CheckReport& check : report.checks) {
    out += "| " + std::string(mark(check)) + " | " + code(check.id) + " | " +
           std::string(to_string(check.level)) + " " + std::string(to_string(check.source)) +
           " | " + escaped(check.title) + " |\n";
  }
  return out + "\n</details>\n";
}

}  // namespace heygen::conformance
