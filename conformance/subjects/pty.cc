#include "conformance/subjects/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "conformance/subjects/process.h"
#include "conformance/subjects/pty_activity.h"

namespace heygen::conformance {
namespace {

using mock::wire::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostOutput = std::size_t{1024} * 1024;

std::string failure(std::string_view what) {
  std::array<char, 128> buffer{};
  return std::string(what) + ": " + ::strerror_r(errno, buffer.data(), buffer.size());
}

// A terminal's name on the child's side, and the descriptor on ours; so wide that no program wraps
// an address, and without the translation of line ends.
std::string open_terminal(UniqueFd& ours, std::string& name) {
  ours.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 128> buffer{};
  if (!ours.valid() || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0 ||
      ::ptsname_r(ours.get(), buffer.data(), buffer.size()) != 0) {
    return failure("no pseudo-terminal could be had");
  }
  name = buffer.data();
  winsize size{};
  size.ws_row = 50;
  size.ws_col = 8192;
  ::ioctl(ours.get(), TIOCSWINSZ, &size);
  termios modes{};
  if (::tcgetattr(ours.get(), &modes) == 0) {
    modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(ours.get(), TCSANOW, &modes);
  }
  ::fcntl(ours.get(), F_SETFL, ::fcntl(ours.get(), F_GETFL) | O_NONBLOCK);
  return {};
}

// The actions and attributes of posix_spawn, released whatever happens. The child leads a session,
// so that the terminal, which it opens itself, becomes the one that controls it.
class Spawn {
 public:
  Spawn(const std::string& terminal, const std::string& directory) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, terminal.c_str(), O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    // A connection that another thread has just opened would not end while the child has it too.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  int run(pid_t& pid, std::vector<std::string> arguments, std::vector<std::string> environment) {
    return ::posix_spawn(&pid, arguments.front().c_str(), &actions_, &attributes_,
                         pointers(arguments).data(), pointers(environment).data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

bool Exit::crashed() const {
  constexpr int kShellsOffset = 128;
  for (const int fault : {SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV}) {
    if (signal == fault || code == kShellsOffset + fault) return true;
  }
  return false;
}

std::string Exit::describe() const {
  return signal != 0 ? "signal " + std::to_string(signal) : "exit code " + std::to_string(code);
}

PtyProcess::PtyProcess(PtyOptions options, OnText on_text)
    : options_(std::move(options)), on_text_(std::move(on_text)) {}

PtyProcess::Started PtyProcess::start(PtyOptions options, OnText on_text) {
  std::unique_ptr<PtyProcess> process{new PtyProcess(std::move(options), std::move(on_text))};
  if (std::string error = process->spawn(); !error.empty()) {
    process->reaped_ = true;
    return {nullptr, std::move(error)};
  }
  process->reader_ = std::thread([raw = process.get()] { raw->read_all(); });
  return {std::move(process), {}};
}

std::string PtyProcess::spawn() {
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return failure("no event descriptor");
  std::string terminal;
  if (std::string error = open_terminal(terminal_, terminal); !error.empty()) return error;
  Spawn spawn(terminal, options_.directory);
  errno = spawn.run(pid_, {"/bin/sh", "-c", options_.command}, options_.environment);
  if (errno != 0) return failure("/bin/sh could not be started");
  // The C library's own declaration of it has C++ linkage in Debian 12.
  pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (pidfd_.valid()) return {};
  std::string error = failure("the command cannot be watched");
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  return error;
}

PtyProcess::~PtyProcess() { kill(); }

void PtyProcess::kill() {
  {
    const std::lock_guard lock(mutex_);
    // Until it is reaped nobody else can have its number.
    if (!reaped_) ::kill(-pid_, SIGKILL);
  }
  if (wake_.valid()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return reaped_; });
  if (!reader_.joinable()) return;
  std::thread reader = std::move(reader_);
  lock.unlock();
  reader.join();
}

void PtyProcess::type(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(terminal_.get(), text.data(), text.size());
}

std::string PtyProcess::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::optional<Exit> PtyProcess::ended() const {
  const std::lock_guard lock(mutex_);
  return exit_;
}

bool PtyProcess::wait_until(const std::function<bool(const View&)>& wanted, milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return wanted(View{output_, piped_, exit_}); });
}

std::optional<Exit> PtyProcess::wait_for(milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return exit_.has_value(); });
  return exit_;
}

