#include "mock_server/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

#include "mock_server/cli/flag_values.h"
#include "mock_server/control/client_json.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

std::string first_line(std::string_view text) {
  return std::string{text.substr(0, text.find('\n'))};
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // an IPv6 address needs its brackets
  }
  HostPort out;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (host.empty() || error != std::errc{} || end != port.data() + port.size()) {
    return std::nullopt;
  }
  // As other servers write it; no URL could be made of it.
  out.host = host == "*" ? "0.0.0.0" : host;
  return out;
}

std::string parse_admin_token(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; })) {
    throw BadInput{"--admin-token",
                   "write visible ASCII characters without spaces: it is sent as a Bearer token"};
  }
  return std::string{text};
}

void add_client(std::vector<Client>& clients, std::string_view text) {
  constexpr std::string_view kSecret = ",secret=";
  const auto equals = text.find('=');
  std::string_view uri = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  std::optional<std::string> secret;
  if (const auto at = uri.find(kSecret); at != std::string_view::npos) {
    secret = uri.substr(at + kSecret.size());
    uri = uri.substr(0, at);
  }
  if (equals == 0 || uri.find("://") == std::string_view::npos || secret == "") {
    throw BadInput{"--client",
                   "write ID=REDIRECT_URI, with ,secret=SECRET for a confidential client"};
  }
  if (const auto mend = check_redirect_uri(uri); !mend.empty()) {
    throw BadInput{"--client", std::string{uri} + ": " + mend};
  }
  const std::string_view id = text.substr(0, equals);
  auto client = std::ranges::find(clients, id, &Client::id);
  if (client == clients.end()) {
    clients.emplace_back();
    client = std::prev(clients.end());
    client->id = id;
  }
  client->redirect_uris.emplace_back(uri);
  if (secret) client->secret = std::move(secret);
}

Command parse_command_line(const std::vector<std::string>& arguments,
                           const Environment& environment) {
  CLI::App app{"An offline mock of HeyGen's OAuth 2.0 server and API", "heygen-mock-server"};
  app.set_version_flag("--version", "heygen-mock-server " HEYGEN_MOCK_VERSION);
  app.require_subcommand(0, 1);
  app.footer("Each flag has an environment twin, HEYGEN_MOCK_<FLAG>; a flag beats it.");
  Flags flags;
  declare_serve_flags(app, flags);
  const auto subcommand = [&](const char* name, const char* what) {
    CLI::App* const sub = app.add_subcommand(name, what);
    sub->fallthrough();
    return sub;
  };
  // Without a --help of its own it shows the program's, where its flags are.
  const auto* const serve = subcommand("serve", "run the mock (the default)");
  app.get_subcommand("serve")->set_help_flag();
  const auto* const ready = [&] {
    CLI::App* const sub = subcommand("ready", "exit 0 when a mock serves; for scripts");
    sub->add_flag("--wait", flags.wait, "wait until it does");
    sub->add_option("--timeout", flags.timeout, "how long at the most")->capture_default_str();
    sub->add_option("--url", flags.url, "its address (else --listen's)");
    return sub;
  }();
  const auto* const env = [&] {
    CLI::App* const sub = subcommand("env", "print the variables that point clients at a mock");
    sub->add_option("--shell", flags.shell, "sh, fish, powershell, json, github or docker")
        ->capture_default_str();
    sub->add_option("--url", flags.url, "its address (else --listen's)");
    return sub;
  }();
  const auto* const run = subcommand(
      "run", "run a command on a fresh mock, with env's variables: run [flags] -- COMMAND");
  const auto* const ca = [&] {
    CLI::App* const sub = subcommand("ca", "print the certificate that clients have to trust");
    sub->add_option("--out", flags.out, "write it there instead")->type_name("FILE");
    return sub;
  }();
  const auto* const scenarios = [&] {
    CLI::App* const sub = subcommand("scenarios", "list the bugs that --scenario reproduces");
    sub->add_subcommand("show", "print one")
        ->add_option("name", flags.scenario)
        ->required()
        ->type_name("NAME");
    return sub;
  }();
  const auto* const validate = [&] {
    CLI::App* const sub = subcommand("validate", "check a configuration or scenario file");
    sub->add_option("file", flags.file)->required()->type_name("FILE");
    return sub;
  }();

  try {
    // What follows "--" is another program's.
    const auto end = std::ranges::find(arguments, "--");
    std::vector<std::string> reversed(arguments.begin(), end);
    std::ranges::reverse(reversed);
    app.parse(std::move(reversed));
    std::vector<std::string> behind(end == arguments.end() ? end : std::next(end), arguments.end());
    if (end != arguments.end() && !run->parsed()) {
      throw BadInput{"--", "only run takes a command: heygen-mock-server run [flags] -- COMMAND"};
    }
    fill_from_environment(app, environment, flags);
    if (ready->parsed()) return read_ready(flags);
    if (run->parsed()) {
      return read_run(flags, std::move(behind),
                      [&](const char* flag) { return app.get_option(flag)->count() > 0; });
    }
    if (env->parsed()) return read_env(flags);
    if (ca->parsed()) return read_ca(flags);
    if (scenarios->parsed()) return ScenariosCommand{flags.scenario};
    if (validate->parsed()) return ValidateCommand{flags.file};
    return read_serve(flags);
  } catch (const BadInput& bad) {
    return ExitCommand{2, bad.key() + ": " + bad.what()};
  } catch (const CLI::CallForHelp&) {
    const bool of_serve = serve->parsed();
    return ExitCommand{0, of_serve ? app.get_formatter()->make_help(&app, app.get_name(),
                                                                    CLI::AppFormatMode::Normal)
                                   : app.help()};
  } catch (const CLI::CallForVersion& version) {
    return ExitCommand{0, std::string{version.what()} + "\n"};
  } catch (const CLI::ParseError& error) {
    return ExitCommand{2, first_line(error.what()) + " (see --help)"};
  }
}

}  // namespace heygen::mock
