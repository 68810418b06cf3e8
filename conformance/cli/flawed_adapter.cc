#include <unistd.h>

#include <cstdlib>
#include <ostream>

#include "client_under_test/adapter/run_adapter.h"
#include "conformance/cli/commands.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {

int run_flawed_adapter(const FlawedAdapterCommand& command, const CommandContext& context) {
  client::AdapterProgram program;
  if (!plant(command.flaw, program.seams)) {
    context.err << "heygen-conformance: there is no such flaw\n";
    return kExitUsage;
  }
  program.version = command.flaw;
  if (const char* const file = std::getenv("SSL_CERT_FILE")) program.transport.ca_file = file;
  return client::run_adapter(std::move(program));
}

}  // namespace heygen::conformance
