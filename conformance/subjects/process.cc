#include "conformance/subjects/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace heygen::conformance {
namespace {

using mock::wire::UniqueFd;
using Clock = std::chrono::steady_clock;

struct Pipe {
  UniqueFd read, write;
};

// Both ends close themselves in children: posix_spawn's dup2 makes the copies that stay open.
bool make_pipe(Pipe& made) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return false;
  made.read.reset(fds[0]);
  made.write.reset(fds[1]);
  return true;
}

void never_block(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::string system_error(int code) {
  std::array<char, 128> buffer{};
  return ::strerror_r(code, buffer.data(), buffer.size());
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  const auto is_added = [&](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    for (const std::string& one : added) {
      if (one.starts_with(name)) return true;
    }
    return false;
  };
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!is_added(*entry)) all.emplace_back(*entry);
  }
  all.insert(all.end(), added.begin(), added.end());
  // Who takes a local time for UTC shows nothing of it where they are the same.
  const auto is_zone = [](const std::string& entry) { return entry.starts_with("TZ="); };
  if (std::ranges::none_of(all, is_zone)) all.emplace_back("TZ=America/Los_Angeles");
  return all;
}

// The actions and attributes of posix_spawn, released whatever happens.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A group of its own, so that a kill reaches its children too and a Ctrl-C of ours does not.
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  void give(int ours, int theirs) { posix_spawn_file_actions_adddup2(&actions_, ours, theirs); }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string describe_exit(int status) {
  if (WIFSIGNALED(status)) {
    return "it was ended by signal " + std::to_string(WTERMSIG(status));
  }
  return "it exited with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

Process::Process(ProcessOptions options, OnLine on_line, OnEnd on_end)
    : options_(std::move(options)), on_line_(std::move(on_line)), on_end_(std::move(on_end)) {}

Process::Started Process::start(ProcessOptions options, OnLine on_line, OnEnd on_end) {
  if (options.command.empty()) return {nullptr, "no command was given"};
  std::unique_ptr<Process> process{
      new Process(std::move(options), std::move(on_line), std::move(on_end))};
  if (std::string error = process->spawn(); !error.empty()) {
    process->ended_ = process->reaped_ = true;
    return {nullptr, std::move(error)};
  }
  process->reader_ = std::thread([raw = process.get()] { raw->read_all(); });
  return {std::move(process), {}};
}

std::string Process::spawn() {
  Pipe in, out, err;
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!make_pipe(in) || !make_pipe(out) || !make_pipe(err) || !wake_.valid()) {
    return "no pipe could be made: " + system_error(errno);
  }
  SpawnSetup setup;
  setup.give(in.read.get(), STDIN_FILENO);
  setup.give(out.write.get(), STDOUT_FILENO);
  setup.give(err.write.get(), STDERR_FILENO);
  std::vector<std::string> arguments = options_.command;
  std::vector<std::string> environment = merged_environment(options_.environment);
  const int failed =
      ::posix_spawnp(&pid_, arguments.front().c_str(), setup.actions(), setup.attributes(),
                     pointers(arguments).data(), pointers(environment).data());
  if (failed != 0) {
    pid_ = -1;
    return "\"" + options_.command.front() + "\" could not be started: " + system_error(failed) +
           " (name a program that exists, after --)";
  }
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  never_block(in_.get());
  never_block(out_.get());
  never_block(err_.get());
  return {};
}

Process::~Process() { kill(); }

void Process::kill() {
  {
    const std::lock_guard lock(mutex_);
    killed_ = true;
    // Until it is reaped nobody else can have its number.
    if (pid_ > 0 && !reaped_) ::kill(-pid_, SIGKILL);
  }
  if (wake_.valid()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }
  std::unique_lock lock(mutex_);
  ended_changed_.wait(lock, [this] { return ended_; });
  if (reader_.joinable() && reader_.get_id() != std::this_thread::get_id()) {
    std::thread reader = std::move(reader_);
    lock.unlock();
    reader.join();
  }
}

