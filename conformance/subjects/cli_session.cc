#include "conformance/subjects/cli_session.h"

#include <algorithm>
#include <utility>

#include "conformance/seen.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::string_view kCall = "call";

std::shared_ptr<mock::Sandbox> sandbox_of(mock::Server& server, std::string_view api_url) {
  constexpr std::string_view kBelow = "/s/";
  const std::string_view path = target_of(api_url);
  std::string_view name = mock::kDefaultSandbox;
  if (path.starts_with(kBelow)) name = path.substr(kBelow.size(), path.find('/', kBelow.size()));
  return server.sandboxes().find(name);
}

std::uint64_t journal_mark(const CliWorld& world) {
  const auto sandbox = sandbox_of(world.server, world.shell.configuration().api_url);
  return sandbox ? sandbox->journal().last_seq() : 0;
}

std::vector<Seen> api_requests(const CliWorld& world, std::uint64_t since) {
  std::vector<Seen> found;
  const auto sandbox = sandbox_of(world.server, world.shell.configuration().api_url);
  if (!sandbox) return found;
  for (auto& entry : sandbox->journal().after(since)) {
    if (entry->endpoint == mock::Endpoint::api) found.emplace_back(std::move(entry));
  }
  return found;
}

// An API's answer that is printed as it is, on lines of its own, is what the user asked for, and no
// log, whatever stands in it.
std::string without_answers(std::string output, const std::vector<Seen>& requests) {
  for (const Seen& request : requests) {
    std::string_view body = request.response().body;
    body = body.substr(0, body.find_last_not_of(" \r\n") + 1);
    const std::size_t at = body.empty() ? std::string::npos : output.find(body);
    if (at == std::string::npos) continue;
    const bool begins = at == 0 || output[at - 1] == '\n';
    const bool ends = at + body.size() == output.size() || output[at + body.size()] == '\n';
    if (begins && ends) output.erase(at, body.size());
  }
  return output;
}

std::string seconds(milliseconds span) {
  return std::to_string(std::chrono::round<std::chrono::seconds>(span).count()) + " s";
}

Failure refused(const PtyProcess& process, std::string_view what, const Exit& exit) {
  const auto origin = exit.crashed() ? Failure::Origin::gone : Failure::Origin::refused;
  return {origin, exit.good() ? "" : "exit-" + std::to_string(exit.code),
          describe_end(what, process, exit)};
}

}  // namespace

CliSession::CliSession(const CliWorld& world, fs::path home)
    : world_(world),
      home_(std::move(home)),
      known_(fs::exists(home_) ? Known::nothing : Known::logged_out) {}

CliSession::Known CliSession::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

void CliSession::remember(Known known) {
  const std::lock_guard lock(mutex_);
  known_ = known;
}

Outcome<std::shared_ptr<CliLogin>> CliSession::begin() {
  auto run = world_.shell.start(world_.options.login, home_, CliShell::Output::to_log);
  if (!run) return run.failure();
  auto login = std::make_shared<CliLogin>(std::move(run).value());
  const std::lock_guard lock(mutex_);
  logins_.push_back(login);
  return login;
}

std::shared_ptr<CliLogin> CliSession::login_for(std::string_view url) const {
  const std::string origin = origin_of(url);
  const std::lock_guard lock(mutex_);
  std::shared_ptr<CliLogin> last;
  for (const auto& login : logins_) {
    if (login->ended() || login->listens_at().empty()) continue;
    if (login->listens_at() == origin) return login;
    last = login;
  }
  return last;
}

bool CliSession::login_waits() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(logins_, [](const auto& login) { return !login->ended(); });
}

Outcome<Landing> CliSession::callback(std::string_view method, std::string_view url,
                                      milliseconds timeout) {
  const auto login = login_for(url);
  if (!login) {
    return Failure{Failure::Origin::refused, "not-listening",
                   "no login command waits for a callback"};
  }
  const std::string target = login->listens_at() + std::string(target_of(url));
  Outcome<Landing> landed = login->callback(method, target, world_.server.port(), timeout);
  world_.shell.collect_log_files(home_);
  if (const auto exit = login->ended()) {
    if (exit->good()) remember(Known::logged_in);
    if (!exit->good() && known() == Known::logged_in) remember(Known::nothing);
  }
  if (world_.shell.killed()) return killed_by_suite();
  return landed;
}

