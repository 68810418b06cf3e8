#include "client_under_test/cli/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

namespace heygen::client {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::vector<std::string> command_of(const std::string& entry, const std::string& url) {
  std::vector<std::string> words = split(entry, ' ');
  bool placed = false;
  for (std::string& word : words) {
    if (const std::size_t at = word.find("%s"); at != std::string::npos) {
      word.replace(at, 2, url);
      placed = true;
    }
  }
  if (!placed) words.push_back(url);
  return words;
}

std::optional<pid_t> spawn(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) return std::nullopt;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, command.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::nullopt;
  return pid;
}

}  // namespace

std::vector<std::vector<std::string>> browser_commands(const Environment& environment,
                                                       const std::string& url) {
  std::vector<std::vector<std::string>> commands;
  for (const std::string& entry : split(environment("BROWSER").value_or(""), ':')) {
    commands.push_back(command_of(entry, url));
  }
  commands.push_back({"xdg-open", url});
  return commands;
}

std::optional<BrowserProcess> BrowserProcess::start(
    const std::vector<std::vector<std::string>>& commands) {
  for (const std::vector<std::string>& command : commands) {
    if (const std::optional<pid_t> pid = spawn(command)) return BrowserProcess(*pid);
  }
  return std::nullopt;
}

bool BrowserProcess::has_failed() {
  if (pid_ == 0) return false;
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0) return false;
  pid_ = 0;
  return ended > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace heygen::client