std::optional<Exit> PtyProcess::wait_while_busy(milliseconds idle, milliseconds patience,
                                                std::uint16_t port) {
  constexpr milliseconds kGlance{25};
  const auto deadline = steady_clock::now() + patience;
  auto rests_since = steady_clock::now();
  std::size_t written = 0;
  std::uint64_t ticks = 0;
  for (;;) {
    if (const auto end = wait_for(kGlance)) return end;
    const ProcessorUse use = processor_use(pid_);
    const auto now = steady_clock::now();
    const std::unique_lock lock(mutex_);
    if (use.running || use.ticks != ticks || written_ != written) rests_since = now;
    ticks = use.ticks;
    written = written_;
    if (now > deadline) return exit_;
    if (now - rests_since < idle) continue;
    if (!is_connected_to(pid_, port)) return exit_;
    rests_since = now;
  }
}

// One read of the terminal; false when nobody has its other side open.
bool PtyProcess::take_output() {
  std::array<char, 16384> buffer;
  const ssize_t got = ::read(terminal_.get(), buffer.data(), buffer.size());
  if (got <= 0) return got < 0 && (errno == EINTR || errno == EAGAIN);
  const std::string plain = text_.take({buffer.data(), static_cast<std::size_t>(got)});
  on_text_(plain);
  const std::lock_guard lock(mutex_);
  output_ += plain;
  if (output_.size() > kMostOutput) output_.erase(0, output_.size() - kMostOutput);
  written_ += static_cast<std::size_t>(got);
  changed_.notify_all();
  return true;
}

bool PtyProcess::take_piped() {
  std::array<char, 16384> buffer;
  const ssize_t got = ::read(options_.pipe.get(), buffer.data(), buffer.size());
  if (got <= 0) return got < 0 && (errno == EINTR || errno == EAGAIN);
  const std::lock_guard lock(mutex_);
  piped_.append(buffer.data(), static_cast<std::size_t>(got));
  if (piped_.size() > kMostOutput) piped_.erase(0, piped_.size() - kMostOutput);
  changed_.notify_all();
  return true;
}

void PtyProcess::read_all() {
  bool open = true;
  bool piping = options_.pipe.valid();
  for (bool goes_on = true; goes_on;) {
    std::array<pollfd, 4> wait{{{open ? terminal_.get() : -1, POLLIN, 0},
                                {piping ? options_.pipe.get() : -1, POLLIN, 0},
                                {pidfd_.get(), POLLIN, 0},
                                {wake_.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0) continue;
    if (wait[0].revents != 0) open = take_output();
    if (wait[1].revents != 0) piping = take_piped();
    goes_on = wait[2].revents == 0 && wait[3].revents == 0;
  }
  reap();
}

void PtyProcess::reap() {
  // What outlives its leader would hold the terminal and the folder; it cannot write any more once
  // it is gone, so that there is an end to what is read here.
  ::kill(-pid_, SIGKILL);
  pollfd more{terminal_.get(), POLLIN, 0};
  for (int portions = 0; portions < 1024; ++portions) {
    if (::poll(&more, 1, 0) <= 0 || (more.revents & POLLIN) == 0 || !take_output()) break;
  }
  if (options_.pipe.valid()) take_piped();
  const std::lock_guard lock(mutex_);
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_ = WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
  reaped_ = true;
  changed_.notify_all();
}

}  // namespace heygen::conformance