bool Process::write_line(std::string_view line, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const std::string whole = std::string(line) + "\n";
  const std::lock_guard lock(write_mutex_);
  std::string_view left = whole;
  while (!left.empty()) {
    // SIGPIPE is ignored by every program of ours that starts processes.
    const ssize_t written = ::write(in_.get(), left.data(), left.size());
    if (written >= 0) {
      left.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    const auto rest =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (rest <= 0) return false;
    pollfd wait{in_.get(), POLLOUT, 0};
    ::poll(&wait, 1, static_cast<int>(rest));
  }
  return true;
}

void Process::add_to_log(std::string_view text) {
  const std::lock_guard lock(mutex_);
  log_ += text;
  if (log_.size() <= options_.kept_log) return;
  const std::size_t cut = log_.size() - options_.kept_log;
  log_.erase(0, cut);
  log_cut_ += cut;
}

std::size_t Process::log_size() const {
  const std::lock_guard lock(mutex_);
  return log_cut_ + log_.size();
}

std::string Process::log_since(std::size_t size) const {
  const std::lock_guard lock(mutex_);
  if (size <= log_cut_) return log_;
  return size - log_cut_ >= log_.size() ? std::string() : log_.substr(size - log_cut_);
}

// Everything that stands in the pipe of its log now; false at its end.
bool Process::drain_log() {
  std::array<char, 16384> buffer;
  while (err_.valid()) {
    const ssize_t got = ::read(err_.get(), buffer.data(), buffer.size());
    if (got > 0) {
      add_to_log({buffer.data(), static_cast<std::size_t>(got)});
    } else if (got == 0) {
      err_.reset();
    } else if (errno != EINTR) {
      if (errno != EAGAIN) err_.reset();
      break;
    }
  }
  return err_.valid();
}

// One read of its output and the lines that it completes; false at its end.
bool Process::take_output() {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(out_.get(), buffer.data(), buffer.size());
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  // What was logged before these lines were written is read before they are told.
  drain_log();
  if (got == 0) return false;
  std::string_view fresh{buffer.data(), static_cast<std::size_t>(got)};
  for (std::size_t end = fresh.find('\n'); end != std::string_view::npos; end = fresh.find('\n')) {
    partial_ += fresh.substr(0, end);
    fresh.remove_prefix(end + 1);
    on_line_(*this, partial_);
    partial_.clear();
  }
  partial_ += fresh;
  broken_ = partial_.size() > options_.longest_line;
  return !broken_;
}

void Process::read_all() {
  bool goes_on = true;
  while (goes_on) {
    std::array<pollfd, 3> wait{{{out_.get(), POLLIN, 0},
                                {wake_.get(), POLLIN, 0},
                                {err_.valid() ? err_.get() : -1, POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0) continue;
    if (wait[2].revents != 0) drain_log();
    if (wait[0].revents != 0) goes_on = take_output();
    if (wait[1].revents != 0) goes_on = false;
  }
  if (!partial_.empty()) add_to_log(partial_);
  const std::string why = reap();
  drain_log();
  on_end_(why);
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

// Without its output it is of no use to anybody, and whoever holds the pipes would hold us.
std::string Process::reap() {
  // One that is about to exit by itself is given the moment it needs to say with which code.
  siginfo_t info{};
  const pollfd nothing{};
  for (int patience = 0; patience < 20 && !broken_; ++patience) {
    info.si_pid = 0;
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) break;
    if (info.si_pid != 0) break;
    pollfd idle = nothing;
    idle.fd = wake_.get();
    idle.events = POLLIN;
    if (::poll(&idle, 1, 10) > 0) break;
  }
  const bool left_by_itself = info.si_pid != 0;
  const std::lock_guard lock(mutex_);
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (broken_) return "it wrote a line without end";
  if (killed_) return "it was killed by the suite";
  if (left_by_itself) return describe_exit(status);
  return "it closed its output";
}

}  // namespace heygen::conformance
