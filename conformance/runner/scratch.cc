#include "conformance/runner/scratch.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace heygen::conformance {

Scratch::Scratch() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "heygen-conformance-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in " +
                             std::filesystem::temp_directory_path().string() +
                             ": set TMPDIR to one that can be written");
  }
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace heygen::conformance
