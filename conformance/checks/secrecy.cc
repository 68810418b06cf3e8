// What a client says and leaves lying about: its log, its error messages, its files.

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/file_text.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state,
                              Capability::logs};
constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api, Capability::logs};

constexpr std::string_view kOddToken = "token-that-no-header-takes";
const std::vector<SecretKind> kNoTokens{SecretKind::code, SecretKind::verifier, SecretKind::state,
                                        SecretKind::device_code};

// A login's whole life, good and bad.
void live(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  (void)try_refresh(trial);
  for (const Fault& fault :
       {Fault::at(Endpoint::api).status(500).once(), Fault::at(Endpoint::api).status(401).first(10),
        Fault::at(Endpoint::api).reset().first(10)}) {
    trial.arm(fault);
    (void)trial.call_api();
    trial.disarm();
  }
  trial.login();
  trial.arm(Fault::at(Endpoint::refresh).reset().first(10));
  (void)try_refresh(trial);
  trial.disarm();
  trial.arm(Fault::at(Endpoint::refresh).error("invalid_grant").first(10));
  (void)try_refresh(trial);
  trial.disarm();
  if (!trial.has(Capability::logout)) return;
  for (const Fault& fault :
       {Fault::at(Endpoint::revoke).status(503).first(10),
        Fault::at(Endpoint::revoke).reset().first(10),
        Fault::at(Endpoint::revoke).error("invalid_client").status(401).first(10)}) {
    trial.login();
    trial.arm(fault);
    (void)trial.logout();
    trial.disarm();
  }
}

// Answers with a token that cannot be used, which somebody may want to look at.
void receive_odd_answers(Trial& trial) {
  trial.add_secret(SecretKind::access_token, kOddToken);
  const std::string broken = R"("broken\r\n)" + std::string(kOddToken) + "\"";
  std::vector<Fault> faults{Fault::at(Endpoint::token).patch("token_type", "\"mac\""),
                            Fault::at(Endpoint::token).patch("access_token", broken)};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    trial.arm(faults[i].first(10));
    (void)trial.try_login("odd-" + std::to_string(i + 1));
    trial.disarm();
  }
}

Verdict no_tokens(Trial& trial) {
  live(trial);
  receive_odd_answers(trial);
  return expect_no_secret_in(trial, "the log", trial.logs(), kNoTokens);
}

Verdict no_tokens_when_verbose(Trial& trial) {
  trial.restart({"DEBUG=1", "VERBOSE=1", "LOG_LEVEL=debug", "HEYGEN_DEBUG=1", "HEYGEN_LOG=debug",
                 "HEYGEN_LOG_LEVEL=debug"});
  live(trial);
  return expect_no_secret_in(trial, "the log", trial.logs(), {SecretKind::state});
}

std::string without(std::string text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos && !part.empty();
       at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

// The state may be seen in the authorize URL that is printed for the user, and nowhere else.
Verdict no_code(Trial& trial) {
  const Login good = trial.login();
  trial.arm(Fault::at(Endpoint::token).status(400).first(10));
  const Login refused = trial.try_login("refused");
  trial.disarm();
  std::vector<Login> unanswered;
  std::vector<Fault> failures{Fault::at(Endpoint::token).status(500),
                              Fault::at(Endpoint::token).reset()};
  for (std::size_t i = 0; i < failures.size(); ++i) {
    trial.arm(failures[i].first(10));
    unanswered.push_back(trial.try_login("unanswered-" + std::to_string(i + 1)));
    trial.disarm();
  }
  // Responses that are no good, whose code may be.
  for (const std::string_view state : {"", "not-the-state-that-was-sent"}) {
    CallbackUrl url = trial.authorize(trial.begin("misdirected"));
    if (state.empty()) {
      url.append("error", "access_denied");
    } else {
      url.set("state", state);
    }
    (void)trial.callback(url, "misdirected");
  }
  const std::string log = trial.logs();
  Verdict verdict = worst_of(
      {expect_no_secret_in(trial, "the log", log, {SecretKind::state}),
       expect_no_secret_in(trial, "an error message", trial.messages(), {SecretKind::state})});
  if (verdict.result != Result::pass) return verdict;
  std::string rest = without(without(log, good.begun.authorize_url), refused.begun.authorize_url);
  for (const Login& one : unanswered) rest = without(rest, one.begun.authorize_url);
  verdict = expect_no_secret_in(trial, "the log", rest);
  return verdict.result == Result::pass ? verdict : warned(verdict.message);
}

// Answers that repeat the request, as JSON and as something else.
std::vector<Fault> echoes(Endpoint endpoint) {
  return {Fault::at(endpoint).status(400).echo_secrets().first(10),
          Fault::at(endpoint).status(500).echo_secrets().first(10),
          Fault::at(endpoint).status(400).echo_secrets().cut_json().first(10),
          Fault::at(endpoint).status(200).echo_secrets().cut_json().first(10)};
}

Verdict error_not_printed(Trial& trial) {
  trial.control();
  // Each in a session of its own: whoever is logged in may not be let begin another login.
  int sessions = 0;
  const auto next = [&] { return "echo-" + std::to_string(++sessions); };
  for (const Fault& echo : echoes(Endpoint::token)) {
    trial.arm(echo);
    (void)trial.try_login(next());
    trial.disarm();
  }
  if (trial.has(Capability::call_api)) {
    for (const Fault& echo : echoes(Endpoint::refresh)) {
      const std::string session = next();
      trial.login(session);
      trial.arm(echo);
      (void)try_refresh(trial, session);
      trial.disarm();
    }
    const std::string session = next();
    trial.login(session);
    trial.arm(Fault::at(Endpoint::api).status(500).echo_secrets().once());
    (void)trial.call_api(session);
    trial.disarm();
  }
  return worst_of(
      {expect_no_secret_in(trial, "the log", trial.logs(), {SecretKind::state}),
       expect_no_secret_in(trial, "an error message", trial.messages(), {SecretKind::state})});
}

// --- files -------------------------------------------------------------------------------------

bool open_to_others(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0;
}

// Nobody else comes by it if the file is shut, or a folder of the client's above it.
bool exposed(const fs::path& file, const fs::path& store) {
  if (!open_to_others(file)) return false;
  for (fs::path above = file.parent_path(); above != store; above = above.parent_path()) {
    if (!open_to_others(above)) return false;
  }
  return true;
}

Verdict expect_shut(Trial& trial, std::string_view when) {
  const fs::path& store = trial.store_dir();
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    if (!entry.is_regular_file() || !exposed(entry.path(), store)) continue;
    if (!trial.secrets().find_in(file_text(entry.path()))) continue;
    return failed("files with tokens have mode 0600 " + std::string(when),
                  entry.path().filename().string() + " is open to others");
  }
  return passed();
}

