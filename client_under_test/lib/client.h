// The OAuth client an application uses: any number of users, each a session.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "client_under_test/lib/session.h"

namespace heygen::client {

enum class LoginState { logged_in, login_required, pending };
[[nodiscard]] std::string_view name_of(LoginState state) noexcept;

// Thread-safe. A session is named by the application and comes into being when it is first named;
// there may be kMostSessions (bad_request beyond).
class Client {
 public:
  static constexpr std::size_t kMostSessions = 4096;

  // The configuration must have passed check_config().
  Client(Config config, Services services, Seams seams = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // The URL to send the user's browser to (RFC 6749 §4.1.1).
  Result<std::string> begin_login(std::string_view session);
  // The request that came to the redirect URI; `url` whole or just its target (§4.1.2). On success
  // the session is logged in.
  Result<void> complete_login(std::string_view session, std::string_view method,
                              std::string_view url);

  // RFC 8628. The first polls by itself in the background until it ends one way or the other, or
  // another login or a logout of the session ends it; the second pair leaves the polling to the
  // caller's thread.
  Result<DeviceGrant> begin_device_login(std::string_view session);
  Result<DeviceGrant> request_device_grant();
  Result<void> finish_device_login(std::string_view session, const DeviceGrant& grant,
                                   const std::stop_token& stop);

  Result<HttpResponse> call(std::string_view session, std::string_view method,
                            std::string_view path, std::optional<std::string> body = {});
  // Fetches a URL that the API returned. The token goes along only to the API's own origin.
  Result<int> download(std::string_view session, std::string_view url);
  Result<TokenRecord> refresh(std::string_view session);
  Result<void> logout(std::string_view session);

  Result<LoginState> state(std::string_view session);
  // A login was begun and its callback has not come.
  [[nodiscard]] bool awaits_callback(std::string_view session);
  // What is kept, for a status line. Holds the tokens.
  Result<std::optional<TokenRecord>> record(std::string_view session);

  // Ends every exchange and every polling under way; what is asked afterwards fails.
  void stop();

  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] const Seams& seams() const noexcept { return seams_; }

 private:
  struct User {
    User(std::string name, const Client& client);
    Session session;
    std::mutex mutex;  // of the two that follow
    std::stop_source cancel;
    std::jthread polling;
    std::atomic<bool> polls = false;
  };

  Result<User*> user(std::string_view session);
  static void stop_polling(User& user);
  static void stop_polling_locked(User& user);
  void poll_in_background(User& owner, const std::string& name, const DeviceGrant& grant,
                          const std::stop_token& stop);

  const Config config_;
  const Services services_;
  const Seams seams_;
  std::stop_source stop_;
  PendingLogins pending_;

  std::mutex mutex_;  // of what follows
  std::string last_authorize_error_;
  std::map<std::string, std::unique_ptr<User>, std::less<>> users_;
};

}  // namespace heygen::client
