#include "conformance/browser/devtools_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

extern char** environ;

namespace heygen::conformance {
namespace {

using mock::wire::UniqueFd;

constexpr int kCommands = 3;  // where Chromium reads, and where it writes
constexpr int kAnswers = 4;
constexpr int kAboveThose = 10;

struct Pipe {
  UniqueFd read, write;
};

// Of numbers that do not get in the way of those two.
bool make_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  const UniqueFd read(ends[0]), write(ends[1]);
  pipe.read.reset(::fcntl(read.get(), F_DUPFD_CLOEXEC, kAboveThose));
  pipe.write.reset(::fcntl(write.get(), F_DUPFD_CLOEXEC, kAboveThose));
  return pipe.read.valid() && pipe.write.valid();
}

// Nothing but loopback, and nothing in the background.
std::vector<std::string> arguments(const std::string& program, const std::filesystem::path& folder,
                                   const std::vector<std::string>& hosts) {
  std::string rules = "MAP * ~NOTFOUND";
  for (const char* loopback : {"localhost", "*.localhost", "127.*", "[::1]"}) {
    rules += std::string(", EXCLUDE ") + loopback;
  }
  for (const std::string& host : hosts) rules += ", EXCLUDE " + host;
  std::vector<std::string> all{program,
                               "--headless=new",
                               "--remote-debugging-pipe",
                               "--user-data-dir=" + (folder / "profile").string(),
                               "--host-resolver-rules=" + rules,
                               "--no-proxy-server",
                               "--no-first-run",
                               "--no-default-browser-check",
                               "--disable-background-networking",
                               "--disable-component-update",
                               "--disable-default-apps",
                               "--disable-domain-reliability",
                               "--disable-extensions",
                               "--disable-sync",
                               "--disable-breakpad",
                               "--disable-crash-reporter",
                               "--disable-gpu",
                               "--disable-dev-shm-usage",
                               "--disable-auto-reload",
                               "--disable-background-timer-throttling",
                               "--disable-renderer-backgrounding",
                               "--disable-backgrounding-occluded-windows",
                               "--disable-features=BackForwardCache,OptimizationHints,MediaRouter,"
                               "Translate,HttpsUpgrades,LocalNetworkAccessChecks",
                               "--metrics-recording-only",
                               "--password-store=basic",
                               "--mute-audio"};
  // Its sandbox refuses to run as root; as anybody else it stays.
  if (::geteuid() == 0) all.emplace_back("--no-sandbox");
  all.emplace_back("about:blank");
  return all;
}

std::vector<std::string> environment(const std::filesystem::path& folder) {
  std::vector<std::string> all{"HOME=" + folder.string(), "TMPDIR=" + folder.string(),
                               "XDG_CONFIG_HOME=" + folder.string(),
                               "XDG_CACHE_HOME=" + folder.string()};
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text(*one);
    const bool ours = text.starts_with("HOME=") || text.starts_with("TMPDIR=") ||
                      text.starts_with("XDG_") || text.starts_with("DBUS_");
    if (!ours) all.emplace_back(text);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// The actions and attributes of posix_spawn, released whatever happens.
struct Setup {
  Setup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // A Ctrl-C of ours is not for it; that it ends then is our care.
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Setup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

std::string find_chromium() {
  const char* const path = std::getenv("PATH");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    std::istringstream folders(path == nullptr ? "/usr/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
      const std::string program = folder + "/" + name;
      if (::access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return "";
}

DevToolsProcess::DevToolsProcess(std::filesystem::path folder, pid_t pid, UniqueFd to_it,
                                 UniqueFd from_it)
    : folder_(std::move(folder)),
      pid_(pid),
      to_it_(std::move(to_it)),
      from_it_(std::move(from_it)) {}

DevToolsProcess::Started DevToolsProcess::start(const std::filesystem::path& folder,
                                                const std::vector<std::string>& hosts) {
  const std::string program = find_chromium();
  if (program.empty()) {
    return {nullptr, "no chromium on PATH: install it (Debian: apt-get install chromium)"};
  }
  Pipe commands, answers;
  if (!make_pipe(commands) || !make_pipe(answers)) return {nullptr, "no pipe could be made"};
  std::filesystem::create_directories(folder);
  Setup setup;
  const std::string log = (folder / "stderr").string();
  posix_spawn_file_actions_addopen(&setup.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&setup.actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&setup.actions, 2, log.c_str(), O_CREAT | O_WRONLY | O_TRUNC,
                                   0600);
  posix_spawn_file_actions_adddup2(&setup.actions, commands.read.get(), kCommands);
  posix_spawn_file_actions_adddup2(&setup.actions, answers.write.get(), kAnswers);
  auto argv = arguments(program, folder, hosts);
  auto env = environment(folder);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, program.c_str(), &setup.actions, &setup.attributes,
                                   pointers(argv).data(), pointers(env).data());
  if (failed != 0) {
    return {nullptr, program + " could not be started: " + std::system_category().message(failed)};
  }
  return {std::unique_ptr<DevToolsProcess>(
              new DevToolsProcess(folder, pid, std::move(commands.write), std::move(answers.read))),
          {}};
}

DevToolsProcess::~DevToolsProcess() { end(); }

void DevToolsProcess::end() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::string DevToolsProcess::last_words() const {
  std::ifstream log(folder_ / "stderr");
  std::string last;
  for (std::string line; std::getline(log, line);) {
    if (line.find(":ERROR:") != std::string::npos || line.find(":FATAL:") != std::string::npos) {
      last = line.substr(line.find("] ") == std::string::npos ? 0 : line.find("] ") + 2);
    }
  }
  return last;
}

}  // namespace heygen::conformance
