#include "mock_server/wire/reactor.h"

#include <sys/epoll.h>

#include <cerrno>
#include <system_error>

namespace heygen::mock::wire {
namespace {

constexpr std::uint32_t kReadEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

epoll_event event_of(std::uint32_t mask, void* owner) noexcept {
  epoll_event event{};
  event.events = mask;
  event.data.ptr = owner;
  return event;
}

}  // namespace

Reactor::Reactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.valid()) throw std::system_error(errno, std::generic_category(), "epoll");
  auto event = event_of(EPOLLIN, nullptr);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.fd(), &event);
}

bool Reactor::add(int fd, void* owner) const noexcept {
  auto event = event_of(kReadEvents, owner);
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Reactor::remove(int fd) const noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Reactor::watch_writable(int fd, void* owner) const noexcept {
  auto event = event_of(kReadEvents | EPOLLOUT, owner);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

std::optional<ReactorEvent> Reactor::wait(std::chrono::milliseconds timeout) const noexcept {
  epoll_event event{};
  const auto limit = timeout.count() < 0 ? -1 : static_cast<int>(timeout.count());
  for (;;) {
    const auto count = ::epoll_wait(epoll_.get(), &event, 1, limit);
    if (count == 1) return ReactorEvent{event.data.ptr, event.events};
    if (count == 0 || errno != EINTR) return std::nullopt;
  }
}

void Reactor::wake_all() const noexcept { wake_.wake(); }

}  // namespace heygen::mock::wire
