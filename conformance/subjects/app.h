// A web app that has been pointed at the mock. The suite is its users' browser: a session of a
// check is a cookie jar.
//
// What an app cannot be asked is inferred, so:
//  - A login is begun at the start URL, and found by clicking as a user would (app_login.h).
//  - A call to the API is a visit to the call URL. It succeeded when the page is 2xx, did not end
//    at a login, and a request of the app with credentials was answered 2xx by the mock meanwhile:
//    many frameworks answer 200 to anything.
//  - A session is logged in when such a call succeeds. Right after its callback, and always
//    without a call URL: when the callback led to a code exchanged, and not to an error page.
//  - A refresh is provoked: the session's access token dies on the mock, and the call URL is
//    visited.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "conformance/browser/browser.h"
#include "conformance/browser/chromium.h"
#include "conformance/subject.h"
#include "conformance/subjects/app_log.h"
#include "conformance/subjects/app_witness.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct AppOptions {
  std::string callback_url;
  std::string start_url;                      // begins a login; "": none is known
  std::string call_url;                       // makes the app call the API; "": none is known
  std::string logout_url;                     // so too
  std::string log_file;                       // what the app writes; "": not seen
  std::string ca_file;                        // PEM, for an app behind https; "": the system's CAs
  bool refreshes = true;                      // the app was seen to refresh
  std::chrono::milliseconds timeout{5000};    // of an operation
  std::chrono::milliseconds patience{15000};  // until an app that died is back
  std::string sandbox;                        // of the mock, where the app is seen
  std::shared_ptr<Chromium> chromium;         // the browser; null: one without scripts
};

// The one app of a run. Thread-safe. The server must outlive it.
class App {
 public:
  App(AppOptions options, mock::Server& server);

  [[nodiscard]] const AppOptions& options() const noexcept { return options_; }
  [[nodiscard]] const AppWitness& witness() const noexcept { return witness_; }
  [[nodiscard]] const AppLog& log() const noexcept { return log_; }
  [[nodiscard]] FetchLimits limits() const;
  [[nodiscard]] Capabilities capabilities() const;

  // The same app, with what has been found out about it.
  [[nodiscard]] std::shared_ptr<const App> with(AppOptions options) const;

  // Returns once somebody accepts connections at the callback URL. An app that did not come back
  // within the patience is not waited for again, until it is there.
  Outcome<Done> await(const std::stop_token& stop) const;

  // A user's, new.
  [[nodiscard]] std::unique_ptr<Browser> browser() const;

  // May the browser go there by itself? Not to the mock, where a check decides what is to happen,
  // and not to hosts that nobody named.
  [[nodiscard]] bool may_follow(const std::string& url) const;

 private:
  mock::Server& server_;
  const AppOptions options_;
  const AppWitness witness_;
  const AppLog log_;
  mutable std::atomic<bool> given_up_ = false;
};

// Starts nothing: the app runs. Thread-safe.
class AppFactory final : public SubjectFactory {
 public:
  explicit AppFactory(std::shared_ptr<const App> app) : app_(std::move(app)) {}
  Outcome<std::unique_ptr<Subject>> start() override;

 private:
  const std::shared_ptr<const App> app_;
};

}  // namespace heygen::conformance
