#include "conformance/runner/report_of.h"

namespace heygen::conformance {

CheckReport report_of(const CheckOutcome& outcome, const ExpectedFailures& expected) {
  const Check& check = *outcome.check;
  CheckReport report;
  report.id = check.id;
  report.title = check.title;
  report.level = check.level;
  report.clause = check.clause;
  report.source = check.source;
  report.phase = check.phase;
  report.provokes = check.provokes;
  report.requires_ = check.requires_;
  report.mend = check.mend;
  report.motive = check.motive;
  report.result = outcome.verdict.result;
  report.message = outcome.verdict.message;
  report.duration_ms = outcome.duration.count();
  report.exchange = outcome.exchange;
  if (const auto found = expected.find(check.id); found != expected.end()) {
    report.expected_failure = true;
    report.expected_reason = found->second;
  }
  return report;
}

}  // namespace heygen::conformance
