// The command line, and the environment behind it, as one value. A flag beats its environment twin
// HEYGEN_MOCK_<FLAG>, which beats the file given by --config.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mock_server/cli/served.h"
#include "mock_server/core/types.h"
#include "mock_server/sandbox/config.h"
#include "mock_server/store/location.h"
#include "mock_server/tls/fault.h"

namespace heygen::mock {

struct HostPort {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};
// "127.0.0.1:8765", "localhost:0", "[::1]:80". Nothing on anything else.
std::optional<HostPort> parse_host_port(std::string_view text);

// Throws BadInput for what no Authorization header can hold (RFC 6750 §2.1, RFC 9110 §5.5).
std::string parse_admin_token(std::string_view text);

// "ID=REDIRECT_URI[,secret=SECRET]" onto `clients`: an id that is there already gets one more
// redirect URI. Throws BadInput.
void add_client(std::vector<Client>& clients, std::string_view text);

enum class LogFormat : std::uint8_t { text, json, off };

struct ServeCommand {
  HostPort listen{"127.0.0.1", 8765};
  std::optional<Profile> profile;
  std::optional<Approve> approve;
  std::vector<Client> clients;  // empty: the file's, or the built-in ones
  std::string config_file;
  std::vector<std::string> scenarios;  // names or files
  StoreLocation store;
  std::optional<std::uint64_t> seed;
  std::string fixtures_dir;
  std::optional<std::string> admin_token;
  std::vector<std::string> host_suffixes;
  LogFormat log = LogFormat::text;
  std::string ready_file;
  std::optional<HostPort> https;
  std::optional<HostPort> proxy;
  bool proxy_pass_through = false;
  tls::TlsFault https_fault = tls::TlsFault::none;  // of everything that speaks TLS
  std::string state_dir;  // of the certificate authority; "": none is known
};

struct ReadyCommand {
  std::string url;
  bool wait = false;
  std::chrono::milliseconds timeout{10'000};
};

enum class Shell : std::uint8_t { sh, fish, powershell, json, github, docker };

struct EnvCommand {
  Served served;
  std::string ready_file;  // when given: says where it is served
  Shell shell = Shell::sh;
};

struct RunCommand {
  ServeCommand serve;  // state_dir is "" unless it was given: then a folder of its own
  std::vector<std::string> command;
};

struct CaCommand {
  std::string state_dir;
  std::vector<std::string> hosts;  // whose names the CA covers, beside the usual ones
  std::vector<std::string> host_suffixes;
  std::string out;  // "": stdout
};

struct ScenariosCommand {
  std::string show;  // "": the list
};

struct ValidateCommand {
  std::string file;
};

// Nothing to run: --help, --version, or a mistake.
struct ExitCommand {
  int status = 0;
  std::string text;  // for stdout when the status is 0, else for stderr
};

using Command = std::variant<ExitCommand, ServeCommand, ReadyCommand, EnvCommand, RunCommand,
                             CaCommand, ScenariosCommand, ValidateCommand>;

using Environment = std::function<std::optional<std::string>(const char* name)>;

// argv[0] is left out. A mistake is ExitCommand{2, one line that names the mend}.
Command parse_command_line(const std::vector<std::string>& arguments,
                           const Environment& environment);

}  // namespace heygen::mock
