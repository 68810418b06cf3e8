// What a check's function sees: a world of its own, with a mock in it and the subject pointed
// there.
//
// The world is a fresh sandbox of the mock (default profile, one public client, a seed of its own),
// and the subject is configured to its URLs by the first operation. Operations are driven here, not
// on the subject itself, so that each is recorded, waited for and held against the subject when it
// dies of it. An operation returns when the subject has answered: that is the quiet window, and no
// check ever sleeps. To provoke an endless loop, arm a fault that ends by itself (`first(30)`).
//
// Wherever a step that must work does not, the trial ends the check by itself, as inconclusive.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "conformance/exchange.h"
#include "conformance/fault.h"
#include "conformance/origin.h"
#include "conformance/secrets.h"
#include "conformance/seen.h"
#include "conformance/subject.h"
#include "conformance/url.h"
#include "conformance/world.h"
#include "mock_server/server.h"

namespace heygen::conformance {

// What all trials of a run share. Referred to by them; outlives them.
struct Stage {
  mock::Server& server;
  SubjectFactory& factory;
  std::filesystem::path scratch;  // an existing folder for stores
  std::uint64_t seed = 0;
  std::chrono::milliseconds timeout{5000};  // of an operation
  std::string prefix = {};                  // of sandbox names: two runs on one server differ in it
  std::stop_token stop = {};
  std::optional<FixedWorld> world = std::nullopt;  // absent: each check has a world of its own
  // For the own time-out of a subject that cannot be told it; zero: it is not waited for.
  std::chrono::milliseconds patience{20'000};
};

// A login on its way to the browser.
struct Begun {
  std::string session;
  std::string authorize_url;

  // A parameter of the URL, decoded; "" when there is none.
  [[nodiscard]] std::string param(std::string_view name) const;
};

// A login as far as it came.
struct Login {
  Begun begun;
  CallbackUrl callback;
  Outcome<Landing> landed;
  std::vector<Seen> token_requests;  // of the code grant, while the callback was handled
  LoginState state = LoginState::login_required;

  [[nodiscard]] bool done() const { return landed.ok() && state == LoginState::logged_in; }
};

// Thrown by what cannot go on, caught by judge().
struct CheckEnded {
  Verdict verdict;
};

// The number of the last exchange in the mock's journal: what came after it is asked for by it.
using Mark = std::uint64_t;

// The sessions of a check. Any other name is good as well.
inline constexpr std::string_view kFirst = "a";
inline constexpr std::string_view kSecond = "b";

// Used by one thread.
class Trial {
 public:
  Trial(const Check& check, const Stage& stage, Subject& subject);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  // --- the world ---
  // Clock, faults, journal, store and settings of the mock, to read and to change at will.
  [[nodiscard]] mock::Sandbox& mock() { return *sandbox_; }
  [[nodiscard]] std::string base_url() const;  // "http://127.0.0.1:8765/s/NAME"
  // The same by the name localhost, or by the number where the subject uses the name: another
  // origin.
  // What the mock answers, whichever way the request came. From any thread.
  [[nodiscard]] mock::wire::Response answer(const mock::wire::Request& request);
  [[nodiscard]] std::string named_url() const;
  // A second server, started when it is first asked for.
  Origin& evil();
  [[nodiscard]] bool has(Capability capability) const;
  [[nodiscard]] const Setup& setup() const { return setup_; }
  // Configures the subject anew; without it the usual Setup holds. Ends the check as not applicable
  // where the subject's world is fixed and cannot be that.
  void set_up(Setup setup);
  // Configures the subject with something else than the world's addresses; a refusal is an answer
  // as well, and leaves it as it was. Ends the check as not applicable where the subject's world is
  // fixed. Until set_up() or the end of the check.
  Outcome<Done> configure_with(const std::function<void(Configuration&)>& change);
  // Makes the subject give up an answer soon where it can be told to (Capability::timeout), and
  // gives its operations time to. How long an answer has to be held back so that a sound subject
  // gives up before it comes; zero where nobody wants to wait for a subject that cannot be told.
  std::chrono::milliseconds await_own_timeout();
  void policy(std::string_view name,
              const mock::PolicyValue& value);  // of the sandbox, from now on

