#include "mock_server/cli/server_options.h"

#include <cstdio>

#include "mock_server/cli/allocator.h"
#include "mock_server/core/crypto.h"
#include "mock_server/sandbox/system_sources.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kAdminTokenLength = 32;

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool open_to_others(const ServeCommand& command) {
  return !is_loopback(command.listen.host) ||
         (command.https && !is_loopback(command.https->host)) ||
         (command.proxy && !is_loopback(command.proxy->host));
}

}  // namespace

ServerOptions server_options(const ServeCommand& command, const Start& start, AccessLog& log) {
  ServerOptions options;
  options.host = command.listen.host;
  options.port = command.listen.port;
  options.blueprint = start.blueprint;
  for (const auto& declared : start.file.sandboxes) {
    options.sandboxes.emplace(declared.name, apply(declared.patch, start.blueprint));
  }
  options.store = command.store;
  options.admin_token = command.admin_token;
  options.host_suffixes = command.host_suffixes;
  options.fixtures_dir = command.fixtures_dir;
  if (command.https) {
    options.https = {command.https->host, command.https->port, command.https_fault};
  }
  if (command.proxy) {
    options.proxy = {command.proxy->host, command.proxy->port, command.proxy_pass_through,
                     command.https_fault};
  }
  options.state_dir = command.state_dir;
  options.log = [&log](std::string_view line) { log.error(line); };
  if (command.log != LogFormat::off) {
    options.access_log = [&log](const Sandbox& box, const Entry& entry) {
      log.exchange(box, entry);
    };
  }
  if (!options.admin_token && open_to_others(command)) {
    SystemRandom random;
    options.admin_token = random_alphanumeric(random, kAdminTokenLength);
  }
  return options;
}

std::unique_ptr<Server> start_server(const ServerOptions& options) {
  give_back_large_blocks();
  auto started = Server::start(options);
  if (!started.server) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", started.error.c_str());
    return nullptr;
  }
  return std::move(started.server);
}

Served served_by(const Server& server) {
  return {server.url(), server.https_url(), server.proxy_url(), server.ca_file()};
}

}  // namespace heygen::mock
