#include "conformance/subjects/cli_shell.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "conformance/file_text.h"

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeptLog = std::size_t{1024} * 1024;

fs::path make_scratch() {
  std::string pattern = (fs::temp_directory_path() / "heygen-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in " + fs::temp_directory_path().string() +
                             ": set TMPDIR to one that can be written");
  }
  return pattern;
}

// Where a check has put something in the way, the program finds that out.
void make_home(const fs::path& home) {
  std::error_code in_the_way;
  for (const char* folder : {".config", ".local/share", ".local/state", ".cache", ".runtime"}) {
    fs::create_directories(home / folder, in_the_way);
  }
  fs::permissions(home / ".runtime", fs::perms::owner_all, in_the_way);
  choose_browser(home);
}

}  // namespace

CliRun::~CliRun() {
  process.reset();
  std::error_code ignored;
  fs::remove_all(shims, ignored);
}

void CliLog::append(std::string_view text) {
  const std::lock_guard lock(mutex_);
  text_ += text;
  if (text_.size() <= kKeptLog) return;
  const std::size_t cut = text_.size() - kKeptLog;
  text_.erase(0, cut);
  cut_ += cut;
}

std::size_t CliLog::size() const {
  const std::lock_guard lock(mutex_);
  return cut_ + text_.size();
}

std::string CliLog::since(std::size_t size) const {
  const std::lock_guard lock(mutex_);
  if (size <= cut_) return text_;
  return size - cut_ >= text_.size() ? std::string() : text_.substr(size - cut_);
}

Failure killed_by_suite() {
  return {Failure::Origin::gone, "", "the command was killed by the suite"};
}

CliShell::CliShell() : scratch_(make_scratch()) {}

CliShell::~CliShell() {
  kill();
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
}

void CliShell::configure(const Configuration& configuration, std::vector<std::string> environment) {
  const std::lock_guard lock(mutex_);
  configuration_ = configuration;
  environment_ = std::move(environment);
}

Configuration CliShell::configuration() const {
  const std::lock_guard lock(mutex_);
  return configuration_;
}

fs::path CliShell::next_folder() {
  const std::lock_guard lock(mutex_);
  return scratch_ / std::to_string(++folders_);
}

Outcome<std::shared_ptr<CliRun>> CliShell::start(std::string_view command, const fs::path& home,
                                                 Output output, const Placeholders& more) {
  auto run = std::make_shared<CliRun>();
  run->shims = next_folder();
  PtyOptions options;
  try {
    make_home(home);
    fs::create_directories(run->shims);
    BrowserShims shims(run->shims);
    options.pipe = shims.take_addresses();
    options.directory = fs::current_path().string();
  } catch (const fs::filesystem_error& error) {
    return Failure{Failure::Origin::gone, "", error.what()};
  }
  const Configuration configuration = this->configuration();
  // The first of a name counts.
  Placeholders all = more;
  for (auto& one : placeholders_of(configuration, home)) all.push_back(std::move(one));
  options.command = fill(command, all);
  options.environment = environment_of(configuration, home, run->shims);
  const std::lock_guard lock(mutex_);
  if (killed_) return killed_by_suite();
  options.environment.insert(options.environment.end(), environment_.begin(), environment_.end());
  auto started = PtyProcess::start(
      std::move(options), [log = log_, live = output == Output::to_log](std::string_view plain) {
        if (live) log->append(plain);
      });
  if (!started.process) return Failure{Failure::Origin::gone, "", std::move(started.error)};
  run->process = std::move(started.process);
  std::erase_if(runs_, [](const auto& one) { return one.expired(); });
  runs_.push_back(run);
  return run;
}

void CliShell::collect_log_files(const fs::path& home) {
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(home, options, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code vanished;
    if (at->path().extension() != ".log" || !at->is_regular_file(vanished)) continue;
    const std::uintmax_t size = at->file_size(vanished);
    const std::lock_guard lock(mutex_);
    std::uintmax_t& read = log_files_[at->path()];
    if (vanished || size <= read) continue;
    log_->append(file_text(at->path(), read) + "\n");
    read = size;
  }
}

void CliShell::kill() {
  std::vector<std::shared_ptr<CliRun>> running;
  {
    const std::lock_guard lock(mutex_);
    killed_ = true;
    for (const auto& one : runs_) {
      if (auto run = one.lock()) running.push_back(std::move(run));
    }
  }
  for (const auto& run : running) run->process->kill();
}

void CliShell::revive() {
  const std::lock_guard lock(mutex_);
  killed_ = false;
}

bool CliShell::killed() const {
  const std::lock_guard lock(mutex_);
  return killed_;
}

}  // namespace heygen::conformance
