#include "conformance/cli/interrupt.h"

#include <pthread.h>

#include <csignal>

namespace heygen::conformance {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);  // wakes the thread up when the program ends by itself
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::jthread([this](const std::stop_token& ended) {
    const sigset_t waited = watched();
    while (!ended.stop_requested()) {
      int signal = 0;
      if (sigwait(&waited, &signal) == 0 && signal != SIGUSR1) source_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), SIGUSR1);
}

}  // namespace heygen::conformance
