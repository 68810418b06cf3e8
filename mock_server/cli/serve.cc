#include <csignal>
#include <cstdio>
#include <utility>

#include "mock_server/cli/access_log.h"
#include "mock_server/cli/blueprint.h"
#include "mock_server/cli/commands.h"
#include "mock_server/cli/core_files.h"
#include "mock_server/cli/ready_file.h"
#include "mock_server/cli/server_options.h"
#include "mock_server/cli/startup_code.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/server.h"

namespace heygen::mock {
namespace {

sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A file that may not grow (RLIMIT_FSIZE) is the store's trouble, not the process's end.
  (void)std::signal(SIGXFSZ, SIG_IGN);
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
    box->configure(start.blueprint.config, start.blueprint.clients);
    log.error("SIGHUP: " + command.config_file + " is in force in the default sandbox");
  } catch (const BadInput& bad) {
    log.error("SIGHUP: kept the old configuration: " + bad.key() + ": " + bad.what());
  } catch (const StoreUnavailable& problem) {
    log.error(std::string{"SIGHUP: kept the old configuration: the store: "} + problem.what());
  }
}

}  // namespace

int serve(const ServeCommand& command) {
  forbid_core_files();
  const sigset_t signals = block_signals();
  AccessLog log{command.log};
  const Start start = read_start(command);

  const ServerOptions options = server_options(command, start, log);
  const auto server = start_server(options);
  if (!server) return 1;
  const Served served = served_by(*server);
  if (!command.ready_file.empty()) {
    write_ready_file(command.ready_file, served, options.admin_token);
  }
  std::printf("ready %s\n", served.url.c_str());
  for (const auto& [what, where] :
       {std::pair{"https", &served.https_url}, std::pair{"proxy", &served.proxy_url},
        std::pair{"ca", &served.ca_file}}) {
    if (!where->empty()) std::printf("%s %s\n", what, where->c_str());
  }
  if (options.admin_token && !command.admin_token) {
    std::printf("admin token %s\n", options.admin_token->c_str());
  }
  std::fflush(stdout);
  give_back_startup_code();

  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) break;
    reload(command, *server, log);
  }
  server->stop();
  return 0;
}

}  // namespace heygen::mock
