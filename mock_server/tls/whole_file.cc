#include "mock_server/tls/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::tls {

int write_whole(const std::string& file, std::string_view text, mode_t mode) {
  const std::string fresh = file + "." + std::to_string(::getpid()) + ".new";
  int error = 0;
  {
    const wire::UniqueFd fd{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (!fd.valid()) return errno;
    while (!text.empty() && error == 0) {
      const auto count = ::write(fd.get(), text.data(), text.size());
      if (count > 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        error = errno;
      }
    }
    if (error == 0 && ::fsync(fd.get()) != 0) error = errno;
  }
  if (error == 0 && std::rename(fresh.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(fresh.c_str());
  return error;
}

}  // namespace heygen::mock::tls
