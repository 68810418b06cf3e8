// A mock on a real port, one sandbox in it with one scenario in force, and the requests of a client
// that does everything right. For tests only.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/server.h"
#include "tests/scenarios/http.h"

namespace heygen::scenarios {

struct Tokens {
  std::string access;
  std::string refresh;
};

class Stage {
 public:
  explicit Stage(std::string_view scenario = "");  // "": a plain sandbox

  // --- the client's requests ---
  Reply authorize();
  std::string code();                      // of an authorization that succeeds
  Reply exchange(const std::string& code,  // RFC 6749 §4.1.3
                 std::chrono::milliseconds timeout = std::chrono::seconds{15});
  Reply refresh(const std::string& token);
  Reply revoke(const std::string& token);
  Reply me(const std::string& token);  // GET /v3/users/me
  Tokens log_in();                     // an exchange that succeeds, on the first attempt

  // --- whoever runs the test ---
  Reply control(std::string_view call, std::string body);  // POST _mock/CALL
  void advance(std::string_view duration);
  [[nodiscard]] std::string url() const { return server_->url("play"); }
  [[nodiscard]] mock::Sandbox& box() { return *box_; }

 private:
  std::unique_ptr<mock::Server> server_;
  std::shared_ptr<mock::Sandbox> box_;
};

// A member of a JSON object, as text: a string's characters, else its JSON; "" when absent.
std::string member(const Reply& reply, std::string_view name);
Tokens tokens_of(const Reply& reply);

// The verifier of RFC 7636 Appendix B, which every exchange sends, and the state of each authorize.
inline constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr std::string_view kState = "state-0123456789";

// What one scenario does to a client, as expectations.
struct Play {
  std::string_view scenario;
  void (*run)(Stage& stage);
};
std::span<const Play> login_plays();
std::span<const Play> answer_plays();
std::span<const Play> refresh_plays();
std::span<const Play> api_plays();

}  // namespace heygen::scenarios
