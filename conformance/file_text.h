// What stands in a file that somebody else may take away meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::conformance {

// From byte `from` on, as far as it can be read: "" of what is no file, or no longer. A file of
// /proc fails in the midst of it when its process ends; std::ifstream's iterators throw then.
std::string file_text(const std::filesystem::path& file, std::uintmax_t from = 0);

// Those in the folder, at any depth, that are not empty; in the order of their names.
std::vector<std::filesystem::path> filled_files(const std::filesystem::path& folder);
// Does one of them hold the text?
bool any_holds(const std::vector<std::filesystem::path>& files, std::string_view text);

}  // namespace heygen::conformance
