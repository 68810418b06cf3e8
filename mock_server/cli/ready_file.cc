#include "mock_server/cli/ready_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "mock_server/cli/blueprint.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

[[noreturn]] void fail(const std::string& file) {
  throw BadInput{"--ready-file", "cannot write " + file + " (" + std::strerror(errno) +
                                     "): name a file in a folder that can be written to"};
}

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

}  // namespace

void write_ready_file(const std::string& file, const Served& served,
                      const std::optional<std::string>& admin_token) {
  nlohmann::ordered_json ready;
  ready["url"] = served.url;
  ready["https_url"] = text_or_null(served.https_url);
  ready["proxy_url"] = text_or_null(served.proxy_url);
  ready["ca_file"] = text_or_null(served.ca_file);
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

Served read_ready_file(const std::string& file) {
  const auto ready = parse_json(read_file(file, "--ready-file"));
  const auto text = [&](const char* key) {
    if (!ready.is_object() || !ready.contains(key) || !ready[key].is_string()) return std::string{};
    return ready[key].get<std::string>();
  };
  Served served{text("url"), text("https_url"), text("proxy_url"), text("ca_file")};
  if (served.url.empty()) {
    throw BadInput{"--ready-file", file + " is not what a server writes: it has no \"url\""};
  }
  return served;
}

}  // namespace heygen::mock
