#include "mock_server/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "mock_server/control/client_json.h"
#include "mock_server/notation/duration.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kAddressForm =
    "write HOST:PORT, such as 127.0.0.1:8765 or [::1]:0 (port 0: any free one)";

constexpr std::string_view kStateDirForm =
    "name a folder for the certificate authority: HOME is not set";

// As given; "" and empty: not given.
struct Flags {
  std::string listen = "127.0.0.1:8765";
  std::string profile;
  std::vector<std::string> clients;
  std::string config;
  std::vector<std::string> scenarios;
  std::string approve;
  std::string store = "memory";
  std::string seed;
  std::string fixtures;
  std::string admin_token;
  std::vector<std::string> host_suffixes{"localhost"};
  std::string log = "text";
  std::string ready_file;
  std::string https;
  std::string proxy;
  bool pass_through = false;
  std::string https_fault;
  std::string out;
  std::string state_dir;
  std::string url;
  bool wait = false;
  std::string timeout = "10s";
  std::string shell = "sh";
  std::string file;
  std::string scenario;
};

template <typename T>
T need(std::optional<T> value, const char* flag, std::string_view mend) {
  if (!value) throw BadInput{flag, std::string{mend}};
  return std::move(*value);
}

std::optional<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \t\n"), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// XDG Base Directory Specification: only an absolute path counts.
std::string usual_state_dir(const Environment& environment) {
  const auto xdg = environment("XDG_STATE_HOME");
  if (xdg && xdg->starts_with('/')) return *xdg + "/heygen-mock-server";
  const auto home = environment("HOME");
  if (home && home->starts_with('/')) return *home + "/.local/state/heygen-mock-server";
  return {};
}

// CLI11 reads the process's environment itself, and cannot be given another: so this does, for
// whatever was not on the command line.
void fill_from_environment(CLI::App& app, const Environment& environment, Flags& flags) {
  const auto one = [&](const char* flag, const char* variable, std::string& value) {
    if (app.get_option(flag)->count() > 0) return;
    if (auto found = environment(variable)) value = std::move(*found);
  };
  const auto several = [&](const char* flag, const char* variable, auto& values) {
    if (app.get_option(flag)->count() > 0) return;
    if (const auto found = environment(variable)) values = words(*found);
  };
  one("--listen", "HEYGEN_MOCK_LISTEN", flags.listen);
  one("--profile", "HEYGEN_MOCK_PROFILE", flags.profile);
  several("--client", "HEYGEN_MOCK_CLIENT", flags.clients);
  one("--config", "HEYGEN_MOCK_CONFIG", flags.config);
  several("--scenario", "HEYGEN_MOCK_SCENARIO", flags.scenarios);
  one("--approve", "HEYGEN_MOCK_APPROVE", flags.approve);
  one("--store", "HEYGEN_MOCK_STORE", flags.store);
  one("--seed", "HEYGEN_MOCK_SEED", flags.seed);
  one("--fixtures", "HEYGEN_MOCK_FIXTURES", flags.fixtures);
  one("--admin-token", "HEYGEN_MOCK_ADMIN_TOKEN", flags.admin_token);
  several("--sandbox-host-suffix", "HEYGEN_MOCK_SANDBOX_HOST_SUFFIX", flags.host_suffixes);
  one("--log", "HEYGEN_MOCK_LOG", flags.log);
  one("--ready-file", "HEYGEN_MOCK_READY_FILE", flags.ready_file);
  one("--https", "HEYGEN_MOCK_HTTPS", flags.https);
  one("--proxy", "HEYGEN_MOCK_PROXY", flags.proxy);
  one("--https-fault", "HEYGEN_MOCK_HTTPS_FAULT", flags.https_fault);
  if (app.get_option("--proxy-pass-through")->count() == 0) {
    const auto pass = environment("HEYGEN_MOCK_PROXY_PASS_THROUGH");
    flags.pass_through = pass && *pass != "0" && *pass != "false";
  }
  one("--state-dir", "HEYGEN_MOCK_STATE_DIR", flags.state_dir);
  // Of two commands alone; a --listen on the command line says where, too.
  if (flags.url.empty() && app.get_option("--listen")->count() == 0) {
    flags.url = environment("HEYGEN_MOCK_URL").value_or("");
  }
}

