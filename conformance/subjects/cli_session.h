// One user of the program: a home folder, the logins that are under way in it, and what is known of
// the outcome.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/subjects/cli.h"
#include "conformance/subjects/cli_login.h"
#include "conformance/subjects/cli_shell.h"

namespace heygen::conformance {

// What all sessions of a subject share.
struct CliWorld {
  const CliOptions& options;
  mock::Server& server;
  CliShell& shell;
};

// A command whose end is waited for.
struct CliCommand {
  Outcome<std::shared_ptr<CliRun>> run;
  std::string_view what;       // "call"
  std::uint64_t journal_mark;  // what the server saw before it
};

// Thread-safe: several commands may run at once, in one home.
class CliSession {
 public:
  CliSession(const CliWorld& world, std::filesystem::path home);

  // Starts the login command.
  Outcome<std::shared_ptr<CliLogin>> begin();
  // To the login that listens there; else, as if it had come from another user's browser, to the
  // last one that waits.
  Outcome<Landing> callback(std::string_view method, std::string_view url,
                            std::chrono::milliseconds timeout);

  Outcome<LoginState> state(std::chrono::milliseconds timeout);

  [[nodiscard]] CliCommand start(std::string_view what, std::string_view command,
                                 const Placeholders& more = {});
  Outcome<ApiAnswer> finish_call(CliCommand& command, std::chrono::milliseconds timeout);
  Outcome<Done> finish(CliCommand& command, std::chrono::milliseconds timeout);

  void end_logins();

 private:
  enum class Known { nothing, logged_in, logged_out };
  Outcome<Exit> end_of(CliCommand& command, std::chrono::milliseconds timeout);
  Outcome<LoginState> probe(std::chrono::milliseconds timeout);
  [[nodiscard]] std::shared_ptr<CliLogin> login_for(std::string_view url) const;
  [[nodiscard]] bool login_waits() const;
  [[nodiscard]] Known known() const;
  void remember(Known known);

  const CliWorld world_;
  const std::filesystem::path home_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<std::shared_ptr<CliLogin>> logins_;
  Known known_;
};

}  // namespace heygen::conformance
