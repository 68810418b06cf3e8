#include "mock_server/cli/core_files.h"

#include <sys/resource.h>

namespace heygen::mock {

void forbid_core_files() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
  // 1 and not 0: too small for a file, and the value that a collector behind a pipe is not started
  // for either (core(5)).
  limit.rlim_cur = limit.rlim_max == 0 ? 0 : 1;
  ::setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace heygen::mock