void declare_serve_flags(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.listen, "where to serve; port 0: any free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--https", flags.https, "where to serve the same by TLS; see ca")
      ->type_name("HOST:PORT");
  app.add_option("--proxy", flags.proxy,
                 "where to be the proxy of clients with fixed addresses; see env")
      ->type_name("HOST:PORT");
  app.add_flag("--proxy-pass-through", flags.pass_through,
               "let the proxy's clients through to other hosts, which are refused otherwise");
  app.add_option("--https-fault", flags.https_fault,
                 "what is wrong with its TLS on purpose: self-signed, expired, wrong-host or "
                 "plain-http")
      ->type_name("FAULT");
  app.add_option("--state-dir", flags.state_dir,
                 "keeps the certificate authority ($XDG_STATE_HOME/heygen-mock-server)")
      ->type_name("DIR");
  app.add_option("--profile", flags.profile, "heygen (default), strict or lenient")
      ->type_name("NAME");
  app.add_option("--client", flags.clients,
                 "a client and a redirect URI of its own; repeatable. Without any: demo, and the "
                 "vendor's command-line client")
      ->type_name("ID=REDIRECT_URI[,secret=…]")
      ->allow_extra_args(false);
  app.add_option("--config", flags.config, "profile, policies, clients, users, faults as JSON")
      ->type_name("FILE");
  app.add_option("--scenario", flags.scenarios, "a bug to reproduce; repeatable")
      ->type_name("NAME|FILE")
      ->allow_extra_args(false);
  app.add_option("--approve", flags.approve, "auto (default), ask or deny")->type_name("HOW");
  app.add_option("--store", flags.store, "memory")->type_name("WHERE");
  app.add_option("--seed", flags.seed, "the same codes and tokens in every run")->type_name("N");
  app.add_option("--fixtures", flags.fixtures, "API answers beside the built-in ones")
      ->type_name("DIR");
  app.add_option("--admin-token", flags.admin_token, "what the control API asks every caller for")
      ->type_name("TOKEN");
  app.add_option("--sandbox-host-suffix", flags.host_suffixes,
                 "NAME.SUFFIX reaches the sandbox NAME; repeatable")
      ->type_name("SUFFIX")
      ->allow_extra_args(false)
      ->capture_default_str();
  app.add_option("--log", flags.log, "text, json or off: a line for each exchange, on stderr")
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_option("--ready-file", flags.ready_file, "gets the real URL as JSON, written whole")
      ->type_name("FILE");
}

// Other programs are told of files in it, and may run elsewhere.
std::string absolute_state_dir(const Flags& flags) {
  return flags.state_dir.empty() ? "" : std::filesystem::absolute(flags.state_dir).string();
}

ServeCommand read_serve(const Flags& flags) {
  ServeCommand serve;
  serve.listen = need(parse_host_port(flags.listen), "--listen", kAddressForm);
  if (!flags.profile.empty()) {
    serve.profile =
        need(parse_profile(flags.profile), "--profile", "write heygen, strict or lenient");
  }
  if (!flags.approve.empty()) {
    serve.approve = need(parse_approve(flags.approve), "--approve", "write auto, ask or deny");
  }
  for (const auto& client : flags.clients) add_client(serve.clients, client);
  serve.config_file = flags.config;
  serve.scenarios = flags.scenarios;
  if (flags.store != "memory") {
    throw BadInput{"--store", "this build keeps everything in memory: write --store memory"};
  }
  if (!flags.seed.empty()) {
    serve.seed = need(parse_seed(flags.seed), "--seed", "write a number from 0 to 2^64-1");
  }
  serve.fixtures_dir = flags.fixtures;
  if (!flags.admin_token.empty()) serve.admin_token = flags.admin_token;
  serve.host_suffixes = flags.host_suffixes;
  constexpr std::array kFormats{std::pair{"text", LogFormat::text},
                                std::pair{"json", LogFormat::json},
                                std::pair{"off", LogFormat::off}};
  const auto* const format =
      std::ranges::find(kFormats, std::string_view{flags.log},
                        [](const auto& f) { return std::string_view{f.first}; });
  if (format == kFormats.end()) throw BadInput{"--log", "write text, json or off"};
  serve.log = format->second;
  serve.ready_file = flags.ready_file;
  if (!flags.https.empty()) {
    serve.https = need(parse_host_port(flags.https), "--https", kAddressForm);
  }
  if (!flags.proxy.empty()) {
    serve.proxy = need(parse_host_port(flags.proxy), "--proxy", kAddressForm);
  }
  serve.proxy_pass_through = flags.pass_through;
  if (!flags.https_fault.empty()) {
    serve.https_fault = need(tls::parse_tls_fault(flags.https_fault), "--https-fault",
                             "write self-signed, expired, wrong-host or plain-http");
  }
  serve.state_dir = absolute_state_dir(flags);
  return serve;
}

