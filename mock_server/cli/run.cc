#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "mock_server/cli/commands.h"
#include "mock_server/cli/env_variables.h"
#include "mock_server/cli/ready_file.h"
#include "mock_server/cli/run_child.h"
#include "mock_server/cli/server_options.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

// A folder for the CA of one run, which goes with it.
class OwnFolder {
 public:
  OwnFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "heygen-mock-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw BadInput{"--state-dir", "cannot make a folder in " +
                                        std::filesystem::temp_directory_path().string() +
                                        ": name one that can be written to"};
    }
    path_ = std::move(pattern);
  }
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

// Passes on what somebody sends to this process. What a terminal sends goes to the command as well,
// since both are in its foreground: it would come twice.
int wait_for(pid_t child, const sigset_t& signals) {
  for (;;) {
    siginfo_t info{};
    const int signal = ::sigwaitinfo(&signals, &info);
    if (signal == SIGCHLD) {
      int status = 0;
      if (::waitpid(child, &status, WNOHANG) != child) continue;
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (signal > 0 && info.si_code != SI_KERNEL) ::kill(child, signal);
  }
}

}  // namespace

int run_command(const RunCommand& command) {
  // Blocked before the server starts its threads, so that sigwaitinfo() alone gets them.
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  std::signal(SIGCHLD, SIG_DFL);  // whoever started this may have it ignored, and statuses with it

  std::optional<OwnFolder> folder;
  ServeCommand serve = command.serve;
  if (serve.state_dir.empty()) serve.state_dir = folder.emplace().path();
  AccessLog log{serve.log};
  const Start start = read_start(serve);
  const ServerOptions options = server_options(serve, start, log);
  const auto server = start_server(options);
  if (!server) return 1;

  const Served served = served_by(*server);
  if (!serve.ready_file.empty()) {
    write_ready_file(serve.ready_file, served, options.admin_token);
  }
  Variables variables = variables_for(served);
  if (options.admin_token) variables.emplace_back("HEYGEN_MOCK_ADMIN_TOKEN", *options.admin_token);
  const auto child = start_child(command.command, variables, before);
  if (child.error != 0) {
    std::fprintf(stderr, "heygen-mock-server: run: %s cannot be run (%s)\n",
                 command.command.front().c_str(), std::strerror(child.error));
    return child.error == ENOENT ? 127 : 126;  // as a shell has it
  }
  const int status = wait_for(child.pid, signals);
  server->stop();
  return status;
}

}  // namespace heygen::mock
