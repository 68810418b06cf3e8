#include "conformance/file_text.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

namespace heygen::conformance {

std::string file_text(const std::filesystem::path& file, std::uintmax_t from) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  if (from > 0) in.seekg(static_cast<std::streamoff>(from));
  std::ostringstream out;
  out << in.rdbuf();  // which takes an error for the end (C++20 [ostream.inserters])
  return std::move(out).str();
}

std::vector<std::filesystem::path> filled_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code gone;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, gone)) {
    if (entry.is_regular_file(gone) && entry.file_size(gone) > 0) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

bool any_holds(const std::vector<std::filesystem::path>& files, std::string_view text) {
  return std::ranges::any_of(files, [&](const std::filesystem::path& file) {
    return file_text(file).find(text) != std::string::npos;
  });
}

}  // namespace heygen::conformance
