#include "conformance/cli/output.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <utility>

#include "conformance/report/console.h"
#include "conformance/report/html.h"
#include "conformance/report/json.h"
#include "conformance/report/junit.h"
#include "conformance/report/markdown.h"
#include "conformance/report/sarif.h"

namespace heygen::conformance {
namespace {

struct Target {
  const char* flag;
  const std::string& path;
  std::string (*write)(const Report&);
};

std::array<Target, 5> targets(const CommonOptions& options) {
  return {{{"--json", options.json, &json_report},
           {"--junit", options.junit, &junit_report},
           {"--html", options.html, &html_report},
           {"--markdown", options.markdown, &markdown_report},
           {"--sarif", options.sarif, &sarif_report}}};
}

bool is_file(const std::string& path) { return !path.empty() && path != "-"; }

}  // namespace

std::string unwritable_report(const CommonOptions& options) {
  for (const Target& target : targets(options)) {
    if (!is_file(target.path)) continue;
    if (!std::ofstream(target.path, std::ios::app)) {
      return std::string(target.flag) + ": " + target.path +
             " cannot be written: name a file in a folder that exists";
    }
  }
  return {};
}

std::string write_file(const std::string& path, const std::string& text, std::ostream& out) {
  if (path == "-") {
    out << text << std::flush;
    return {};
  }
  // Through a neighbour and a rename, so that nobody reads half a report; but what is no plain file
  // (/dev/stdout, a pipe) is written to as it is.
  std::error_code error;
  const bool plain = std::filesystem::is_regular_file(path, error);
  const std::string fresh = plain ? path + ".new" : path;
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file.good() && plain) std::filesystem::rename(fresh, path, error);
  if (!file.good() || error) return path + " could not be written";
  return {};
}

std::string write_reports(const CommonOptions& options, const Report& report, std::ostream& out) {
  for (const Target& target : targets(options)) {
    if (target.path.empty()) continue;
    if (std::string error = write_file(target.path, target.write(report), out); !error.empty()) {
      return error;
    }
  }
  return {};
}

Progress::Progress(const CommandContext& context, std::size_t total)
    : context_(context), total_(total) {}

Progress::~Progress() {
  if (context_.err_is_terminal) context_.err << "\r\x1B[K" << std::flush;
}

void Progress::done(std::string_view id, bool failed) {
  ++done_;
  if (failed) ++failed_;
  if (!context_.err_is_terminal) return;
  const ConsoleStyle style{false, context_.width > 1 ? context_.width - 1 : 1};
  context_.err << "\r\x1B[K" << progress_line(done_, total_, failed_, id, style) << std::flush;
}

}  // namespace heygen::conformance
