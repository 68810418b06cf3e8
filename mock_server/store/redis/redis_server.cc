#include "mock_server/store/redis/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "mock_server/core/store.h"
#include "mock_server/store/redis/connection.h"

namespace heygen::mock::redis {
namespace {

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

bool answers(const std::string& url) {
  try {
    Connection connection{parse_address(url), {}};
    return connection.run({"PING"}).text == "PONG";
  } catch (const StoreUnavailable&) {
    return false;
  }
}

constexpr int kNoSuchProgram = 127;

}  // namespace

std::unique_ptr<RedisServer> RedisServer::start() {
  std::unique_ptr<RedisServer> server{new RedisServer};
  constexpr int kTries = 5;  // somebody else may take the port first
  for (int i = 0; i < kTries; ++i) {
    server->port_ = free_port();
    server->url_ = "redis://127.0.0.1:" + std::to_string(server->port_);
    if (!server->launch()) return nullptr;
    if (server->pid_ > 0) return server;
  }
  throw std::runtime_error("redis-server does not start");
}

// False: there is no such program. pid_ stays -1 when it ended at once.
bool RedisServer::launch() {
  const std::string port = std::to_string(port_);
  std::array<const char*, 12> arguments{"redis-server", "--port",    port.c_str(), "--bind",
                                        "127.0.0.1",    "--save",    "",           "--appendonly",
                                        "no",           "--logfile", "/dev/null",  nullptr};
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("no process can be made");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that crashes
    ::execvp(arguments[0], const_cast<char* const*>(arguments.data()));
    ::_exit(kNoSuchProgram);
  }
  while (!answers(url_)) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != 0) {
      return !WIFEXITED(status) || WEXITSTATUS(status) != kNoSuchProgram;
    }
    ::usleep(1000);  // there is nothing to wait on: it tells nobody that it listens
  }
  pid_ = pid;
  return true;
}

RedisServer::~RedisServer() { stop(); }

void RedisServer::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::again() {
  if (!launch() || pid_ < 0) throw std::runtime_error("redis-server does not start again");
}

void RedisServer::hang() { ::kill(pid_, SIGSTOP); }
void RedisServer::go_on() { ::kill(pid_, SIGCONT); }

}  // namespace heygen::mock::redis
