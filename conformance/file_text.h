// What stands in a file that somebody else may take away meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace heygen::conformance {

// From byte `from` on, as far as it can be read: "" of what is no file, or no longer. A file of
// /proc fails in the midst of it when its process ends; std::ifstream's iterators throw then.
std::string file_text(const std::filesystem::path& file, std::uintmax_t from = 0);

}  // namespace heygen::conformance
