#include "mock_server/cli/flag_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "mock_server/notation/duration.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kAddressForm =
    "write HOST:PORT, such as 127.0.0.1:8765 or [::1]:0 (port 0: any free one)";

constexpr std::string_view kStateDirForm =
    "name a folder for the certificate authority: HOME is not set";

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

// Other programs are told of files in it, and may run elsewhere.
std::string absolute_state_dir(const Flags& flags) {
  return flags.state_dir.empty() ? "" : std::filesystem::absolute(flags.state_dir).string();
}

ServeCommand serve_of(const Flags& flags) {
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
  try {
    serve.store = parse_store_location(flags.store);
  } catch (const std::invalid_argument& bad) {
    throw BadInput{"--store", bad.what()};
  }
  if (!flags.seed.empty()) {
    serve.seed = need(parse_seed(flags.seed), "--seed", "write a number from 0 to 2^64-1");
  }
  serve.fixtures_dir = flags.fixtures;
  if (!flags.admin_token.empty()) serve.admin_token = parse_admin_token(flags.admin_token);
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

}  // namespace

ServeCommand read_serve(const Flags& flags) {
  auto serve = serve_of(flags);
  if ((serve.https || serve.proxy) && serve.state_dir.empty()) {
    throw BadInput{"--state-dir", std::string{kStateDirForm}};
  }
  return serve;
}

ReadyCommand read_ready(const Flags& flags) {
  return {url_of(flags), flags.wait,
          need(parse_duration(flags.timeout), "--timeout", kDurationForm)};
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
  env.served.ca_file += flags.pass_through ? "/ca-bundle.pem" : "/ca.pem";
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

RunCommand read_run(Flags flags, std::vector<std::string> command,
                    const std::function<bool(const char* flag)>& on_command_line) {
  if (command.empty()) {
    throw BadInput{"run", "write heygen-mock-server run [flags] -- COMMAND, with the command last"};
  }
  const auto unless_given = [&](const char* flag, std::string& value, const char* usual) {
    if (!on_command_line(flag)) value = usual;
  };
  unless_given("--listen", flags.listen, "127.0.0.1:0");
  unless_given("--https", flags.https, "127.0.0.1:0");
  unless_given("--proxy", flags.proxy, "127.0.0.1:0");
  unless_given("--log", flags.log, "off");
  unless_given("--ready-file", flags.ready_file, "");
  unless_given("--store", flags.store, "memory");
  const bool own_folder = !on_command_line("--state-dir");
  RunCommand run{serve_of(flags), std::move(command)};
  if (own_folder) run.serve.state_dir.clear();
  return run;
}

}  // namespace heygen::mock
