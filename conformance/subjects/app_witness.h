// What the mock saw of an app while the browser waited for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mock_server/server.h"

namespace heygen::conformance {

// Of one sandbox, which may be made anew in between. Thread-safe.
class AppWitness {
 public:
  AppWitness(mock::Server& server, std::string sandbox)
      : server_(server), sandbox_(std::move(sandbox)) {}

  [[nodiscard]] std::uint64_t mark() const;

  // Requests to the API with credentials, since the mark.
  struct Calls {
    std::size_t made = 0;
    std::size_t answered = 0;  // with 2xx
    int last_status = 0;
    std::string last_bearer;  // a secret
  };
  [[nodiscard]] Calls calls(std::uint64_t since) const;
  // A code exchanged for an access token since the mark.
  struct Exchange {
    bool done = false;
    bool spoiled = false;  // a fault had its hand in it
  };
  [[nodiscard]] Exchange exchanged(std::uint64_t since) const;
  [[nodiscard]] bool refreshed(std::uint64_t since) const;  // or was it tried

  // The token dies on the server; false when there is no such token.
  bool expire(std::string_view access_token) const;

  // Is it the mock's authorize endpoint, by whatever name of the host?
  [[nodiscard]] bool is_authorize(std::string_view url) const;
  [[nodiscard]] bool is_mock(std::string_view url) const;

 private:
  mock::Server& server_;
  const std::string sandbox_;
};

}  // namespace heygen::conformance
