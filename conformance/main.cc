#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>

#include "conformance/cli/commands.h"
#include "conformance/cli/interrupt.h"

namespace {

using namespace heygen::conformance;

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kUsual = 100;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

struct Run {
  const CommandContext& context;
  int operator()(const ListCommand& command) const { return run_list(command, context); }
  int operator()(const ExplainCommand& command) const { return run_explain(command, context); }
  int operator()(const ClientCommand& command) const { return run_client(command, context); }
  int operator()(const CliCommandLine& command) const { return run_cli(command, context); }
  int operator()(const ServerCommand& command) const { return run_server(command, context); }
  int operator()(const AppCommand& command) const { return run_app(command, context); }
  int operator()(const WatchCommand& command) const { return run_watch(command, context); }
  int operator()(const SelfTestCommand& command) const { return run_self_test(command, context); }
  int operator()(const FlawedAdapterCommand& command) const {
    return run_flawed_adapter(command, context);
  }
};

int run(int argc, char** argv) {
  // A subject that goes away is a failed write, not the end of the suite.
  std::signal(SIGPIPE, SIG_IGN);
  const auto parsed = parse_options(argc, argv);
  if (const Usage* usage = std::get_if<Usage>(&parsed)) {
    (usage->code == kExitGood ? std::cout : std::cerr) << usage->text << std::flush;
    return usage->code;
  }
  const Command& command = std::get<Command>(parsed);
  // A flawed client is a client: it dies of a signal as others do.
  if (const auto* flawed = std::get_if<FlawedAdapterCommand>(&command)) {
    return run_flawed_adapter(*flawed, {std::cout, std::cerr, false, false, 100, {}, {}});
  }
  const Interrupt interrupt;
  const CommandContext context{std::cout,
                               std::cerr,
                               ::isatty(STDOUT_FILENO) != 0,
                               ::isatty(STDERR_FILENO) != 0,
                               terminal_width(),
                               interrupt.token(),
                               std::filesystem::read_symlink("/proc/self/exe").string()};
  return std::visit(Run{context}, command);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& defect) {
    std::cerr << "heygen-conformance: " << defect.what() << std::endl;
    return kExitNotGood;
  }
}
