#include "client_under_test/lib/os_random.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace heygen::client {

void OsRandom::fill(std::span<std::byte> out) {
  const int done =
      RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  if (done != 1) throw std::runtime_error("the system has no randomness to give");
}

}  // namespace heygen::client
