// What a start needs once: the dynamic linker's work, OpenSSL's tables, the flags, half of what is
// resident afterwards.
#pragma once

namespace heygen::mock {

// Lets the kernel count the program's code no longer as resident; what runs again comes back from
// the page cache by itself, a few microseconds each. To be called once, when the start is over.
// Does nothing under a debugger, whose breakpoints stand in the code.
void give_back_startup_code() noexcept;

}  // namespace heygen::mock
