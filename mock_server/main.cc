#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "mock_server/cli/commands.h"
#include "mock_server/notation/json_object.h"

namespace {

using namespace heygen::mock;  // a program's own file

int run(const Command& command) {
  struct Runner {
    int operator()(const ExitCommand& exit) const {
      const bool good = exit.status == 0;
      std::fprintf(good ? stdout : stderr, good ? "%s" : "heygen-mock-server: %s\n",
                   exit.text.c_str());
      return exit.status;
    }
    int operator()(const ServeCommand& c) const { return serve(c); }
    int operator()(const ReadyCommand& c) const { return probe_ready(c); }
    int operator()(const EnvCommand& c) const { return print_environment(c); }
    int operator()(const RunCommand& c) const { return run_command(c); }
    int operator()(const CaCommand& c) const { return print_ca(c); }
    int operator()(const ScenariosCommand& c) const { return run_scenarios(c); }
    int operator()(const ValidateCommand& c) const { return validate_file(c); }
  };
  return std::visit(Runner{}, command);
}

std::optional<std::string> environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse_command_line({argv + 1, argv + argc}, environment));
  } catch (const BadInput& bad) {
    std::fprintf(stderr, "heygen-mock-server: %s: %s\n", bad.key().c_str(), bad.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", error.what());
    return 1;
  }
}
