#include "mock_server/store/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace heygen::mock::redis {
namespace {

timeval timeval_of(std::chrono::milliseconds limit) {
  return {static_cast<time_t>(limit.count() / 1000),
          static_cast<suseconds_t>(limit.count() % 1000 * 1000)};
}

Reply reply_of(const redisReply& from) {
  Reply out;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      out.type = Reply::Type::integer;
      out.integer = from.integer;
      break;
    case REDIS_REPLY_ARRAY:
      out.type = Reply::Type::list;
      out.list.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i)
        out.list.push_back(reply_of(*from.element[i]));
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      out.type = from.type == REDIS_REPLY_ERROR ? Reply::Type::error : Reply::Type::text;
      out.text.assign(from.str, from.len);
      break;
    default:  // REDIS_REPLY_NIL
      break;
  }
  return out;
}

[[noreturn]] void fail(const std::string& shown, const std::string& why) {
  throw StoreUnavailable(shown + ": " + why);
}

[[noreturn]] void fail_by_errno(const std::string& shown) {
  const int error = errno;
  if (error == EAGAIN || error == EINPROGRESS || error == ETIMEDOUT) {
    throw TimedOut(shown + ": it does not answer in time");
  }
  fail(shown, std::generic_category().message(error));
}

}  // namespace

void Connection::Close::operator()(redisContext* context) const noexcept { redisFree(context); }

Connection::Connection(const Address& address, TimeLimits limits)
    : shown_(address.shown()),
      context_(
          redisConnectWithTimeout(address.host.c_str(), address.port, timeval_of(limits.connect))) {
  if (!context_) fail(shown_, "there is no memory for a connection");
  if (context_->err != 0) {
    if (context_->err == REDIS_ERR_IO) fail_by_errno(shown_);
    fail(shown_, context_->errstr);
  }
  if (redisSetTimeout(context_.get(), timeval_of(limits.command)) != REDIS_OK) {
    fail(shown_, "no time limit can be set on its connection");
  }
  (void)redisEnableKeepAlive(context_.get());
  greet(address);
}

void Connection::greet(const Address& address) {
  if (!address.password.empty()) {
    Command login{"AUTH"};
    if (!address.user.empty()) login.push_back(address.user);
    login.push_back(address.password);
    // What Redis says is its own text and repeats neither.
    if (const Reply reply = run(login); reply.type == Reply::Type::error) fail(shown_, reply.text);
  }
  // Also the first thing that a server which wants a password refuses.
  const std::string database = std::to_string(address.database);
  if (const Reply reply = run({"SELECT", database}); reply.type == Reply::Type::error) {
    fail(shown_, reply.text);
  }
}

Reply Connection::run(const Command& command) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string_view part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  char* bytes = nullptr;
  const auto size =  // an int, or since hiredis 1.0 a long long
      redisFormatCommandArgv(&bytes, static_cast<int>(parts.size()), parts.data(), sizes.data());
  if (size < 0) fail(shown_, "a command could not be written");
  struct Free {
    void operator()(char* text) const noexcept { redisFreeCommand(text); }
  };
  const std::unique_ptr<char, Free> kept{bytes};
  send_all({bytes, static_cast<std::size_t>(size)});
  return receive();
}

// Not by hiredis, whose write() raises SIGPIPE when Redis has gone.
void Connection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail_by_errno(shown_);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Reply Connection::receive() {
  std::array<char, 16384> buffer;
  for (;;) {
    void* found = nullptr;
    if (redisReaderGetReply(context_->reader, &found) != REDIS_OK) {
      fail(shown_, "it does not speak Redis's protocol");
    }
    if (found != nullptr) {
      struct Free {
        void operator()(void* reply) const noexcept { freeReplyObject(reply); }
      };
      const std::unique_ptr<void, Free> kept{found};
      return reply_of(*static_cast<const redisReply*>(found));
    }
    const auto got = ::recv(context_->fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_by_errno(shown_);
    if (got == 0) fail(shown_, "it closed the connection");
    (void)redisReaderFeed(context_->reader, buffer.data(), static_cast<std::size_t>(got));
  }
}

bool Connection::alive() const noexcept {
  // Nothing was asked, so whatever there is to read is the end.
  pollfd waiting{context_->fd, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 0;
}

}  // namespace heygen::mock::redis
