// Where reports go.
#pragma once

#include <string>

#include "conformance/cli/commands.h"
#include "conformance/report/model.h"

namespace heygen::conformance {

// Can all of these files be written? The first that cannot, in one line, or "". Nothing is changed
// but that missing files are made.
std::string unwritable_report(const CommonOptions& options);

// Writes the files that are asked for; what went wrong in one line, or "".
std::string write_reports(const CommonOptions& options, const Report& report, std::ostream& out);

// Whole or not at all; "-" is `out`.
std::string write_file(const std::string& path, const std::string& text, std::ostream& out);

// Shows how far a run is, on a terminal; elsewhere nothing.
class Progress {
 public:
  Progress(const CommandContext& context, std::size_t total);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void done(std::string_view id, bool failed);

 private:
  const CommandContext& context_;
  const std::size_t total_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace heygen::conformance
