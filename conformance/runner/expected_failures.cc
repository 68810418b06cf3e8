#include "conformance/runner/expected_failures.h"

#include <algorithm>

#include "conformance/catalogue.h"
#include "mock_server/notation/json_object.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

ExpectedFailures parse_expected_failures(std::string_view text) {
  ExpectedFailures expected;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto refuse = [number](const std::string& mend) {
      throw mock::BadInput("line " + std::to_string(number), mend);
    };
    const std::size_t blank = std::min(line.find_first_of(kBlank), line.size());
    const std::string id(line.substr(0, blank));
    const std::string reason(trim(line.substr(blank)));
    if (find_check(id) == nullptr) {
      refuse("\"" + id + "\" is no check: see heygen-conformance list");
    }
    if (reason.empty()) refuse("say after \"" + id + "\" why it is expected to fail");
    if (!expected.emplace(id, reason).second) refuse("\"" + id + "\" is listed twice");
  }
  return expected;
}

}  // namespace heygen::conformance