  std::string arm(const Fault& fault);  // its id
  void disarm();                        // every fault

  // The mock's clock, and the subject's where it has the capability.
  void advance(std::chrono::seconds span);
  // Good access tokens die on the server while they look healthy to the client; how many.
  std::size_t expire_access_tokens();
  [[nodiscard]] std::vector<mock::TokenView> tokens(mock::TokenKind kind);

  // --- driving the subject ---
  Begun begin(std::string_view session = kFirst);
  // In a session that is logged in; nothing where such a user is not let begin another login.
  std::optional<Begun> begin_again(std::string_view session = kFirst);
  // By a link with more in it. Nothing where the subject has no such links, or refuses this one.
  std::optional<Begun> begin_with(const Additions& additions, std::string_view session = kFirst);
  // The browser's visit to a URL of the mock, redirects not followed.
  mock::wire::Response browse(std::string_view url);
  CallbackUrl authorize(const Begun& begun);  // the user approves
  Outcome<Landing> callback(const CallbackUrl& url, std::string_view session = kFirst);
  Outcome<Landing> callback_raw(std::string_view url, std::string_view session = kFirst);
  // Any other request of the session's browser; needs Capability::page.
  Outcome<Landing> visit(std::string_view method, std::string_view url,
                         std::string_view session = kFirst);
  // A GET with headers of our own; nothing where there is no answer, or the browser takes none.
  std::optional<Landing> visit_with(std::string_view url, const HeaderFields& headers,
                                    std::string_view session = kFirst);
  // All that the session's browser was answered so far; empty without Capability::page.
  [[nodiscard]] std::vector<Landing> shown(std::string_view session = kFirst) const;
  // From now on `copy` is a browser with the cookies that the session's has at this moment, and
  // nothing else of it; needs Capability::cookies. Ends the check where it cannot be done.
  void copy_cookies(std::string_view session, std::string_view copy);
  // All of them at once; needs Capability::concurrency.
  std::vector<Outcome<Landing>> callbacks(const std::vector<CallbackUrl>& urls,
                                          std::string_view session = kFirst);

  // A whole login; ends the check unless it succeeds.
  Login login(std::string_view session = kFirst);
  // The same, whatever comes of the callback.
  Login try_login(std::string_view session = kFirst);
  // The positive control: a good login in a session of its own. A failure ends the check. A subject
  // without Capability::begin has none: then what is wrong can be seen, and nothing can pass.
  void control();

  Outcome<ApiAnswer> call_api(std::string_view session = kFirst, const ApiCall& call = {});
  std::vector<Outcome<ApiAnswer>> call_api_at_once(std::size_t n, std::string_view session = kFirst,
                                                   const ApiCall& call = {});
  // Started and not waited for; wait with settle().
  Pending<ApiAnswer> start_call(std::string_view session = kFirst, const ApiCall& call = {});
  template <typename T>
  Outcome<T> settle(Pending<T>& pending) {
    return note(pending.wait());
  }
  LoginState state(std::string_view session = kFirst);
  Outcome<Done> refresh(std::string_view session = kFirst);
  Outcome<Done> logout(std::string_view session = kFirst);
  Outcome<int> download(std::string_view url, std::string_view session = kFirst);
  Outcome<DeviceChallenge> begin_device_login(std::string_view session = kFirst);
  // The user's decision on the page that the device named; ends the check when there is none to
  // take.
  void decide_device(std::string_view user_code, bool approved = true);
  // The device's next poll after the mark: the clock is moved second by second until it comes, so
  // that its time in the journal is at most late, never early. Nothing after `most`.
  std::optional<Seen> next_poll(Mark since, std::chrono::seconds most);

  // Needs Check::own_process. kill() is SIGKILL; restart() comes back with the same store.
  void kill();
  void restart(const std::vector<std::string>& environment = {});  // "NAME=value", more of them
  // Another process with the same configuration and store; its sessions are those of the first.
  Subject& second_process();
  // As Subject::process().
  [[nodiscard]] std::optional<std::int64_t> process() const { return subject_.process(); }
  [[nodiscard]] std::string session_name(
      std::string_view session) const;  // as the subject hears it
  [[nodiscard]] const std::filesystem::path& store_dir() const { return store_dir_; }

