#include "mock_server/tls/authority_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "mock_server/tls/whole_file.h"

namespace heygen::mock::tls {
namespace {

using wire::UniqueFd;

constexpr std::size_t kLargestFile = std::size_t{64} * 1024;
constexpr mode_t kForOthers = S_IRWXG | S_IRWXO;

// What of the file is there, up to a bound; errno when it cannot be read.
std::variant<std::string, int> contents(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() < kLargestFile) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

AuthorityFiles::AuthorityFiles(std::string folder)
    : folder_(std::move(folder)),
      certificate_(folder_ + "/ca.pem"),
      key_(folder_ + "/ca-key.pem") {}

std::string AuthorityFiles::cannot(const char* what, int error) const {
  return std::string("cannot ") + what + " (" + std::generic_category().message(error) +
         "): name a folder that can be written to with --state-dir DIR";
}

std::variant<std::optional<AuthorityFiles::Texts>, std::string> AuthorityFiles::read() const {
  Texts texts;
  for (const auto& [file, text] :
       {std::pair{&certificate_, &texts.certificate}, std::pair{&key_, &texts.key}}) {
    const UniqueFd fd{::open(file->c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd.valid()) {
      // Without the folder, without one of the two: there is no CA yet.
      if (errno == ENOENT || errno == ENOTDIR) return std::optional<Texts>{};
      return cannot(("read " + *file).c_str(), errno);
    }
    struct stat info {};
    if (file == &key_ && ::fstat(fd.get(), &info) == 0 && (info.st_mode & kForOthers) != 0) {
      return *file +
             " can be read by others: remove it and ca.pem, and a new CA is made, or take "
             "their rights with chmod 600";
    }
    auto got = contents(fd.get());
    if (const auto* const error = std::get_if<int>(&got)) {
      return cannot(("read " + *file).c_str(), *error);
    }
    *text = std::move(std::get<std::string>(got));
  }
  return std::optional{std::move(texts)};
}

std::variant<UniqueFd, std::string> AuthorityFiles::lock() const {
  std::error_code error;
  const auto parent = std::filesystem::path(folder_).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(folder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return cannot(("make the folder " + folder_).c_str(), errno);
  }
  UniqueFd fd{::open((folder_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!fd.valid()) return cannot(("write to " + folder_).c_str(), errno);
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return cannot(("lock " + folder_).c_str(), errno);
  }
  return fd;
}

std::optional<std::string> AuthorityFiles::write(const Texts& texts) const {
  for (const auto& [file, text, mode] :
       {std::tuple{&key_, &texts.key, mode_t{S_IRUSR | S_IWUSR}},
        std::tuple{&certificate_, &texts.certificate,
                   mode_t{S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH}}}) {
    if (const int error = write_whole(*file, *text, mode); error != 0) {
      return cannot(("write " + *file).c_str(), error);
    }
  }
  return std::nullopt;
}

}  // namespace heygen::mock::tls
