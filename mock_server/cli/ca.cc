#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "mock_server/cli/commands.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/tls/authority.h"

namespace heygen::mock {

int print_ca(const CaCommand& command) {
  const SystemClock clock;
  SystemRandom random;
  const auto names = tls::served_names(command.hosts, command.host_suffixes);
  const auto found = tls::Authority::load_or_make(command.state_dir, names, clock, random);
  if (const auto* const error = std::get_if<std::string>(&found)) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", error->c_str());
    return 1;
  }
  const auto& pem = std::get<0>(found)->pem();
  if (command.out.empty()) {
    std::fputs(pem.c_str(), stdout);
    return 0;
  }
  std::ofstream out{command.out, std::ios::binary};
  if (!(out << pem).flush()) {
    throw BadInput{"--out", "cannot write " + command.out + " (" + std::strerror(errno) + ")"};
  }
  return 0;
}

}  // namespace heygen::mock
