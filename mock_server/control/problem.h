// A refusal, for the program that called and for the person behind it: problem details, RFC 9457.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mock_server/wire/message.h"

namespace heygen::mock::control {

struct Problem {
  int status = 400;
  std::string detail;    // names the mend
  std::string key = {};  // the key, parameter or header that is wrong; "" is left out
  std::vector<std::pair<std::string, std::string>> members = {};  // others, RFC 9457 §3.2
  wire::Headers headers = {};
};

wire::Response to_response(const Problem& problem);

}  // namespace heygen::mock::control
