// The matrix, for programs and for people.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/report/text.h"
#include "conformance/self_test.h"

namespace heygen::conformance {
namespace {

using nlohmann::ordered_json;

ordered_json intended_of(const Flaw& flaw) {
  ordered_json ids = ordered_json::array();
  for (const std::string_view id : flaw.intended) {
    if (!id.empty()) ids.push_back(id);
  }
  return ids;
}

std::string joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
  return text;
}

class Table {
 public:
  explicit Table(bool color) : color_(color) {}

  void row(std::string_view name, std::size_t width, bool good, const std::string& what) {
    const std::string_view mark = good ? "ok  " : "BAD ";
    text_ += "  ";
    text_ += color_ ? (good ? "\x1B[32m" : "\x1B[31m") + std::string(mark) + "\x1B[0m"
                    : std::string(mark);
    text_ += " " + pad(name, width) + "  " + what + "\n";
  }
  void line(const std::string& text) { text_ += text + "\n"; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  const bool color_;
  std::string text_;
};

// Those that were meant for it first, with a star.
std::string caught_by(const FlawResult& result) {
  if (!result.error.empty()) return printable(result.error);
  std::string text;
  for (const bool meant : {true, false}) {
    for (const std::string& id : result.killed_by) {
      if (result.flaw->intends(id) != meant) continue;
      text += (text.empty() ? "" : " ") + id + (meant ? "*" : "");
    }
  }
  if (!result.killed()) {
    text = (text.empty() ? std::string("nothing") : "only " + text) + "; meant for " +
           std::string(result.flaw->intended[0]);
    if (!result.excuse.empty()) text += " (" + printable(result.excuse) + ")";
  }
  return text;
}

}  // namespace

std::string self_test_json(const SelfTestReport& report) {
  ordered_json out;
  out["version"] = 1;
  out["flaws"] = ordered_json::array();
  for (const FlawResult& result : report.flaws) {
    ordered_json flaw;
    flaw["id"] = result.flaw->id;
    flaw["subject"] = to_string(result.flaw->subject);
    flaw["killed_by"] = result.killed_by;
    flaw["intended"] = intended_of(*result.flaw);
    flaw["killed"] = result.killed();
    out["flaws"].push_back(std::move(flaw));
  }
  out["sound"] = ordered_json::array();
  for (const SoundResult& result : report.sound) {
    out["sound"].push_back({{"name", result.name}, {"failed", result.failed}});
  }
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string self_test_table(const SelfTestReport& report, bool color) {
  std::size_t width = 0;
  for (const FlawResult& result : report.flaws) width = std::max(width, result.flaw->id.size());
  for (const SoundResult& result : report.sound) width = std::max(width, result.name.size());
  Table table(color);
  table.line("sound clients and servers: no check may fail");
  for (const SoundResult& result : report.sound) {
    std::string what = result.error.empty() ? joined(result.failed) : printable(result.error);
    const bool good = what.empty();
    if (!good && result.error.empty()) what = "fails " + what;
    if (good && !result.warned.empty()) what = "warned of " + joined(result.warned);
    table.row(result.name, width, good, what);
  }
  table.line("\nflawed clients and servers: caught by (* a check that was meant for it)");
  std::size_t alive = 0;
  for (const FlawResult& result : report.flaws) {
    if (!result.killed()) ++alive;
    table.row(result.flaw->id, width, result.killed(), caught_by(result));
  }
  table.line("\n" + std::to_string(report.flaws.size() - alive) + " of " +
             std::to_string(report.flaws.size()) + " flaws caught, seed " +
             std::to_string(report.seed) + ", " + std::to_string(report.duration_ms) + " ms" +
             (report.interrupted ? "; interrupted" : ""));
  return std::move(table).text();
}

}  // namespace heygen::conformance
