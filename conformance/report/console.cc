#include "conformance/report/console.h"

#include <algorithm>
#include <map>
#include <ostream>

#include "conformance/report/text.h"

namespace heygen::conformance {
namespace {

constexpr std::size_t kLabel = 10;  // columns of "provoked  "
constexpr std::size_t kIndent = 6;
constexpr std::size_t kLastSteps = 14;  // of an exchange: what led to the verdict is at its end

std::string_view color_of(const CheckReport& check) {
  if (check.stale()) return "33";
  if (!check.alarming()) return check.result == Result::pass ? "32" : "2";
  return check.result == Result::warn ? "33" : "31";
}

std::string_view word_of(const CheckReport& check) {
  if (check.stale()) return "STALE";
  const bool expected = check.expected_failure && !check.alarming();
  switch (check.result) {
    case Result::pass:
      return "pass";
    case Result::fail:
      return expected ? "known" : "FAIL";
    case Result::warn:
      return expected ? "known" : "WARN";
    case Result::not_applicable:
      return "n/a";
    case Result::inconclusive:
      return "?";
    case Result::error:
      return "ERROR";
  }
  return "?";
}

std::string painted(std::string_view text, std::string_view color, const ConsoleStyle& style) {
  if (!style.color) return std::string(text);
  return "\x1B[" + std::string(color) + "m" + std::string(text) + "\x1B[0m";
}

class Table {
 public:
  Table(std::ostream& out, const Report& report, const ConsoleStyle& style)
      : out_(out), report_(report), style_(style) {
    for (const CheckReport& check : report.checks) longest_ = std::max(longest_, check.id.size());
  }

  void write() {
    out_ << report_.tool << ": " << report_.subject.kind << " " << printable(report_.subject.name)
         << ", seed " << report_.seed << "\n";
    std::string_view phase;
    for (const CheckReport& check : report_.checks) {
      if (to_string(check.phase) != phase) {
        phase = to_string(check.phase);
        out_ << "\n" << painted(phase, "1", style_) << "\n";
      }
      row(check);
    }
    if (std::ranges::any_of(report_.checks, &needs_words)) {
      out_ << "\n" << painted("What did not hold", "1", style_) << "\n";
    }
    for (const CheckReport& check : report_.checks) {
      if (needs_words(check) && check.result != Result::inconclusive) explain(check);
    }
    inconclusive();
    sum();
  }

 private:
  static bool needs_words(const CheckReport& check) { return check.alarming() || check.stale(); }

  void row(const CheckReport& check) {
    out_ << "  " << painted(pad(word_of(check), 5), color_of(check), style_) << "  "
         << pad(check.id, longest_) << "  " << pad(to_string(check.level), 6) << " "
         << to_string(check.source);
    if (check.result == Result::not_applicable) {
      out_ << "  " << printable(check.message);
    } else if (check.expected_failure && !check.stale()) {
      out_ << "  expected: " << printable(check.expected_reason);
    }
    out_ << "\n";
  }

  void field(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    out_ << std::string(kIndent, ' ') << pad(label, kLabel)
         << wrapped(printable(text), room(), kIndent + kLabel) << "\n";
  }

  void explain(const CheckReport& check) {
    out_ << "\n"
         << painted(pad(word_of(check), 5), color_of(check), style_) << " "
         << painted(check.id, "1", style_) << "\n";
    field("rule", check.title);
    field("clause", clause_line(check));
    field("requires", check.requires_);
    field("provoked", check.provokes);
    if (check.stale()) {
      field("seen", "it passes, but is listed as an expected failure (" + check.expected_reason +
                        "): take its line out of the list");
      return;
    }
    field("seen", check.message);
    exchange(check.exchange);
    if (check.result == Result::fail || check.result == Result::warn) field("mend", check.mend);
  }

  // Many checks may be inconclusive for one reason: it is told once.
  void inconclusive() {
    std::map<std::string, std::vector<const CheckReport*>> by_reason;
    for (const CheckReport& check : report_.checks) {
      if (check.result == Result::inconclusive) by_reason[check.message].push_back(&check);
    }
    for (const auto& [reason, checks] : by_reason) {
      if (checks.size() == 1) {
        explain(*checks.front());
        continue;
      }
      out_ << "\n"
           << painted("?", "31", style_) << "     " << checks.size()
           << " checks could not be judged\n";
      field("why", reason);
      exchange(checks.front()->exchange);
      std::string ids;
      for (const CheckReport* check : checks) ids += check->id + " ";
      field("checks", ids);
    }
  }

  void exchange(const std::vector<Step>& all) {
    const std::vector<Step> steps = collapsed(all);
    const std::size_t skipped = steps.size() > kLastSteps ? steps.size() - kLastSteps : 0;
    std::string_view label = "exchange";
    if (skipped != 0) {
      out_ << std::string(kIndent, ' ') << pad(label, kLabel) << "… " << skipped
           << " steps before\n";
      label = "";
    }
    for (std::size_t i = skipped; i < steps.size(); ++i) {
      const std::size_t before = kIndent + kLabel;
      out_ << std::string(kIndent, ' ') << pad(label, kLabel)
           << wrapped(step_line(steps[i]), room(), before + 4) << "\n";
      label = "";
    }
  }

  [[nodiscard]] std::size_t room() const {
    constexpr std::size_t kLeast = 20;
    const std::size_t before = kIndent + kLabel;
    return style_.width > before + kLeast ? style_.width - before : kLeast;
  }

  void sum() {
    out_ << "\n"
         << painted(report_.good() ? "good" : "not good", report_.good() ? "32" : "31", style_)
         << ": " << summary_line(report_) << " of " << report_.checks.size() << " checks in "
         << report_.duration_ms << " ms" << (report_.interrupted ? "; interrupted" : "") << "\n";
  }

  std::ostream& out_;
  const Report& report_;
  const ConsoleStyle& style_;
  std::size_t longest_ = 0;
};

}  // namespace

std::string step_line(const Step& step) {
  std::string line = step.from + " → " + step.to;
  if (!step.method.empty()) line += "  " + printable(step.method);
  if (!step.path.empty()) line += " " + printable(step.path);
  for (const auto& [name, value] : step.params) {
    line += "  " + printable(name) + "=" + printable(value);
  }
  if (!step.status.empty()) line += "  ⇒ " + printable(step.status);
  if (!step.note.empty()) line += "  (" + printable(step.note) + ")";
  return line;
}

void write_console(std::ostream& out, const Report& report, const ConsoleStyle& style) {
  Table(out, report, style).write();
}

std::string progress_line(std::size_t done, std::size_t total, std::size_t failed,
                          std::string_view id, const ConsoleStyle& style) {
  const std::string count = std::to_string(total);
  const std::string so_far = std::to_string(done);
  std::string line = "[" + std::string(count.size() - so_far.size(), ' ') + so_far + "/" + count +
                     "]  " + std::to_string(failed) + " not good  " + std::string(id);
  if (line.size() > style.width) line.resize(style.width);
  return line;
}

}  // namespace heygen::conformance