Verdict permissions(Trial& trial) {
  trial.login();
  Verdict verdict = expect_shut(trial, "after a login");
  if (verdict.result != Result::pass || !trial.has(Capability::refresh)) return verdict;
  (void)trial.refresh();
  return expect_shut(trial, "after a refresh");
}

constexpr Check kSecrecyChecks[] = {
    {.id = "log.no-secrets-on-error",
     .title = "An error body that echoes the request is not printed",
     .clause = "CWE-532",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "400, 500 and 200 whose bodies repeat the request with its secrets, as JSON and "
                 "cut off, to logins, refreshes and calls",
     .requires_ = "Neither the log nor an error message holds them.",
     .mend = "Print the status and the registered error code, never the body.",
     .motive = "librefang#5525; hyperframes scrub.ts",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logs,
               Capability::messages},
     .run = &error_not_printed},
    {.id = "log.no-tokens",
     .title = "No token is logged",
     .clause = "RFC 6749 §10.3, §10.4; RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "logins, calls, refreshes, their failures, a logout, and token answers that "
                 "cannot be used",
     .requires_ = "Neither stdout nor stderr holds a token, whole, encoded or in part.",
     .mend = "Log that a token came, and its lifetime.",
     .motive = "KAFKA-14623; cp-oauth#21",
     .needs = kCall,
     .run = &no_tokens},
    {.id = "log.no-secrets-debug",
     .title = "No secret is logged in debug mode either",
     .clause = "CWE-532",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::secrecy,
     .provokes = "DEBUG, VERBOSE, LOG_LEVEL and their like in the environment; logins, calls, "
                 "refreshes",
     .requires_ = "The log holds no secret.",
     .mend = "Redact at the one place where requests and answers are logged.",
     .motive = "FreeRDP#13328",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::logs, Capability::restart},
     .own_process = true,
     .run = &no_tokens_when_verbose},
    {.id = "log.no-code-verifier-state",
     .title = "No code, verifier or state is logged",
     .clause = "RFC 9700 §4.2, §4.3; RFC 7636 §7.1; CWE-532",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login that succeeds, one whose code is refused, exchanges that are answered "
                 "500 and not at all, a denial and a wrong state",
     .requires_ = "Neither log nor error message holds the code or the verifier; nor, but for the "
                  "printed authorize URL, the state.",
     .mend = "Strip the query from what you log of the callback.",
     .motive = "FreeRDP#13328; google/adk-js#640",
     .needs = kLogin,
     .run = &no_code},
    {.id = "store.permissions",
     .title = "Files with tokens are shut to other users",
     .clause = "RFC 6819 §5.3.3; RFC 6749 §10.3",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::secrecy,
     .provokes = "a login and a refresh",
     .requires_ =
         "Each file that holds a token in clear has mode 0600, or lies in a folder of 0700.",
     .mend = "Create the file with mode 0600, also when it is replaced.",
     .motive = "heygen-cli TestFileCredentialStore_FilePermissions",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::store},
     .run = &permissions},
};

}  // namespace

std::span<const Check> secrecy_checks() { return kSecrecyChecks; }

}  // namespace heygen::conformance