// The address that `ready` and `env` speak of: the one given, or where a server started with the
// same flags would be.
std::string url_of(const Flags& flags) {
  if (!flags.url.empty()) {
    if (!flags.url.starts_with("http://") && !flags.url.starts_with("https://")) {
      throw BadInput{"--url", "write an address such as http://127.0.0.1:8765"};
    }
    std::string url = flags.url;
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  const auto at = need(parse_host_port(flags.listen), "--listen", kAddressForm);
  const bool v6 = at.host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + at.host + "]" : at.host) + ":" + std::to_string(at.port);
}

Shell parse_shell(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, Shell>, 6> kShells{
      {{"sh", Shell::sh},
       {"fish", Shell::fish},
       {"powershell", Shell::powershell},
       {"json", Shell::json},
       {"github", Shell::github},
       {"docker", Shell::docker}}};
  const auto* const found = std::ranges::find(kShells, std::string_view{name},
                                              &std::pair<std::string_view, Shell>::first);
  if (found != kShells.end()) return found->second;
  throw BadInput{"--shell", "write sh, fish, powershell, json, github or docker"};
}

std::string url_at(const char* scheme, const std::string& where, const char* flag) {
  if (where.empty()) return {};
  const auto at = need(parse_host_port(where), flag, kAddressForm);
  if (at.port == 0) {
    throw BadInput{flag, "port 0 says not where: name the server's --ready-file"};
  }
  const bool v6 = at.host.find(':') != std::string::npos;
  return std::string{scheme} + (v6 ? "[" + at.host + "]" : at.host) + ":" + std::to_string(at.port);
}

EnvCommand read_env(const Flags& flags) {
  EnvCommand env;
  env.shell = parse_shell(flags.shell);
  env.ready_file = flags.ready_file;
  if (!env.ready_file.empty()) return env;
  env.served = {url_of(flags), url_at("https://", flags.https, "--https"),
                url_at("http://", flags.proxy, "--proxy"), absolute_state_dir(flags)};
  const bool tls = !flags.https.empty() || !flags.proxy.empty();
  if (tls && env.served.ca_file.empty()) throw BadInput{"--state-dir", std::string{kStateDirForm}};
  env.served.ca_file += "/ca.pem";
  return env;
}

CaCommand read_ca(const Flags& flags) {
  if (flags.state_dir.empty()) throw BadInput{"--state-dir", std::string{kStateDirForm}};
  CaCommand ca{absolute_state_dir(flags), {}, flags.host_suffixes, flags.out};
  for (const auto& where : {flags.listen, flags.https}) {
    if (const auto at = parse_host_port(where)) ca.hosts.push_back(at->host);
  }
  return ca;
}

// Whatever stands in the environment may be meant for a server that runs already: ports are free
// ones, and the CA is the run's own, unless the command line says otherwise.
RunCommand read_run(const CLI::App& app, Flags flags, std::vector<std::string> command) {
  if (command.empty()) {
    throw BadInput{"run", "write heygen-mock-server run [flags] -- COMMAND, with the command last"};
  }
  const auto unless_given = [&](const char* flag, std::string& value, const char* usual) {
    if (app.get_option(flag)->count() == 0) value = usual;
  };
  unless_given("--listen", flags.listen, "127.0.0.1:0");
  unless_given("--https", flags.https, "127.0.0.1:0");
  unless_given("--proxy", flags.proxy, "127.0.0.1:0");
  unless_given("--log", flags.log, "off");
  const bool own_folder = app.get_option("--state-dir")->count() == 0;
  RunCommand run{read_serve(flags), std::move(command)};
  if (own_folder) run.serve.state_dir.clear();
  return run;
}

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
  out.host = host;
  return out;
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
    if (flags.state_dir.empty()) flags.state_dir = usual_state_dir(environment);
    if (ready->parsed()) {
      return ReadyCommand{url_of(flags), flags.wait,
                          need(parse_duration(flags.timeout), "--timeout", kDurationForm)};
    }
    if (run->parsed()) return read_run(app, flags, std::move(behind));
    if (env->parsed()) return read_env(flags);
    if (ca->parsed()) return read_ca(flags);
    if (scenarios->parsed()) return ScenariosCommand{flags.scenario};
    if (validate->parsed()) return ValidateCommand{flags.file};
    auto serving = read_serve(flags);
    if ((serving.https || serving.proxy) && serving.state_dir.empty()) {
      throw BadInput{"--state-dir", std::string{kStateDirForm}};
    }
    return serving;
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
