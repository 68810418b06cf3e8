// Is a process at work, as the system sees it? Asked of a program that cannot say when it is done.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace heygen::conformance {

// What a process and its descendants have used of the processor so far.
struct ProcessorUse {
  std::uint64_t ticks = 0;
  bool running = false;  // a thread of them runs, or waits for the processor or a disk, now
};
ProcessorUse processor_use(pid_t pid);

// Does one of them hold a TCP connection to that port, on any host? An answer may be on its way.
bool is_connected_to(pid_t pid, std::uint16_t port);

}  // namespace heygen::conformance
