// What a server's check sees: the server, as a client of its own that can send anything.
//
// With a control API each check has a sandbox of the server to itself, in which the suite's clients
// are registered; without one it shares the server with whoever else is there. A good login is
// tried before the check's function and after it passed: a server that is dead, or refuses
// everything, passes nothing. Wherever a step that must work does not, the trial ends the check by
// itself, as inconclusive.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "conformance/exchange.h"
#include "conformance/secrets.h"
#include "conformance/server/control.h"
#include "conformance/server/http.h"
#include "conformance/server/params.h"
#include "conformance/server/reply.h"
#include "conformance/server/target.h"

namespace heygen::conformance {

// What all trials of a run share. Referred to by them; outlives them.
struct ServerStage {
  ServerTarget target;
  std::chrono::milliseconds timeout{5000};  // of an exchange
  std::string prefix;                       // of sandbox names
  std::optional<std::uint64_t> seed;  // of the sandboxes' randomness; absent: the server's own
  std::stop_token stop = {};
};

// A login as a good client asks for it.
struct Asked {
  ServerClient client;
  std::string verifier;
  Params params;  // of the authorize request
};

struct Tokens {
  ServerClient client;
  std::string code;  // that they were given for
  std::string access;
  std::string refresh;  // "" when none was given
  double expires_in = 0;
};

enum class Decision : std::uint8_t { approve, deny };

// Used by one thread.
class ServerTrial {
 public:
  ServerTrial(const Check& check, const ServerStage& stage);
  ~ServerTrial();
  ServerTrial(const ServerTrial&) = delete;
  ServerTrial& operator=(const ServerTrial&) = delete;

  // --- the server ---
  [[nodiscard]] const ServerTarget& target() const { return target_; }
  [[nodiscard]] bool has(Capability capability) const { return capabilities_.has(capability); }
  [[nodiscard]] const ServerClient& client() const { return target_.client; }
  [[nodiscard]] const ServerClient& second_client() const { return *target_.second; }

  // Each needs its capability.
  ServerClient register_client(std::string_view id, const std::vector<std::string>& redirect_uris,
                               std::optional<std::string> secret = std::nullopt);  // clients
  void policy(std::string_view name,
              const std::variant<std::string, std::int64_t>& value);  // policy
  void freeze();                                                      // clock
  void advance(std::chrono::seconds span);                            // clock
  void ask_users();          // from now on the user decides on a page; form
  void deny_all();           // or refuses; deny
  void approve_all();        // as it was
  void lose_next_refresh();  // faults
  std::size_t count_tokens(std::string_view kind, std::string_view status);  // faults

  // --- the authorize endpoint ---
  [[nodiscard]] Asked ask() { return ask(client()); }
  [[nodiscard]] Asked ask(const ServerClient& client);
  // The browser's way from the authorize request to where it ends: a redirect to a client, or a
  // page.
  Reply visit(const Params& params, Decision decision = Decision::approve);
  // Its first answer alone; the consent page where there is one.
  Reply open(const Params& params, const mock::wire::Headers& headers = {});
  // The same by a reader that takes no broken header for whole: that is a failure of the protocol.
  Outcome<Reply> open_raw(const Params& params);
  // Sends the page's form, with these fields changed.
  Reply decide(const Reply& page, Decision decision,
               const std::vector<std::pair<std::string, std::string>>& changed = {});
  Reply browse(std::string_view url);

  // --- the token endpoint ---
  // The form that redeems a code of that login.
  [[nodiscard]] Params redemption(const Asked& asked, std::string_view code) const;
  // Of a code that is got for it: a token request that would succeed.
  Params good_redemption();
  [[nodiscard]] Params refreshing(const ServerClient& client, std::string_view token) const;
  Reply token(const Params& form) { return post(target_.token_url, form); }
  Reply refresh(const ServerClient& client, std::string_view token) {
    return this->token(refreshing(client, token));
  }
  Reply refresh_at(const std::string& url, const ServerClient& client, std::string_view token) {
    return post(url, refreshing(client, token));
  }
  Reply post(const std::string& url, const Params& form, mock::wire::Headers headers = {});

  // --- the rest ---
  Reply api(std::string_view token) { return api_as("Bearer " + std::string(token)); }
  Reply api_as(std::string_view authorization);  // "": without the field
  Reply revoke(const ServerClient& client, std::string_view token, std::string_view hint = "");
  Reply send(const HttpRequest& request);
  // All of them at the same instant, on connections of their own.
  std::vector<Reply> send_at_once(const std::vector<HttpRequest>& requests);
  // A request whose answer is lost on the way, or does not matter.
  void send_and_lose(const HttpRequest& request);
  // Bytes as they are, to the token endpoint's host.
  Outcome<Reply> send_raw(std::string_view bytes) { return send_raw(bytes, target_.token_url); }
  Outcome<Reply> send_raw(std::string_view bytes, const std::string& url);

  // --- what must work ---
  std::string code(const Asked& asked);
  Tokens login() { return login(client()); }
  Tokens login(const ServerClient& client);
  // Many of them, which are not shown step by step.
  std::vector<Tokens> logins(std::size_t n);
  // The same; ends the check as not applicable when the server gives no refresh token.
  Tokens refreshable() { return refreshable(client()); }
  Tokens refreshable(const ServerClient& client);
  Tokens refreshed(const Tokens& tokens) { return refreshed(tokens, target_.token_url); }
  Tokens refreshed(const Tokens& tokens, const std::string& url);
  // Does a good login still work?
  [[nodiscard]] bool still_works();
  void require(bool holds, std::string_view what);
  [[noreturn]] void give_up(std::string why) const;    // inconclusive
  [[noreturn]] void pass_over(std::string why) const;  // not applicable

  // --- secrets ---
  void add_secret(SecretKind kind, std::string_view value) { secrets_.add(kind, value); }
  [[nodiscard]] const Secrets& secrets() const { return secrets_; }
  [[nodiscard]] std::string random(std::size_t length) const;  // letters and digits

  // --- for the engine ---
  Verdict judge();
  [[nodiscard]] std::vector<Step> exchange() const;

 private:
  struct Ended {
    Verdict verdict;
  };

  void make_world();
  void must(const std::string& error);
  Reply note(const HttpRequest& request, Outcome<mock::wire::Response> response, bool by_browser);
  void learn_from(const Seen& seen);
  void remember(Step step);
  Reply browse_on(HttpRequest request, Decision decision);
  Reply run_command(const std::string& url, Decision decision);
  void check_still_wanted() const;

  const Check& check_;
  const ServerStage& stage_;
  const std::string name_;  // of the sandbox
  const HttpOptions options_;
  const std::chrono::steady_clock::time_point deadline_;
  ServerTarget target_;
  Capabilities capabilities_;
  Consent consent_;
  Http http_;
  Http browser_;
  std::unique_ptr<Control> control_;
  bool quiet_ = false;  // nothing is remembered
  Secrets secrets_;
  std::deque<Step> steps_;  // the last of them
};

// How an S256 challenge is made (RFC 7636 §4.2).
std::string challenge_of(std::string_view verifier);

}  // namespace heygen::conformance
