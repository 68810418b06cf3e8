// Where a mock serves, as it tells others.
#pragma once

#include <string>

namespace heygen::mock {

struct Served {
  std::string url;        // "http://127.0.0.1:8765"
  std::string https_url;  // these are "" when there is none
  std::string proxy_url;
  std::string ca_file;  // what clients have to trust
};

}  // namespace heygen::mock
