#include "mock_server/cli/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace heygen::mock {
namespace {

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

}  // namespace

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
  app.add_option("--store", flags.store, "memory (default), sqlite:FILE or redis://HOST:PORT/DB")
      ->type_name("WHERE");
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

// CLI11 reads the process's environment itself, and cannot be given another: so this does, for
// whatever was not on the command line.
void fill_from_environment(const CLI::App& app, const Environment& environment, Flags& flags) {
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
  if (flags.state_dir.empty()) flags.state_dir = usual_state_dir(environment);
}

}  // namespace heygen::mock
