#include "conformance/subjects/cli.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <utility>

#include "conformance/subjects/cli_session.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// What a user has done in parallel is begun at once, and its outcome asked for later.
template <typename T, typename Work>
Pending<T> in_background(Work work) {
  const std::shared_future<Outcome<T>> running = std::async(std::launch::async, std::move(work));
  return Pending<T>([running] { return running.get(); });
}

template <typename T>
Pending<T> settled(Outcome<T> outcome) {
  return Pending<T>([outcome = std::move(outcome)] { return outcome; });
}

Failure unsupported(std::string_view what) {
  return {Failure::Origin::unsupported, "", std::string(what)};
}

// The first word of a command line, if it is plain enough to be a program's name.
std::string program_of(std::string_view command) {
  const std::size_t begin = command.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = command.substr(begin);
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+").find(c) != std::string_view::npos;
  };
  constexpr std::array<std::string_view, 9> kOfTheShell{"cd", "exec", "eval",  "export", "set",
                                                        "if", "for",  "while", "."};
  const bool plain = std::ranges::all_of(word, is_plain) &&
                     std::ranges::find(kOfTheShell, word) == kOfTheShell.end();
  return plain ? std::string(word) : std::string();
}

bool can_run(const fs::path& path) {
  std::error_code unknown;
  return fs::is_regular_file(path, unknown) && ::access(path.c_str(), X_OK) == 0;
}

bool is_on_path(const std::string& program) {
  if (program.find('/') != std::string::npos) return can_run(program);
  const char* variable = std::getenv("PATH");
  std::string_view path = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(':'), path.size());
    if (can_run(fs::path(path.substr(0, end)) / program)) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

class Cli final : public Subject {
 public:
  Cli(const CliOptions& options, mock::Server& server)
      : options_(options),
        server_(server),
        timeout_(options.timeout),
        name_(fs::path(program_of(options.login)).filename().string()) {
    if (name_.empty()) name_ = "command";
    if (options.refresh) capabilities_.add(Capability::refresh);
    if (options.logout) capabilities_.add(Capability::logout);
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }

  Pending<Done> configure(const Configuration& configuration) override {
    const std::lock_guard lock(mutex_);
    for (auto& [name, session] : sessions_) session->end_logins();
    sessions_.clear();
    shell_.configure(configuration, environment_);
    return settled<Done>(Done{});
  }

  Pending<std::string> begin_login(std::string_view session) override {
    auto begun = at(session)->begin();
    if (!begun) return settled<std::string>(begun.failure());
    forget_oldest(*begun);
    return Pending<std::string>([this, login = std::move(begun).value()]() -> Outcome<std::string> {
      auto url = login->authorize_url(timeout_);
      if (!url && shell_.killed()) return killed_by_suite();
      return url;
    });
  }
  Pending<Landing> callback(std::string_view session, std::string_view url) override {
    return visit(session, "GET", url);
  }
  Pending<Landing> visit(std::string_view session, std::string_view method,
                         std::string_view url) override {
    return in_background<Landing>(
        [this, user = at(session), method = std::string(method), url = std::string(url)] {
          return user->callback(method, url, timeout_);
        });
  }
  Pending<LoginState> state(std::string_view session) override {
    return Pending<LoginState>([this, user = at(session)] { return user->state(timeout_); });
  }
  Pending<ApiAnswer> call_api(std::string_view session, const ApiCall& call) override {
    if (const std::string lacking = lacking_for(call); !lacking.empty()) {
      return settled<ApiAnswer>(unsupported("the call command has no " + lacking + " in it"));
    }
    const auto user = at(session);
    auto command = std::make_shared<CliCommand>(user->start(
        "call", options_.call,
        {{"method", call.method}, {"path", call.path}, {"body", call.body.value_or("")}}));
    return Pending<ApiAnswer>(
        [this, user, command] { return user->finish_call(*command, timeout_); });
  }
  Pending<Done> refresh(std::string_view session) override {
    return run_for(session, "refresh", options_.refresh);
  }
  Pending<Done> logout(std::string_view session) override {
    return run_for(session, "logout", options_.logout);
  }
  Pending<int> download(std::string_view, std::string_view) override {
    return settled<int>(unsupported("a command-line program is not asked for downloads"));
  }
  Pending<DeviceChallenge> begin_device_login(std::string_view) override {
    return settled<DeviceChallenge>(unsupported("there is no command for a device login"));
  }
  Pending<Done> set_time(mock::TimePoint) override {
    return settled<Done>(unsupported("a command-line program's clock cannot be set"));
  }

