// How memory goes back to the kernel.
#pragma once

namespace heygen::mock {

// Large blocks go back as soon as they are freed. To be called before there are threads.
void give_back_large_blocks() noexcept;

}  // namespace heygen::mock
