// The driver for command-line programs that open a browser and listen on loopback (RFC 8252): the
// suite is their user, on a pseudo-terminal, and their browser.
//
// A session is a user with a home folder of its own; each operation is a run of one of the
// commands. A login command that ends with exit code 0 has logged in. Whether somebody is logged in
// later on is seen by a run of the call command: by what it sends to the API.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "conformance/subject.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct CliOptions {
  // Lines for /bin/sh; the placeholders of cli_environment.h, and in `call` {method}, {path} and
  // {body}.
  std::string login;
  std::string call;
  std::optional<std::string> refresh;
  std::optional<std::string> logout;
  std::chrono::milliseconds timeout{15000};  // for each operation
};

// Each start() is a subject of its own; programs run when they are asked for something. The server
// is where the subjects will be pointed at: its journals tell what their calls came to.
class CliFactory final : public SubjectFactory {
 public:
  CliFactory(CliOptions options, mock::Server& server)
      : options_(std::move(options)), server_(server) {}
  // Fails when the login command names a program that does not exist.
  Outcome<std::unique_ptr<Subject>> start() override;

 private:
  const CliOptions options_;
  mock::Server& server_;
};

}  // namespace heygen::conformance
