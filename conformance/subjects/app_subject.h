// One check's use of a web app.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "conformance/subject.h"
#include "conformance/subjects/app.h"
#include "conformance/subjects/app_user.h"

namespace heygen::conformance {

class AppSubject final : public Subject {
 public:
  explicit AppSubject(std::shared_ptr<const App> app);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }

  // Waits for an app that died of the last check, until its supervisor has started it again.
  Pending<Done> configure(const Configuration& configuration) override;
  // Where no login of the app's own can be begun, one that somebody else began for it: its callback
  // brings a good code, and a state that the app never made.
  Pending<std::string> begin_login(std::string_view session) override;
  Pending<Landing> callback(std::string_view session, std::string_view url) override;
  Pending<Landing> visit(std::string_view session, std::string_view method,
                         std::string_view url) override;
  Pending<Landing> visit_with(std::string_view session, std::string_view url,
                              const HeaderFields& headers) override;
  Pending<std::string> begin_login_with(std::string_view session,
                                        const Additions& additions) override;
  [[nodiscard]] std::vector<Landing> shown(std::string_view session) const override;
  Pending<Done> copy_cookies(std::string_view session, std::string_view copy) override;
  Pending<LoginState> state(std::string_view session) override;
  // Which call it is the app decides.
  Pending<ApiAnswer> call_api(std::string_view session, const ApiCall& call) override;
  Pending<Done> refresh(std::string_view session) override;
  Pending<Done> logout(std::string_view session) override;
  Pending<int> download(std::string_view session, std::string_view url) override;
  Pending<DeviceChallenge> begin_device_login(std::string_view session) override;
  Pending<Done> set_time(mock::TimePoint now) override;
  void set_timeout(std::chrono::milliseconds timeout) override { timeout_ = timeout; }
  // The app is not ours: what is under way is let go, and the app goes on.
  void kill() override;
  Outcome<Done> restart(const std::vector<std::string>& environment) override;
  [[nodiscard]] std::optional<Failure> trouble() const override;
  [[nodiscard]] std::size_t log_size() const override;
  [[nodiscard]] std::string log_since(std::size_t size) const override;

 private:
  template <typename T, typename Work>
  Pending<T> later(Work work);  // begun now, on a thread of its own
  std::string attackers_url();
  std::shared_ptr<AppUser> user_of(std::string_view session);
  void note(const Failure& failure);

  const std::shared_ptr<const App> app_;
  const std::string name_;
  const Capabilities capabilities_;
  std::atomic<std::chrono::milliseconds> timeout_;
  std::stop_source stop_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<AppUser>, std::less<>> users_;
  std::optional<Failure> trouble_;
  Configuration configuration_;
  int attacks_ = 0;
};

}  // namespace heygen::conformance
