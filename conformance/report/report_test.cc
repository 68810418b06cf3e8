// Every form of a report, whole, as it lies in fixtures/golden/report. What changes on purpose is
// written anew by HEYGEN_UPDATE_GOLDEN=1, and its diff read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "conformance/report/console.h"
#include "conformance/report/html.h"
#include "conformance/report/json.h"
#include "conformance/report/junit.h"
#include "conformance/report/markdown.h"
#include "conformance/report/sarif.h"

namespace heygen::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Text that is markup, or an order, in one of the formats.
constexpr const char* kHostile =
    "<script>alert('&')</script> `|*_[x](y)@team]]>\x1b[31m\"\\\xff\n::error::";

CheckReport check(std::string id, Level level, Result result, std::string message) {
  CheckReport one;
  one.title = "Title of " + id;
  one.id = std::move(id);
  one.level = level;
  one.clause = "RFC 6749 §10.12";
  one.phase = Phase::callback;
  one.provokes = "a callback whose state is another";
  one.requires_ = "it is refused";
  one.mend = "Compare the state with the one that was sent";
  one.result = result;
  one.message = std::move(message);
  one.duration_ms = 1234;
  return one;
}

Report sample() {
  Report report;
  report.tool = "heygen-conformance 1.2.3";
  report.subject = {"adapter", "my client ö 1.0", {"refresh", "logout"}};
  report.seed = 42;
  report.started = mock::TimePoint(std::chrono::seconds(1'900'000'000));
  report.duration_ms = 3456;
  report.checks.push_back(check("callback.good", Level::must, Result::pass, ""));
  CheckReport failed = check("callback.bad", Level::must, Result::fail, kHostile);
  const Step redeemed{"client",
                      "mock",
                      "POST",
                      "/v1/oauth/token",
                      {{"code", "fp-123"}, {"scope", "a"}, {"scope", kHostile}},
                      "400",
                      "the code is unknown"};
  failed.exchange = {
      {"suite", "client", "begin_login", "", {{"session", "a"}}, "", ""}, redeemed, redeemed};
  report.checks.push_back(std::move(failed));
  report.checks.push_back(check("callback.doubtful", Level::should, Result::warn, "it may be so"));
  report.checks.push_back(check("callback.odd", Level::may, Result::warn, "odd"));
  report.checks.push_back(check("callback.unknown", Level::must, Result::inconclusive, "no login"));
  report.checks.push_back(check("callback.ours", Level::must, Result::error, "a defect"));
  report.checks.push_back(
      check("callback.lacking", Level::must, Result::not_applicable, "it lacks logout"));
  CheckReport known = check("callback.known", Level::must, Result::fail, "as known");
  known.expected_failure = true;
  known.expected_reason = "issue 12";
  report.checks.push_back(known);
  CheckReport stale = check("callback.stale", Level::must, Result::pass, "");
  stale.expected_failure = true;
  stale.expected_reason = "mended <since>";
  report.checks.push_back(stale);
  report.checks.back().phase = Phase::token;
  return report;
}

std::string console(const Report& report) {
  std::ostringstream out;
  write_console(out, report, {false, 80});
  return out.str();
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(HEYGEN_SOURCE_DIR) + "/fixtures/golden/report/" + name;
  if (std::getenv("HEYGEN_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(std::ofstream(path, std::ios::binary) << text) << path;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path;
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {}))
      << "HEYGEN_UPDATE_GOLDEN=1 writes " << path << " anew";
}

TEST(ReportTest, IsWrittenAsBefore) {
  const Report report = sample();
  expect_golden("report.txt", console(report));
  expect_golden("report.json", json_report(report));
  expect_golden("report.junit.xml", junit_report(report));
  expect_golden("report.md", markdown_report(report));
  expect_golden("report.html", html_report(report));
  expect_golden("report.sarif", sarif_report(report));
}

// What nobody meant as markup is none, and no terminal obeys it.
TEST(ReportTest, HostileTextIsText) {
  const Report report = sample();
  for (const std::string& text :
       {console(report), json_report(report), junit_report(report), markdown_report(report),
        html_report(report), sarif_report(report)}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
    EXPECT_THAT(text, Not(HasSubstr("\n::error")));
  }
  EXPECT_THAT(html_report(report), Not(HasSubstr("<script>alert")));
  EXPECT_THAT(junit_report(report), Not(HasSubstr("<script>")));
  // In a fenced block it is text as it stands.
  EXPECT_THAT(markdown_report(report), HasSubstr("**Seen:** &lt;script"));
}

TEST(ReportTest, ARunWithoutAFailureHasNoResultsInSarif) {
  Report report = sample();
  report.checks.resize(1);
  EXPECT_THAT(sarif_report(report), HasSubstr("\"results\": []"));
  EXPECT_THAT(sarif_report(report), HasSubstr("\"executionSuccessful\": true"));
}

TEST(ReportTest, GoodMeansNothingUnexpected) {
  Report report = sample();
  EXPECT_FALSE(report.good());
  std::erase_if(report.checks, [](const CheckReport& one) {
    return one.id == "callback.bad" || one.id == "callback.unknown" || one.id == "callback.ours";
  });
  EXPECT_FALSE(report.good()) << "a stale line is no good run";
  std::erase_if(report.checks, [](const CheckReport& one) { return one.stale(); });
  EXPECT_TRUE(report.good());
}

}  // namespace
}  // namespace heygen::conformance
