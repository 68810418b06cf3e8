// One run of the login command: its authorize URL is caught, and its callback visited.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/subjects/cli_shell.h"

namespace heygen::conformance {

// Used by one thread at a time.
class CliLogin {
 public:
  explicit CliLogin(std::shared_ptr<CliRun> run) : run_(std::move(run)) {}

  // The first address that it opened or printed and that is an authorization request.
  Outcome<std::string> authorize_url(std::chrono::milliseconds timeout);

  // "http://127.0.0.1:40001", of the redirect_uri in it; "" before it is known.
  [[nodiscard]] const std::string& listens_at() const { return listens_at_; }

  // Requests the callback, and waits until the command has ended, or rests since it goes on waiting
  // for a better one. `port` is the server's.
  Outcome<Landing> callback(std::string_view method, std::string_view url, std::uint16_t port,
                            std::chrono::milliseconds timeout);

  [[nodiscard]] std::optional<Exit> ended() const { return run_->process->ended(); }
  void kill() { run_->process->kill(); }

 private:
  const std::shared_ptr<CliRun> run_;
  std::string listens_at_;
};

// The last line with something in it, cut off where it is very long; "" when there is none.
std::string last_words(std::string_view output);
// ": text", or nothing at all.
std::string after_colon(std::string text);

// "the login command ended with exit code 1: its last words"
std::string describe_end(std::string_view command, const PtyProcess& process, const Exit& exit);

}  // namespace heygen::conformance
