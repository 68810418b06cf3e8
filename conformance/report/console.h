// The report for a person at a terminal, and the line that says how far the run is.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

struct ConsoleStyle {
  bool color = false;
  std::size_t width = 100;
};

// A line for each check, what failed in full, and the sum.
void write_console(std::ostream& out, const Report& report, const ConsoleStyle& style);

// "[ 12/150]  1 fail   refresh.single-flight", for a line that is written over; no line end.
std::string progress_line(std::size_t done, std::size_t total, std::size_t failed,
                          std::string_view id, const ConsoleStyle& style);

// "suite → client  callback  code=fp-…", as the console and the Markdown report show a step.
std::string step_line(const Step& step);

}  // namespace heygen::conformance
