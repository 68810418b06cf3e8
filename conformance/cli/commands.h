// The program's commands. Each returns the exit code, and says in one line what is wrong.
#pragma once

#include <iosfwd>
#include <stop_token>
#include <string>

#include "conformance/cli/options.h"

namespace heygen::conformance {

struct CommandContext {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::size_t width = 100;
  std::stop_token stop;     // Ctrl-C
  std::string own_program;  // a path to this program, for its flawed clients
};

int run_list(const ListCommand& command, const CommandContext& context);
int run_explain(const ExplainCommand& command, const CommandContext& context);
int run_client(const ClientCommand& command, const CommandContext& context);
int run_server(const ServerCommand& command, const CommandContext& context);
int run_cli(const CliCommandLine& command, const CommandContext& context);
int run_app(const AppCommand& command, const CommandContext& context);
int run_watch(const WatchCommand& command, const CommandContext& context);
int run_self_test(const SelfTestCommand& command, const CommandContext& context);
int run_flawed_adapter(const FlawedAdapterCommand& command, const CommandContext& context);

}  // namespace heygen::conformance
