// redis://[USER[:PASSWORD]@]HOST[:PORT][/DB], as --store takes it. For this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heygen::mock::redis {

struct Address {
  std::string host;  // without brackets
  std::uint16_t port = 6379;
  std::string user;  // "": Redis's own default user
  std::string password;
  int database = 0;

  [[nodiscard]] std::string shown() const;  // never the password: "redis://127.0.0.1:6379/0"
};

// Throws std::invalid_argument: what it says is the mend and repeats no password.
Address parse_address(std::string_view url);

}  // namespace heygen::mock::redis
