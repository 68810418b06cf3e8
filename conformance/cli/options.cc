#include "conformance/cli/options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "conformance/cli/server_options.h"
#include "mock_server/notation/duration.h"

namespace heygen::conformance {
namespace {

constexpr std::size_t kMostJobs = 256;

void add_level(CLI::App& app, Level& level) {
  app.add_option_function<std::string>(
         "--level",
         [&level](const std::string& name) {
           const auto parsed = parse_level(name);
           if (!parsed) throw CLI::ValidationError("--level", "must be must, should or may");
           level = *parsed;
         },
         "The least level: must, should (and must), may (all; the default)")
      ->type_name("LEVEL");
}

void add_duration(CLI::App& app, const char* flag, std::chrono::milliseconds& duration,
                  const char* help) {
  app.add_option_function<std::string>(
         flag,
         [flag, &duration](const std::string& text) {
           const auto parsed = mock::parse_duration(text);
           if (!parsed || parsed->count() == 0 || *parsed > std::chrono::hours{1}) {
             throw CLI::ValidationError(flag, "write a duration such as 5s, at most 1h");
           }
           duration = *parsed;
         },
         help)
      ->type_name("DURATION");
}

void add_timeout(CLI::App& app, std::chrono::milliseconds& timeout) {
  add_duration(app, "--timeout", timeout, "How long each operation of the subject may take (5s)");
}

void add_patience(CLI::App& app, std::chrono::milliseconds& patience) {
  app.add_option_function<std::string>(
         "--patience",
         [&patience](const std::string& text) {
           const auto parsed = mock::parse_duration(text);
           if (!parsed || *parsed > std::chrono::hours{1}) {
             throw CLI::ValidationError("--patience", "write a duration such as 60s, or 0s");
           }
           patience = *parsed;
         },
         "How long to wait for the own time-out of a subject that cannot be told one; 0s: not at "
         "all (20s)")
      ->type_name("DURATION");
}

void add_reports(CLI::App& app, CommonOptions& common) {
  app.add_option("--junit", common.junit, "Write a JUnit report")->type_name("FILE");
  app.add_option("--html", common.html, "Write an HTML report, one file")->type_name("FILE");
  app.add_option("--markdown", common.markdown, "Write a Markdown report")->type_name("FILE");
  app.add_option("--sarif", common.sarif, "Write a SARIF 2.1.0 report")->type_name("FILE");
}

void add_common(CLI::App& app, CommonOptions& common) {
  app.add_option("--jobs", common.jobs, "Subjects at a time (4)")
      ->check(CLI::Range(std::size_t{1}, kMostJobs))
      ->type_name("N");
  add_timeout(app, common.timeout);
  app.add_option("--seed", common.seed,
                 "The mock's codes and tokens are the same for the same seed")
      ->type_name("N");
  app.add_flag("--no-color", common.no_color, "No colours");
}

void add_selection(CLI::App& app, CommonOptions& common) {
  app.add_option("--only", common.selection.only, "Only checks whose id matches (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--skip", common.selection.skip, "No checks whose id matches (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  add_level(app, common.selection.level);
  app.add_option("--expected-failures", common.expected_failures,
                 "A file of ids that may fail, each with its reason")
      ->type_name("FILE");
  app.add_option("--json", common.json, "Write a JSON report")->type_name("FILE");
  add_reports(app, common);
}

// The parsed command line, while CLI11 writes into it.
struct Parser {
  CLI::App app{
      "Judges an OAuth client of the HeyGen API, rule by rule, against a mock of the vendor."};
  ListCommand list;
  ExplainCommand explain;
  ClientCommand client;
  CliCommandLine cli;
  ServerCommand server;
  AppCommand web_app;
  WatchCommand watch;
  SelfTestCommand self_test;
  FlawedAdapterCommand flawed;

  Parser() {
    app.name("heygen-conformance");
    app.set_version_flag("--version", "heygen-conformance " HEYGEN_CONFORMANCE_VERSION);
    app.require_subcommand(1);
    app.footer("Exit: 0 every MUST holds, 1 not so, 2 usage, 3 the subject could not be started.");
    add_list();
    CLI::App& explaining = *app.add_subcommand("explain", "Say what a check demands, and why");
    explaining.add_option("ID", explain.ids, "The check's id")->required();
    CLI::App& judging = *app.add_subcommand(
        "client", "Judge a client behind an adapter: client [flags] -- COMMAND [ARGUMENTS]");
    add_selection(judging, client.common);
    add_common(judging, client.common);
    add_patience(judging, client.common.patience);
    add_cli();
    CLI::App& serving =
        *app.add_subcommand("server", "Judge an authorization server over the wire");
    add_server_flags(serving, server.target);
    add_selection(serving, server.common);
    add_common(serving, server.common);
    add_web_app();
    add_watch();
    add_self_test();
    // Not for people: self-test starts it.
    CLI::App& hidden = *app.add_subcommand("flawed-adapter", "")->group("");
    hidden.add_option("FLAW", flawed.flaw)->required();
  }

  void add_list() {
    CLI::App& listing = *app.add_subcommand("list", "List the checks");
    listing
        .add_option_function<std::string>(
            "--subject",
            [this](const std::string& name) {
              list.side = parse_side(name);
              if (!list.side) throw CLI::ValidationError("--subject", "must be client or server");
            },
            "Whom they judge: client or server (both)")
        ->type_name("SUBJECT");
    add_level(listing, list.level);
    listing.add_flag("--json", list.json, "As JSON");
  }

  void add_cli() {
    CLI::App& judging = *app.add_subcommand(
        "cli", "Judge a command-line program that opens a browser and listens on loopback");
    judging.add_option("--login", cli.login, "The command that logs in; exit code 0: logged in")
        ->type_name("CMD")
        ->required();
    judging.add_option("--call", cli.call, "The command that calls the API with the login")
        ->type_name("CMD")
        ->required();
    judging.add_option("--refresh", cli.refresh, "The command that refreshes the token")
        ->type_name("CMD");
    judging.add_option("--logout", cli.logout, "The command that logs out")->type_name("CMD");
    judging.footer(
        "CMD is a line for /bin/sh, on a pseudo-terminal, with a home folder of its own and\n"
        "HEYGEN_* and HYPERFRAMES_OAUTH_* set. In it {authorize_url}, {token_url}, {refresh_url},\n"
        "{revoke_url}, {device_url}, {api_url}, {base_url}, {client_id}, {client_secret},\n"
        "{redirect_uri}, {scope} and {store_dir} are replaced, in --call {method}, {path} and\n"
        "{body} as well. --timeout is 15s here unless it is given.");
    add_selection(judging, cli.common);
    cli.common.timeout = std::chrono::seconds{15};
    add_common(judging, cli.common);
    add_patience(judging, cli.common.patience);
  }

  void add_web_app() {
    CLI::App& judging =
        *app.add_subcommand("app", "Judge a web app that has been pointed at the suite's mock");
    judging.add_option("--callback-url", web_app.callback_url, "Its redirect URI")
        ->type_name("URL")
        ->required();
    judging.add_option("--start-url", web_app.start_url, "Begins a login")->type_name("URL");
    judging.add_option("--call-url", web_app.call_url, "Makes the app call the API, by GET")
        ->type_name("URL");
    judging.add_option("--logout-url", web_app.logout_url, "Logs out")->type_name("URL");
    judging.add_option("--app-log", web_app.app_log, "What the app writes, searched for secrets")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    judging.add_option("--ca", web_app.ca, "PEM: the CA of an app behind https")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    judging
        .add_option_function<std::string>(
            "--browser",
            [this](const std::string& name) {
              if (name != "plain" && name != "chromium") {
                throw CLI::ValidationError("--browser", "must be plain or chromium");
              }
              web_app.chromium = name == "chromium";
            },
            "The users' browser: plain, which runs no scripts (the default), or chromium, for an "
            "app whose login needs them")
        ->type_name("NAME");
    judging
        .add_option("--client", web_app.client,
                    "As whom the app asks (its authorize URL says so; else demo)")
        ->type_name("ID[,secret=SECRET]");
    judging.add_option("--mock-listen", web_app.mock_listen, "The mock's address (127.0.0.1:8765)")
        ->type_name("HOST:PORT");
    judging.add_option("--sandbox", web_app.sandbox, "The mock's sandbox (default)")
        ->type_name("NAME");
    add_duration(judging, "--wait", web_app.wait,
                 "How long to wait for an app that is not there, or not any more (15s)");
    add_selection(judging, web_app.common);
    add_common(judging, web_app.common);
    add_patience(judging, web_app.common.patience);
  }

  void add_watch() {
    CLI::App& watching = *app.add_subcommand(
        "watch", "Drive nothing: judge what an app does with the suite's mock while you use it");
    watching
        .add_option("--client", watch.clients,
                    "Another client of the mock than demo, which has any loopback redirect URI "
                    "(repeatable)")
        ->type_name("ID=REDIRECT_URI[,secret=SECRET]")
        ->allow_extra_args(false);
    watching.add_option("--mock-listen", watch.mock_listen, "The mock's address (127.0.0.1:8765)")
        ->type_name("HOST:PORT");
    watching
        .add_option_function<std::string>(
            "--for",
            [this](const std::string& text) {
              watch.span = mock::parse_duration(text);
              if (!watch.span) throw CLI::ValidationError("--for", "write a duration such as 10m");
            },
            "Ends by itself after that time (until Ctrl-C)")
        ->type_name("DURATION");
    add_selection(watching, watch.common);
    add_common(watching, watch.common);
  }

  void add_self_test() {
    CLI::App& testing = *app.add_subcommand(
        "self-test", "Prove that every known flaw is caught, and no sound client");
    testing.add_option("--flaw", self_test.flaws, "Only flaws whose id matches (repeatable)")
        ->type_name("GLOB")
        ->allow_extra_args(false);
    testing.add_flag(
        "--whole-matrix", self_test.whole_matrix,
        "Try every check on every flaw, also once one that was meant for it has caught it");
    testing
        .add_option_function<std::string>(
            "--json",
            [this](const std::string& path) { self_test.common.json = path.empty() ? "-" : path; },
            "Write the matrix as JSON (without a file: to standard output)")
        ->expected(0, 1)
        ->type_name("[FILE]");
    add_common(testing, self_test.common);
  }
};

}  // namespace

std::variant<Usage, Command> parse_options(int argc, const char* const* argv) {
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  bool separated = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (!separated && argument == "--") {
      separated = true;
    } else {
      (separated ? theirs : ours).push_back(argument);
    }
  }
  Parser parser;
  try {
    std::vector<std::string> reversed(ours.rbegin(), ours.rend());  // as CLI11 takes them
    parser.app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return Usage{parser.app.help(), kExitGood};
  } catch (const CLI::CallForVersion&) {
    return Usage{parser.app.version() + "\n", kExitGood};
  } catch (const CLI::ParseError& error) {
    return Usage{std::string("heygen-conformance: ") + error.what() + " (see --help)\n"};
  }
  const auto chosen = parser.app.get_subcommands();
  const std::string name = chosen.front()->get_name();
  if (separated && name != "client") {
    return Usage{"heygen-conformance: " + name + " takes no command after --\n"};
  }
  if (name == "list") return Command{parser.list};
  if (name == "explain") return Command{parser.explain};
  if (name == "server") return Command{parser.server};
  if (name == "app") return Command{parser.web_app};
  if (name == "watch") return Command{parser.watch};
  if (name == "self-test") return Command{parser.self_test};
  if (name == "flawed-adapter") return Command{parser.flawed};
  if (name == "cli") return Command{parser.cli};
  if (theirs.empty()) {
    return Usage{
        "heygen-conformance: name the adapter's command after --: "
        "heygen-conformance client -- heygen-client adapter\n"};
  }
  parser.client.command = std::move(theirs);
  return Command{parser.client};
}

}  // namespace heygen::conformance
