// The control API of a heygen-mock-server, as far as checks of a server want it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conformance/server/http.h"
#include "conformance/server/target.h"

namespace heygen::conformance {

// Each returns what went wrong in one line, "" when nothing did.
class Control {
 public:
  // `url` is a sandbox's: "http://127.0.0.1:8765/s/NAME/_mock"; `http` outlives it.
  Control(Http& http, std::string url, std::string token);

  // A fresh world of that name, in which these clients alone are known.
  std::string make_sandbox(std::string_view name, const std::vector<ServerClient>& clients,
                           std::optional<std::uint64_t> seed);
  std::string remove_sandbox(std::string_view name);

  std::string put_client(const ServerClient& client, const std::vector<std::string>& redirect_uris);
  std::string approve(std::string_view how);  // "auto", "ask", "deny"
  std::string policy(std::string_view name, const std::variant<std::string, std::int64_t>& value);
  std::string advance(std::chrono::seconds span);
  std::string freeze();
  std::string lose_next_refresh();  // its answer: the server commits, then resets the connection

  // How many tokens of that kind ("access", "refresh") have that status ("active", "used", …).
  Outcome<std::size_t> count_tokens(std::string_view kind, std::string_view status);

 private:
  Outcome<std::string> call(std::string_view method, std::string_view path,
                            const std::string& json = "");
  std::string told(std::string_view method, std::string_view path, const std::string& json = "");

  Http& http_;
  const std::string url_;
  const std::string token_;
};

}  // namespace heygen::conformance