CliCommand CliSession::start(std::string_view what, std::string_view command,
                             const Placeholders& more) {
  const std::uint64_t mark = journal_mark(world_);
  const auto output = what == kCall ? CliShell::Output::to_caller : CliShell::Output::to_log;
  return {world_.shell.start(command, home_, output, more), what, mark};
}

Outcome<Exit> CliSession::end_of(CliCommand& command, milliseconds timeout) {
  if (!command.run) return command.run.failure();
  PtyProcess& process = *(*command.run)->process;
  const auto exit = process.wait_for(timeout);
  if (!exit) process.kill();
  if (command.what == kCall) {
    world_.shell.log().append(
        without_answers(process.output(), api_requests(world_, command.journal_mark)));
  }
  world_.shell.collect_log_files(home_);
  if (world_.shell.killed()) return killed_by_suite();
  if (exit) return *exit;
  // The last words may be a question that nobody answers.
  return Failure{Failure::Origin::timeout, "",
                 "the " + std::string(command.what) + " command did not end within " +
                     seconds(timeout) + after_colon(last_words(process.output()))};
}

Outcome<Done> CliSession::finish(CliCommand& command, milliseconds timeout) {
  const Outcome<Exit> exit = end_of(command, timeout);
  if (!exit || !exit->good() || command.what == "logout") remember(Known::nothing);
  if (!exit) return exit.failure();
  if (exit->good()) return Done{};
  return refused(*(*command.run)->process, command.what, *exit);
}

Outcome<ApiAnswer> CliSession::finish_call(CliCommand& command, milliseconds timeout) {
  const Outcome<Exit> exit = end_of(command, timeout);
  remember(Known::nothing);
  if (!exit) return exit.failure();
  const PtyProcess& process = *(*command.run)->process;
  const auto requests = api_requests(world_, command.journal_mark);
  if (exit->crashed()) return refused(process, kCall, *exit);
  if (requests.empty()) {
    Failure failure = refused(process, kCall, *exit);
    failure.message += " (and made no API request)";
    return failure;
  }
  const int status = requests.back().status();
  if (is_good(status) && !exit->good()) return refused(process, kCall, *exit);
  if (is_good(status)) remember(Known::logged_in);
  return ApiAnswer{status, requests.back().response().body};
}

Outcome<LoginState> CliSession::state(milliseconds timeout) {
  switch (known()) {
    case Known::logged_in:
      return LoginState::logged_in;
    case Known::logged_out:
      return login_waits() ? LoginState::pending : LoginState::login_required;
    case Known::nothing:
      break;
  }
  return probe(timeout);
}

// Whoever sends credentials that the API does not refuse is logged in, whatever else became of the
// call.
Outcome<LoginState> CliSession::probe(milliseconds timeout) {
  const ApiCall usual;
  CliCommand command = start(kCall, world_.options.call,
                             {{"method", usual.method}, {"path", usual.path}, {"body", ""}});
  const Outcome<Exit> exit = end_of(command, timeout);
  if (!exit) return exit.failure();
  const auto requests = api_requests(world_, command.journal_mark);
  const bool in = !requests.empty() && requests.back().bearer().has_value() &&
                  requests.back().status() != 401 && requests.back().status() != 403;
  remember(in ? Known::logged_in : Known::logged_out);
  return in ? LoginState::logged_in : LoginState::login_required;
}

void CliSession::end_logins() {
  std::vector<std::shared_ptr<CliLogin>> logins;
  {
    const std::lock_guard lock(mutex_);
    logins.swap(logins_);
  }
  for (const auto& login : logins) login->kill();
}

}  // namespace heygen::conformance
