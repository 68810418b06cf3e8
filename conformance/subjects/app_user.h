// One user of a web app: what the visits of their browser mean.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "conformance/browser/browser.h"
#include "conformance/subject.h"
#include "conformance/subjects/app.h"

namespace heygen::conformance {

// Thread-safe.
class AppUser {
 public:
  // The timeout, of each operation, is the subject's, and outlives the user.
  AppUser(std::shared_ptr<const App> app, const std::atomic<std::chrono::milliseconds>& timeout,
          std::stop_token stop);

  // Fails as kLoggedIn where whoever is logged in is not led to the authorize URL.
  Outcome<std::string> begin_login();
  // Whatever state they are in. Origin::unsupported for headers in a browser with scripts.
  Outcome<std::string> begin_login_with(const Additions& additions);
  Outcome<Landing> take_callback(const std::string& url);
  Outcome<Landing> visit(FetchRequest request);
  // Every answer that their browser got; of very many the last.
  [[nodiscard]] std::vector<Landing> shown() const;
  // Whoever has got hold of this user's cookies, as they are now.
  Outcome<std::shared_ptr<AppUser>> with_same_cookies();
  Outcome<LoginState> state();
  Outcome<ApiAnswer> call();
  Outcome<Done> provoke_refresh();
  Outcome<Done> log_out();

 private:
  AppUser(const AppUser& other, std::unique_ptr<Browser> browser);
  [[nodiscard]] Browser::Deadline deadline() const;
  Outcome<Visit> go(FetchRequest request);
  Outcome<std::string> find_login(FetchRequest start);
  void remember(const Visit& visit);
  [[nodiscard]] bool sent_to_login(const Visit& visit) const;

  const std::shared_ptr<const App> app_;
  const std::atomic<std::chrono::milliseconds>& timeout_;
  const std::stop_token stop_;
  const std::unique_ptr<Browser> browser_;
  std::atomic<bool> came_in_ = false;  // a callback of theirs ended well
  mutable std::mutex mutex_;
  std::deque<Landing> shown_;  // of the mutex
  // The last thing they did was a callback that ended well, with nothing spoiled: no need to ask
  // the call URL, whose call would be one more in the journal.
  std::atomic<bool> just_came_in_ = false;
};

}  // namespace heygen::conformance
