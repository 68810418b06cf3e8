#include "conformance/report/junit.h"

#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "conformance/report/console.h"
#include "conformance/report/text.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::conformance {
namespace {

enum class Kind { passed, failure, error, skipped };

Kind kind_of(const CheckReport& check) {
  if (check.stale()) return Kind::failure;
  switch (check.result) {
    case Result::pass:
      return Kind::passed;
    case Result::fail:
      return check.expected_failure ? Kind::skipped : Kind::failure;
    // JUnit has no warnings: what may be so is no failure, and its words are in the output.
    case Result::warn:
      return check.expected_failure ? Kind::skipped : Kind::passed;
    case Result::not_applicable:
      return Kind::skipped;
    case Result::inconclusive:
    case Result::error:
      return Kind::error;
  }
  return Kind::error;
}

std::string seconds(std::int64_t ms) {
  std::string fraction = std::to_string(1000 + ms % 1000);
  return std::to_string(ms / 1000) + "." + fraction.substr(1);
}

struct Sums {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  std::int64_t ms = 0;

  void add(const CheckReport& check) {
    ++tests;
    ms += check.duration_ms;
    const Kind kind = kind_of(check);
    failures += kind == Kind::failure ? 1 : 0;
    errors += kind == Kind::error ? 1 : 0;
    skipped += kind == Kind::skipped ? 1 : 0;
  }
  void write(pugi::xml_node& node) const {
    node.append_attribute("tests") = tests;
    node.append_attribute("failures") = failures;
    node.append_attribute("errors") = errors;
    node.append_attribute("skipped") = skipped;
    node.append_attribute("time") = seconds(ms).c_str();
  }
};

// A text node keeps its line breaks; every line of ours is printable by itself.
std::string details(const CheckReport& check) {
  std::string text = printable(check.title) + "\nclause:   " + printable(clause_line(check)) +
                     "\nrequires: " + printable(check.requires_) +
                     "\nprovoked: " + printable(check.provokes) +
                     "\nseen:     " + printable(check.message);
  for (const Step& step : collapsed(check.exchange)) text += "\n  " + step_line(step);
  return text + "\nmend:     " + printable(check.mend) + "\n";
}

void add_case(pugi::xml_node& suite, const CheckReport& check) {
  pugi::xml_node node = suite.append_child("testcase");
  node.append_attribute("name") = printable(check.id).c_str();
  node.append_attribute("classname") = ("heygen." + std::string(to_string(check.phase))).c_str();
  node.append_attribute("time") = seconds(check.duration_ms).c_str();
  const auto child = [&](const char* name, const std::string& message) {
    pugi::xml_node added = node.append_child(name);
    added.append_attribute("message") = printable(message).c_str();
    return added;
  };
  switch (kind_of(check)) {
    case Kind::passed:
      if (check.result == Result::warn) {
        node.append_child("system-out").text() = ("warning\n" + details(check)).c_str();
      }
      break;
    case Kind::failure:
      if (check.stale()) {
        child("failure",
              "it passes, but is listed as an expected failure: " + check.expected_reason);
      } else {
        child("failure", check.message).text() = details(check).c_str();
      }
      break;
    case Kind::error: {
      pugi::xml_node added = child("error", check.message);
      added.append_attribute("type") = std::string(to_string(check.result)).c_str();
      added.text() = details(check).c_str();
      break;
    }
    case Kind::skipped:
      child("skipped", check.result == Result::not_applicable
                           ? check.message
                           : "expected: " + check.expected_reason);
      break;
  }
}

}  // namespace

std::string junit_report(const Report& report) {
  std::map<Phase, Sums> sums;
  Sums total;
  for (const CheckReport& check : report.checks) {
    sums[check.phase].add(check);
    total.add(check);
  }
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = printable(report.tool).c_str();
  total.write(root);
  for (const auto& [phase, sum] : sums) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = std::string(to_string(phase)).c_str();
    sum.write(suite);
    suite.append_attribute("timestamp") = mock::format_timestamp(report.started).c_str();
    pugi::xml_node properties = suite.append_child("properties");
    const auto property = [&](const char* name, const std::string& value) {
      pugi::xml_node node = properties.append_child("property");
      node.append_attribute("name") = name;
      node.append_attribute("value") = printable(value).c_str();
    };
    property("subject", report.subject.name);
    property("seed", std::to_string(report.seed));
    for (const CheckReport& check : report.checks) {
      if (check.phase == phase) add_case(suite, check);
    }
  }
  std::ostringstream out;
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
  return out.str();
}

}  // namespace heygen::conformance
