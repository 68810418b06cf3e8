#include "client_under_test/cli/run_client.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "client_under_test/adapter/run_adapter.h"
#include "client_under_test/cli/commands.h"
#include "client_under_test/lib/file_store.h"
#include "client_under_test/lib/os_random.h"
#include "client_under_test/lib/real_clock.h"

namespace heygen::client {
namespace {

std::optional<std::string> process_environment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

int run_command(const CommandContext& context) {
  switch (context.options.command) {
    case Command::login:
      return context.options.device ? run_device_login(context) : run_login(context);
    case Command::status:
      return run_status(context);
    case Command::call:
      return run_call(context);
    case Command::refresh:
      return run_refresh(context);
    case Command::logout:
      return run_logout(context);
    case Command::adapter:
      break;
  }
  return kExitUsage;
}

int run(const Options& options, Seams seams) {
  if (options.command == Command::adapter) {
    return run_adapter({STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, std::move(seams),
                        HEYGEN_CLIENT_VERSION, options.transport});
  }
  RealClock clock;
  OsRandom random;
  CurlTransport transport(options.transport);
  FileStore store(options.store_dir);
  const Log warnings = [log = log_to(STDERR_FILENO)](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) log(level, line);
  };
  const Services services{clock, random, transport, store, warnings};
  const Environment environment = &process_environment;
  return run_command({options, environment, services, seams, {std::cout, std::cerr}});
}

}  // namespace

int run_client(int argc, const char* const* argv, Seams seams) {
  // A reader of our output that goes away is a failed write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  const auto parsed = parse_options(argc, argv, &process_environment, HEYGEN_CLIENT_VERSION);
  if (const Usage* usage = std::get_if<Usage>(&parsed)) {
    (usage->code == kExitOk ? std::cout : std::cerr) << usage->text << std::flush;
    return usage->code;
  }
  try {
    return run(std::get<Options>(parsed), std::move(seams));
  } catch (const std::exception&) {
    // The text of an exception may quote what it stumbled over.
    std::cerr << "heygen-client: a defect of this program, or no memory left" << std::endl;
    return kExitFailed;
  }
}

}  // namespace heygen::client
