// The thing under test, as a check may ask it: the operations of the adapter protocol, whatever the
// driver makes of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/capabilities.h"
#include "mock_server/core/clock.h"

namespace heygen::conformance {

// Why an operation brought no value.
struct Failure {
  enum class Origin : std::uint8_t {
    refused,      // the subject answered that it failed: often what a check wants
    timeout,      // no answer in time
    gone,         // the process ended, or could not be started
    protocol,     // it wrote what is no answer
    unsupported,  // the driver cannot ask this
  };
  Origin origin = Origin::refused;
  std::string kind;     // "state_mismatch": the subject's own word for it, may be empty
  std::string message;  // for a person; may quote the subject, and with it a secret
};

// The kind of a refused begin_login: whoever is logged in is not let begin another login.
inline constexpr std::string_view kLoggedIn = "logged-in";

// A value, or why there is none.
template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const { return value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const Failure& failure() const { return std::get<1>(state_); }

 private:
  std::variant<T, Failure> state_;
};

struct Done {};

// An operation under way; wait() may be called once, and waits no longer than the subject's
// timeout.
template <typename T>
class [[nodiscard]] Pending {
 public:
  explicit Pending(std::function<Outcome<T>()> wait) : wait_(std::move(wait)) {}
  Outcome<T> wait() { return wait_(); }

 private:
  std::function<Outcome<T>()> wait_;
};

// Where the subject finds its authorization server, and as whom it asks.
struct Configuration {
  std::string authorize_url;
  std::string token_url;
  std::string refresh_url;
  std::string revoke_url;
  std::string device_url;
  std::string api_url;
  std::string client_id;
  std::optional<std::string> client_secret;
  std::string redirect_uri;
  std::string scope;                  // "": not given
  std::optional<std::string> issuer;  // only with Capability::issuer
  // How long the subject may wait for an answer; only with Capability::timeout.
  std::optional<std::chrono::milliseconds> timeout;
  std::string store_dir;
};

enum class LoginState : std::uint8_t { logged_in, login_required, pending };
std::string_view to_string(LoginState state) noexcept;

struct ApiCall {
  std::string method = "GET";
  std::string path = "/v1/user/me";
  std::optional<std::string> body = std::nullopt;
};
struct ApiAnswer {
  int status = 0;
  std::string body;
};
// The HTTP answer to the authorization response, whatever its status; only a driver with
// Capability::page knows more than that the subject took it.
struct Landing {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string note;  // what else came of it, for a person; "" when nothing is to be said
  // The answers to where it sent the browser on, in their order, and what its scripts fetched.
  std::vector<Landing> followed;
  std::string kept;  // what scripts can read in the browser afterwards; "" without scripts

  // The bodies of all of them: what the user may have got to see.
  [[nodiscard]] std::string shown() const;
};
using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// What a stranger's link, or a proxy that passes anything on, adds to the request that begins a
// login.
struct Additions {
  std::string query;  // "a=b&c=d"
  HeaderFields headers = {};
};
struct DeviceChallenge {
  std::string user_code;
  std::string verification_uri;
};

// One subject, driven by one check at a time; that check's threads may use it at once. A session is
// named by the check and comes into being when it is first named.
class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

  virtual Pending<Done> configure(const Configuration& configuration) = 0;
  virtual Pending<std::string> begin_login(std::string_view session) = 0;  // the authorize URL
  virtual Pending<Landing> callback(std::string_view session, std::string_view url) = 0;
  virtual Pending<LoginState> state(std::string_view session) = 0;
  virtual Pending<ApiAnswer> call_api(std::string_view session, const ApiCall& call) = 0;
  virtual Pending<Done> refresh(std::string_view session) = 0;
  virtual Pending<Done> logout(std::string_view session) = 0;
  virtual Pending<int> download(std::string_view session, std::string_view url) = 0;  // the status
  virtual Pending<DeviceChallenge> begin_device_login(std::string_view session) = 0;
  virtual Pending<Done> set_time(mock::TimePoint now) = 0;
  // Any request of the session's browser; needs Capability::page.
  virtual Pending<Landing> visit(std::string_view session, std::string_view method,
                                 std::string_view url);
  // The same with headers of the caller's making, and a login begun by a link with more in it:
  // Origin::unsupported where the browser takes none.
  virtual Pending<Landing> visit_with(std::string_view session, std::string_view url,
                                      const HeaderFields& headers);
  virtual Pending<std::string> begin_login_with(std::string_view session,
                                                const Additions& additions);
  // All answers that the session's browser got so far, whatever it was asked for; bounded.
  [[nodiscard]] virtual std::vector<Landing> shown(std::string_view session) const;
  // Another session, in place of what the name stood for, whose browser has the cookies that this
  // one's has now, and nothing else of it; needs Capability::cookies.
  virtual Pending<Done> copy_cookies(std::string_view session, std::string_view copy);

  // How long each operation may take; from now on.
  virtual void set_timeout(std::chrono::milliseconds timeout) = 0;

  // SIGKILL, at once; what was under way fails with Origin::gone. From any thread. restart() starts
  // another process, unconfigured, with these variables ("NAME=value") on top of the usual
  // environment; the store is the one that the next configure names.
  virtual void kill() = 0;
  virtual Outcome<Done> restart(const std::vector<std::string>& environment) = 0;
  // Once it is gone, hangs or has broken the protocol: nothing more will come of it.
  [[nodiscard]] virtual std::optional<Failure> trouble() const = 0;

  // The process that it is, where it is one of ours: the leader of its group.
  [[nodiscard]] virtual std::optional<std::int64_t> process() const { return std::nullopt; }

  // All that it wrote since it was started, but what are answers; bounded, the oldest cut off.
  // `log_size` counts what was cut off, so that a caller can ask for what came since.
  [[nodiscard]] virtual std::size_t log_size() const = 0;
  [[nodiscard]] virtual std::string log_since(std::size_t size) const = 0;
};

// Starts subjects of one kind. Thread-safe.
class SubjectFactory {
 public:
  SubjectFactory() = default;
  SubjectFactory(const SubjectFactory&) = delete;
  SubjectFactory& operator=(const SubjectFactory&) = delete;
  virtual ~SubjectFactory() = default;

  virtual Outcome<std::unique_ptr<Subject>> start() = 0;
};

}  // namespace heygen::conformance
