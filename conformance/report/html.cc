#include "conformance/report/html.h"

#include <algorithm>
#include <map>

#include "conformance/report/html_style.h"
#include "conformance/report/sequence.h"
#include "conformance/report/text.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::conformance {
namespace {

constexpr std::size_t kMostNamed = 16;  // failures that the first screen names

bool needs_words(const CheckReport& check) { return check.alarming() || check.stale(); }

std::string_view tone(const CheckReport& check) {
  if (check.stale() || (check.result == Result::warn && check.alarming())) return "odd";
  if (check.alarming()) return "bad";
  return check.result == Result::pass ? "good" : "soft";
}

std::string word(const CheckReport& check) {
  if (check.stale()) return "stale";
  if (check.expected_failure && !check.alarming() && check.result != Result::not_applicable) {
    return "known " + std::string(to_string(check.result));
  }
  return std::string(to_string(check.result));
}

// `name` and `kind` are ours; the rest is escaped here, and nowhere else.
std::string element(std::string_view name, std::string_view kind, std::string_view text) {
  const std::string tag(name);
  return "<" + tag + (kind.empty() ? "" : " class=\"" + std::string(kind) + "\"") + ">" +
         html_escaped(text) + "</" + tag + ">";
}

std::string tiles(const Report& report) {
  std::string out = "<div class=\"tiles\">";
  for (const Result result : kResults) {
    const std::size_t n = report.count(result);
    const bool calm = n == 0 || result == Result::not_applicable;
    const std::string_view kind = result == Result::pass   ? "good"
                                  : calm                   ? "soft"
                                  : result == Result::warn ? "odd"
                                                           : "bad";
    out += "<div>" + element("b", kind, std::to_string(n)) +
           element("span", "", to_string(result)) + "</div>";
  }
  return out + "</div>";
}

std::string phases(const Report& report) {
  struct Sum {
    int good = 0, odd = 0, bad = 0, all = 0;
  };
  std::map<Phase, Sum> sums;
  for (const CheckReport& check : report.checks) {
    Sum& sum = sums[check.phase];
    ++sum.all;
    const std::string_view kind = tone(check);
    if (kind == "good") ++sum.good;
    if (kind == "odd") ++sum.odd;
    if (kind == "bad") ++sum.bad;
  }
  std::string out = "<div class=\"phases\">";
  for (const auto& [phase, sum] : sums) {
    out += "<div>" + element("span", "", to_string(phase)) + "<span class=\"bar\">";
    for (const auto& [kind, n] :
         {std::pair{"good", sum.good}, {"odd", sum.odd}, {"bad", sum.bad}}) {
      if (n == 0) continue;
      out += "<i class=\"" + std::string(kind) +
             "\" style=\"width:" + std::to_string(100 * n / sum.all) + "%\"></i>";
    }
    out += "</span>" +
           element("span", "soft", std::to_string(sum.good) + "/" + std::to_string(sum.all)) +
           "</div>";
  }
  return out + "</div>";
}

std::string head(const Report& report) {
  std::string out = "<header>";
  out += element("h1", report.good() ? "good" : "bad",
                 report.good() ? "Every demand holds" : "Not every demand holds");
  out += "<p>" + element("b", "", report.subject.name) +
         element("span", "soft", " (" + report.subject.kind + ")") + "</p>";
  out +=
      element("p", "soft",
              std::to_string(report.checks.size()) + " checks in " +
                  std::to_string(report.duration_ms) + " ms, " +
                  mock::format_timestamp(report.started) + ", seed " + std::to_string(report.seed) +
                  ", " + report.tool + (report.interrupted ? "; interrupted" : ""));
  out += tiles(report) + phases(report);
  const auto bad = static_cast<std::size_t>(std::ranges::count_if(report.checks, &needs_words));
  if (bad == 0) return out + "</header>";
  out += "<ul class=\"first\">";
  std::size_t named = 0;
  for (const CheckReport& check : report.checks) {
    if (!needs_words(check) || ++named > kMostNamed) continue;
    out += "<li><a class=\"" + std::string(tone(check)) + "\" href=\"#" + html_escaped(check.id) +
           "\">" + html_escaped(check.id) + "</a></li>";
  }
  if (bad > kMostNamed) out += element("li", "soft", std::to_string(bad - kMostNamed) + " more");
  return out + "</ul></header>";
}

std::string field(std::string_view name, std::string_view text) {
  return text.empty() ? "" : element("dt", "", name) + element("dd", "", text);
}

std::string article(const CheckReport& check) {
  std::string out =
      "<article id=\"" + html_escaped(check.id) + "\" class=\"" + std::string(tone(check)) +
      "\"><h3>" + element("span", tone(check), word(check)) + " " + element("code", "", check.id) +
      "</h3>" + element("p", "", check.title) + "<dl>" + field("clause", clause_line(check)) +
      field("level", to_string(check.level)) + field("required", check.requires_) +
      field("provoked", check.provokes);
  if (check.stale()) {
    return out +
           field("seen", "it passes, but is listed as an expected failure (" +
                             check.expected_reason + "): take its line out of the list") +
           "</dl></article>";
  }
  out += field("seen", check.message) + field("mend", check.mend) + field("reports", check.motive) +
         "</dl>";
  if (!check.exchange.empty()) {
    out += "<details><summary>the exchange</summary><div>" +
           sequence_svg(collapsed(check.exchange)) + "</div></details>";
  }
  return out + "</article>";
}

std::string row(const CheckReport& check) {
  std::string kind(to_string(check.level));
  if (!needs_words(check)) kind += " calm";
  const bool linked = needs_words(check);
  const std::string id = element("code", "", check.id);
  return "<tr class=\"" + kind + "\">" + element("td", tone(check), word(check)) + "<td>" +
         (linked ? "<a href=\"#" + html_escaped(check.id) + "\">" + id + "</a>" : id) + "</td>" +
         element("td", "wide", check.title) +
         element("td", "wide",
                 check.result == Result::not_applicable ? check.message : check.clause) +
         element("td", "",
                 std::string(to_string(check.level)) + " " + std::string(to_string(check.source))) +
         "</tr>";
}

}  // namespace

std::string html_report(const Report& report) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">" +
      element("title", "", "OAuth conformance of " + report.subject.name) + "<style>" +
      std::string(kHtmlStyle) + "</style></head>\n<body>" + head(report);
  if (std::ranges::any_of(report.checks, &needs_words)) {
    out += "\n<main><h2>What did not hold</h2>";
    for (const CheckReport& check : report.checks) {
      if (needs_words(check)) out += "\n" + article(check);
    }
    out += "</main>";
  }
  out +=
      "\n<section class=\"filters\"><h2>Every check</h2>"
      "<input type=\"radio\" name=\"show\" id=\"only-all\" checked><label for=\"only-all\">all"
      "</label> <input type=\"radio\" name=\"show\" id=\"only-bad\"><label for=\"only-bad\">what "
      "did not hold</label> <input type=\"radio\" name=\"show\" id=\"only-must\"><label "
      "for=\"only-must\">every MUST</label>\n<table><tr class=\"head\"><th>result</th>"
      "<th>check</th><th class=\"wide\">demand</th><th class=\"wide\">clause</th><th>level</th>"
      "</tr>";
  for (const CheckReport& check : report.checks) out += "\n" + row(check);
  return out + "\n</table></section></body></html>\n";
}

}  // namespace heygen::conformance
