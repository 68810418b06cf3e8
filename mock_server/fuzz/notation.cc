// Durations, instants, JSON and UTF-8: what is written is read again as the same.
#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/notation/duration.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/json_quote.h"
#include "mock_server/notation/timestamp.h"
#include "mock_server/notation/utf8.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

void try_json(std::string_view input) {
  try {
    const auto json = parse_json(input);
    require(parse_json(json.dump()) == json, "JSON is written and read again as the same");
  } catch (const BadInput& refused) {
    require(!std::string_view{refused.what()}.empty(), "a refusal says why");
  }
}

}  // namespace

void run(std::string_view input) {
  for (const bool signed_ok : {false, true}) {
    const auto duration = parse_duration(input, signed_ok);
    if (!duration) continue;
    require(signed_ok || duration->count() >= 0, "no sign where none is allowed");
    require(parse_duration(format_duration(*duration), true) == duration,
            "a duration is written and read again as the same");
  }
  if (const auto time = parse_timestamp(input)) {
    require(parse_timestamp(format_timestamp(*time)) == time,
            "an instant is written and read again as the same");
  }
  try_json(input);

  const std::string quoted = json_quote(input);
  require(quoted.find_first_of("<>&\r\n") == std::string::npos, "no HTML is left in a JSON string");
  const auto text = parse_json(quoted).get<std::string>();
  std::string_view rest = input;
  std::string_view back = text;
  while (!rest.empty() && !back.empty()) {
    require(take_code_point(rest) == take_code_point(back), "each code point survives");
  }
  require(rest.empty() && back.empty(), "a JSON string has every code point");
}

}  // namespace heygen::fuzz