  // --- what the mock saw, oldest first ---
  [[nodiscard]] Mark mark();
  [[nodiscard]] std::vector<Seen> seen(Mark since = 0);           // all but the suite's browser
  [[nodiscard]] std::vector<Seen> code_requests(Mark since = 0);  // the code grant, or a try at it
  [[nodiscard]] std::vector<Seen> refreshes(Mark since = 0);
  [[nodiscard]] std::vector<Seen> api_requests(Mark since = 0);
  [[nodiscard]] std::vector<Seen> revocations(Mark since = 0);
  [[nodiscard]] std::vector<Seen> device_requests(Mark since = 0);  // starts and polls
  // The first that comes, or came, after the mark; nothing within the subject's timeout. For what
  // happens while an operation is under way.
  std::optional<Seen> wait_for(Mark since, const std::function<bool(const Seen&)>& wanted);
  std::optional<Seen> wait_for(Mark since, const std::function<bool(const Seen&)>& wanted,
                               std::chrono::milliseconds patience);

  // --- secrets ---
  // All that this trial has brought up so far.
  const Secrets& secrets();
  void add_secret(SecretKind kind, std::string_view value);
  [[nodiscard]] std::string logs() const;      // what the subject wrote since the trial began
  [[nodiscard]] std::string messages() const;  // its error texts and pages

  // --- for the engine ---
  // Runs the check, and says what came of it; nothing secret is left in the text.
  Verdict judge();
  // What happened, redacted.
  [[nodiscard]] std::vector<Step> exchange();

  // Ends the check.
  [[noreturn]] void give_up(std::string why);

 private:
  using Filter = std::function<bool(const Seen&)>;

  template <typename T>
  Outcome<T> note(Outcome<T> outcome) {
    if (outcome.ok()) {
      record_answer("ok");
    } else if (outcome.failure().origin == Failure::Origin::unsupported) {
      throw CheckEnded{not_applicable("the subject cannot be asked: " + outcome.failure().message)};
    } else {
      record_failure(outcome.failure());
    }
    return outcome;
  }
  void record_start(std::string operation, std::vector<std::pair<std::string, std::string>> params);
  void record_answer(std::string status, std::string note = "");
  void record_failure(const Failure& failure);
  void absorb();
  void learn_from(const Seen& seen);
  void require_configured();
  Outcome<std::string> ask_begin(std::string_view session);
  Begun begun_at(std::string_view session, const std::string& url);
  [[nodiscard]] Configuration configuration() const;
  [[nodiscard]] Setup furnished(Setup wanted) const;
  void register_client();
  void configure_subject(Subject& subject);
  std::vector<Seen> seen_if(Mark since, const Filter& filter);
  [[nodiscard]] std::string explain_failed_login(const Login& login, Mark since);
  Verdict conclude(Verdict verdict) const;
  static Verdict nothing_to_compare_with();
  void check_still_wanted();

  const Check& check_;
  const Stage& stage_;
  Subject& subject_;
  const std::string name_;  // of sessions and of the store
  const std::string sandbox_name_;
  const std::shared_ptr<mock::Sandbox> sandbox_;
  const std::filesystem::path store_dir_;
  const std::size_t log_start_;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<Origin> evil_;
  std::unique_ptr<Subject> second_;
  Setup setup_;
  bool configured_ = false;
  bool clock_moved_ = false;
  bool killed_ = false;      // by us
  bool in_control_ = false;  // in a good login, before anything was provoked
  bool provoked_ = false;
  bool uncontrolled_ = false;
  int controls_ = 0;
  struct Trouble {
    Failure failure;
    bool in_control;
  };
  std::optional<Trouble> trouble_;

  Mark absorbed_ = 0;
  std::vector<Seen> all_seen_;  // the whole journal, as far as absorbed
  Secrets secrets_;
  std::string messages_;
  std::vector<Step> steps_;
};

}  // namespace heygen::conformance
