// Judges a web app that has been pointed at the mock.

#include "conformance/subjects/app.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>

#include "conformance/cli/app_probe.h"
#include "conformance/cli/judge.h"
#include "conformance/cli/listen.h"
#include "conformance/report/text.h"
#include "conformance/runner/scratch.h"
#include "conformance/subjects/app_start.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

bool is_url(const std::string& text) {
  const std::string origin = origin_of(text);
  return (origin.starts_with("http://") && origin.size() > 7) ||
         (origin.starts_with("https://") && origin.size() > 8);
}

// "ID" or "ID,secret=…"; the mock's own "ID=REDIRECT_URI,secret=…" will do as well.
void name_client(Setup& setup, const std::string& text) {
  constexpr std::string_view kSecret = ",secret=";
  const std::size_t comma = text.find(kSecret);
  const std::string name = text.substr(0, comma);
  const std::size_t equals = name.find('=');
  setup.client_id = name.substr(0, equals);
  if (equals != std::string::npos) setup.redirect_uri = name.substr(equals + 1);
  if (comma != std::string::npos) setup.client_secret = text.substr(comma + kSecret.size());
}

std::string wrong_with(const AppCommand& command) {
  const std::array<std::pair<const char*, const std::string*>, 4> urls{
      {{"--callback-url", &command.callback_url},
       {"--start-url", &command.start_url},
       {"--call-url", &command.call_url},
       {"--logout-url", &command.logout_url}}};
  for (const auto& [flag, url] : urls) {
    if (!url->empty() && !is_url(*url)) {
      return std::string(flag) + ": write a whole URL, http://HOST:PORT/PATH";
    }
  }
  if (!mock::is_sandbox_name(command.sandbox)) return "--sandbox: a name is of [a-z0-9-]{1,64}";
  if (!parse_listen(command.mock_listen)) return "--mock-listen: write HOST:PORT";
  if (command.client.starts_with(",")) return "--client: write ID or ID,secret=SECRET";
  return {};
}

// With the callback alone the suite is an attacker who begins a login of his own and gives the app
// its callback. These checks see what an app does wrong with that; the others need a login of the
// app's.
std::vector<Check> for_the_callback_alone(std::vector<const Check*>& checks) {
  constexpr std::array<std::string_view, 8> kSeen{"callback.state.mismatch-rejected",
                                                  "callback.state.missing-rejected",
                                                  "callback.state.empty-rejected",
                                                  "callback.state.unsolicited-rejected",
                                                  "callback.error.no-xss",
                                                  "callback.error.no-header-injection",
                                                  "callback.error.no-open-redirect",
                                                  "callback.method"};
  std::vector<Check> altered;
  altered.reserve(kSeen.size());
  for (const Check*& check : checks) {
    if (std::ranges::find(kSeen, check->id) == kSeen.end()) continue;
    Check one = *check;
    one.needs = one.needs.without({Capability::begin, Capability::state});
    check = &altered.emplace_back(one);
  }
  return altered;
}

std::string base_of(const mock::Server& server, const std::string& sandbox) {
  return sandbox == mock::kDefaultSandbox ? server.url() : server.url(sandbox);
}

// What is judged, and what could be with more.
void print_scope(std::ostream& out, const AppCommand& command, const AppOptions& options,
                 const AppFindings& findings) {
  const auto line = [&out](bool given, std::string_view there, std::string_view missing) {
    out << "  " << (given ? there : missing) << "\n";
  };
  out << "Judged, as the client " << printable(findings.setup.client_id) << ":\n";
  line(!options.start_url.empty(),
       "logins: they are begun at " + printable(options.start_url) +
           (command.start_url.empty() ? " (found; --start-url names another)" : ""),
       "the callback alone: what is wrong can be seen, nothing can pass. With --start-url URL, "
       "which begins a login: all of the login");
  line(!command.call_url.empty(), "calls to the API: the call URL makes them",
       "no calls. With --call-url URL, which makes the app call the API: tokens and their use");
  if (!command.call_url.empty() && findings.logs_in) {
    line(findings.refreshes, "refresh: the app refreshes after a 401 of the API",
         "no refresh: a dead access token did not make the app refresh");
  }
  line(!command.logout_url.empty(), "logout", "no logout. With --logout-url URL: revocation");
  line(!command.app_log.empty(), "the log file, for secrets",
       "no log. With --app-log FILE: secrets in it");
  if (!findings.trouble.empty()) {
    out << "No login succeeded yet: " << printable(findings.trouble) << "\n";
  }
  out << "\n" << std::flush;
}

