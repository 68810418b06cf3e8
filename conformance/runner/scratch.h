// A folder of the run's own, gone when the run ends.
#pragma once

#include <filesystem>

namespace heygen::conformance {

class Scratch {
 public:
  Scratch();  // throws std::runtime_error when the temporary folder cannot be written
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace heygen::conformance