  void set_timeout(milliseconds timeout) override { timeout_ = timeout; }

  void kill() override { shell_.kill(); }

  Outcome<Done> restart(const std::vector<std::string>& environment) override {
    shell_.kill();
    const std::lock_guard lock(mutex_);
    sessions_.clear();
    environment_ = environment;
    shell_.revive();
    return Done{};
  }

  [[nodiscard]] std::optional<Failure> trouble() const override {
    if (shell_.killed()) return killed_by_suite();
    return std::nullopt;
  }

  [[nodiscard]] std::size_t log_size() const override { return shell_.log().size(); }
  [[nodiscard]] std::string log_since(std::size_t size) const override {
    return shell_.log().since(size);
  }

 private:
  std::shared_ptr<CliSession> at(std::string_view session) {
    const std::lock_guard lock(mutex_);
    auto found = sessions_.find(session);
    if (found == sessions_.end()) {
      const fs::path home = fs::path(shell_.configuration().store_dir) / folder_of(session);
      found = sessions_
                  .emplace(session,
                           std::make_shared<CliSession>(CliWorld{options_, server_, shell_}, home))
                  .first;
    }
    return found->second;
  }

  // A check that begins dozens of logins looks at their requests alone: each is a process, and
  // those that were begun first are waited for by nobody any more.
  void forget_oldest(const std::shared_ptr<CliLogin>& fresh) {
    constexpr std::size_t kMostWaiting = 8;
    std::shared_ptr<CliLogin> oldest;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(fresh);
      std::erase_if(waiting_, [](const auto& one) {
        const auto login = one.lock();
        return !login || login->ended();
      });
      if (waiting_.size() > kMostWaiting) oldest = waiting_.front().lock();
    }
    if (oldest) oldest->kill();
  }

  // "NAME/a" -> "a": what stands before is in the folder's own name already.
  static std::string folder_of(std::string_view session) {
    const std::string_view last = session.substr(session.rfind('/') + 1);
    const bool plain = !last.empty() && std::ranges::all_of(last, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
    });
    return plain ? std::string(last) : "user-" + mock::fingerprint(session);
  }

  [[nodiscard]] std::string lacking_for(const ApiCall& call) const {
    const ApiCall usual;
    if (call.method != usual.method && !names(options_.call, "method")) return "{method}";
    if (call.path != usual.path && !names(options_.call, "path")) return "{path}";
    if (call.body && !names(options_.call, "body")) return "{body}";
    return {};
  }

  Pending<Done> run_for(std::string_view session, std::string_view what,
                        const std::optional<std::string>& line) {
    if (!line) return settled<Done>(unsupported("there is no " + std::string(what) + " command"));
    const auto user = at(session);
    auto command = std::make_shared<CliCommand>(user->start(what, *line));
    return Pending<Done>([this, &user, command] { return user->finish(*command, timeout_); });
  }

  const CliOptions options_;
  mock::Server& server_;
  std::atomic<milliseconds> timeout_;
  std::string name_;
  Capabilities capabilities_{Capability::begin,        Capability::callback,     Capability::state,
                             Capability::call_api,     Capability::messages,     Capability::logs,
                             Capability::store,        Capability::restart,      Capability::page,
                             Capability::two_sessions, Capability::two_processes};
  CliShell shell_;

  std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<CliSession>, std::less<>> sessions_;
  std::vector<std::weak_ptr<CliLogin>> waiting_;  // logins, the oldest first
  std::vector<std::string> environment_;          // of the restart
};

}  // namespace

Outcome<std::unique_ptr<Subject>> CliFactory::start() {
  const std::string program = program_of(options_.login);
  if (!program.empty() && !is_on_path(program)) {
    return Failure{Failure::Origin::gone, "",
                   "\"" + program + "\" was not found: name a program that exists in --login"};
  }
  return std::unique_ptr<Subject>(std::make_unique<Cli>(options_, server_));
}

}  // namespace heygen::conformance
