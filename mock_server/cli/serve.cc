#include <csignal>
#include <cstdio>

#include "mock_server/cli/access_log.h"
#include "mock_server/cli/blueprint.h"
#include "mock_server/cli/commands.h"
#include "mock_server/cli/ready_file.h"
#include "mock_server/core/crypto.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/server.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kAdminTokenLength = 32;

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

// A file that cannot be taken leaves everything as it is.
void reload(const ServeCommand& command, Server& server, AccessLog& log) {
  if (command.config_file.empty()) {
    log.error("SIGHUP: there is no --config to read again");
    return;
  }
  try {
    const Start start = read_start(command);
    const auto box = server.sandboxes().find(kDefaultSandbox);
    for (const Client& client : start.blueprint.clients) box->store().put_client(client);
    box->configure(start.blueprint.config);
    log.error("SIGHUP: " + command.config_file + " is in force in the default sandbox");
  } catch (const BadInput& bad) {
    log.error("SIGHUP: kept the old configuration: " + bad.key() + ": " + bad.what());
  }
}

void make_sandboxes(const Start& start, Registry& registry) {
  for (const auto& declared : start.file.sandboxes) {
    registry.create(declared.name, apply(declared.patch, start.blueprint));
  }
}

}  // namespace

int serve(const ServeCommand& command) {
  const sigset_t signals = block_signals();
  AccessLog log{command.log};
  const Start start = read_start(command);

  ServerOptions options;
  options.host = command.listen.host;
  options.port = command.listen.port;
  options.blueprint = start.blueprint;
  options.admin_token = command.admin_token;
  options.host_suffixes = command.host_suffixes;
  options.fixtures_dir = command.fixtures_dir;
  options.log = [&log](std::string_view line) { log.error(line); };
  if (command.log != LogFormat::off) {
    options.access_log = [&log](const Sandbox& box, const Entry& entry) {
      log.exchange(box, entry);
    };
  }
  const bool open_to_others = !is_loopback(command.listen.host);
  if (open_to_others && !options.admin_token) {
    SystemRandom random;
    options.admin_token = random_alphanumeric(random, kAdminTokenLength);
  }

  if (command.https) options.https = {command.https->host, command.https->port};
  if (command.proxy) {
    options.proxy = {command.proxy->host, command.proxy->port, command.proxy_pass_through};
  }
  options.state_dir = command.state_dir;

  auto started = Server::start(options);
  if (!started.server) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", started.error.c_str());
    return 1;
  }
  make_sandboxes(start, started.server->sandboxes());
  if (!command.ready_file.empty()) {
    write_ready_file(command.ready_file, started.server->url(), options.admin_token);
  }
  std::printf("ready %s\n", started.server->url().c_str());
  if (!started.server->https_url().empty()) {
    std::printf("https %s\n", started.server->https_url().c_str());
  }
  if (!started.server->proxy_url().empty()) {
    std::printf("proxy %s\n", started.server->proxy_url().c_str());
  }
  if (!started.server->ca_file().empty()) {
    std::printf("ca %s\n", started.server->ca_file().c_str());
  }
  if (open_to_others && !command.admin_token) {
    std::printf("admin token %s\n", options.admin_token->c_str());
  }
  std::fflush(stdout);

  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) break;
    reload(command, *started.server, log);
  }
  started.server->stop();
  return 0;
}

}  // namespace heygen::mock