AppOptions options_of(const AppCommand& command) {
  AppOptions options;
  options.callback_url = command.callback_url;
  options.start_url = command.start_url;
  options.call_url = command.call_url;
  options.logout_url = command.logout_url;
  options.log_file = command.app_log;
  options.ca_file = command.ca;
  options.timeout = command.common.timeout;
  options.patience = command.wait;
  options.sandbox = command.sandbox;
  return options;
}

// What --browser names, ready; without --browser chromium, nothing.
struct RealBrowser {
  std::shared_ptr<Chromium> chromium;
  std::string wrong;  // "", or in one line why it does not start
};

RealBrowser start_browser(const AppCommand& command, const std::filesystem::path& folder) {
  if (!command.chromium) return {};
  std::vector<std::string> hosts;
  for (const auto* url :
       {&command.callback_url, &command.start_url, &command.call_url, &command.logout_url}) {
    const std::string origin = origin_of(*url);
    const std::size_t begin = std::min(origin.find("://") + 3, origin.size());
    const std::size_t colon = origin.rfind(':');
    const bool port = colon != std::string::npos && colon >= begin && !origin.ends_with(']');
    if (!url->empty())
      hosts.push_back(origin.substr(begin, port ? colon - begin : std::string::npos));
  }
  auto chromium = std::make_shared<Chromium>(ChromiumOptions{folder, std::move(hosts)});
  std::string wrong = chromium->start();
  return {std::move(chromium), std::move(wrong)};
}

}  // namespace

int run_app(const AppCommand& command, const CommandContext& context) {
  if (const std::string wrong = wrong_with(command); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  Plan plan = plan_of(command.common);
  if (!plan.wrong.empty()) return refuse(context, kExitUsage, plan.wrong);

  mock::ServerOptions serving;
  const Listen listen = *parse_listen(command.mock_listen);
  serving.host = listen.host;
  serving.port = listen.port;
  auto started = mock::Server::start(std::move(serving));
  if (!started.server) {
    return refuse(context, kExitUsage, started.error + " (--mock-listen names another address)");
  }
  mock::Server& server = *started.server;

  Setup setup;
  setup.client_id = "demo";
  setup.redirect_uri = command.callback_url;
  if (!command.client.empty()) name_client(setup, command.client);
  std::ostream& out = console_of(command.common, context);
  print_addresses(out, base_of(server, command.sandbox));
  out << "  HEYGEN_CLIENT_ID=" << printable(setup.client_id) << "\n"
      << "  HEYGEN_REDIRECT_URI=" << printable(setup.redirect_uri) << "\n"
      << std::flush;

  AppOptions options = options_of(command);
  const Scratch profile;  // of the browser, which ends before it goes
  RealBrowser browser = start_browser(command, profile.path());
  if (!browser.wrong.empty()) return refuse(context, kExitNoSubject, browser.wrong);
  options.chromium = std::move(browser.chromium);
  auto app = std::make_shared<const App>(options, server);
  if (const auto there = app->await(context.stop); !there) {
    return refuse(context, kExitNoSubject, there.failure().message + ": is the app running?");
  }
  if (options.start_url.empty()) {
    options.start_url = find_start_url(*app, context.stop).value_or("");
    app = app->with(options);
  }
  const AppFindings findings =
      probe_app(app, server, std::move(setup), !command.client.empty(), context);
  print_scope(out, command, options, findings);

  options.refreshes = findings.refreshes || !findings.logs_in;
  const std::vector<Check> altered =
      options.start_url.empty() ? for_the_callback_alone(plan.checks) : std::vector<Check>{};
  AppFactory factory(app->with(options));
  auto first = factory.start();
  return judge(command.common, plan,
               {"app", server, factory, std::move(first).value(),
                FixedWorld{findings.origin, command.sandbox, findings.setup}},
               context);
}

}  // namespace heygen::conformance
