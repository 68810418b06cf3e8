// A core file is this process's memory: every token that it has given, in clear.
#pragma once

namespace heygen::mock {

// The kernel writes none from now on, whatever the shell's limit. To get one all the same, run the
// program in a debugger.
void forbid_core_files() noexcept;

}  // namespace heygen::mock
