#include "mock_server/cli/ready_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

[[noreturn]] void fail(const std::string& file) {
  throw BadInput{"--ready-file", "cannot write " + file + " (" + std::strerror(errno) +
                                     "): name a file in a folder that can be written to"};
}

}  // namespace

void write_ready_file(const std::string& file, const std::string& url,
                      const std::optional<std::string>& admin_token) {
  nlohmann::ordered_json ready;
  ready["url"] = url;
  ready["https_url"] = nullptr;
  ready["proxy_url"] = nullptr;
  ready["pid"] = ::getpid();
  ready["admin_token"] = admin_token ? nlohmann::ordered_json(*admin_token) : nullptr;
  const std::string text = ready.dump(2) + "\n";

  const std::string fresh = file + "." + std::to_string(::getpid()) + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail(file);
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(fd) != 0 || !written || std::rename(fresh.c_str(), file.c_str()) != 0) {
    const int why = errno;
    ::unlink(fresh.c_str());
    errno = why;
    fail(file);
  }
}

}  // namespace heygen::mock
