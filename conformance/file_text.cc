#include "conformance/file_text.h"

#include <fstream>
#include <sstream>

namespace heygen::conformance {

std::string file_text(const std::filesystem::path& file, std::uintmax_t from) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  if (from > 0) in.seekg(static_cast<std::streamoff>(from));
  std::ostringstream out;
  out << in.rdbuf();  // which takes an error for the end (C++20 [ostream.inserters])
  return std::move(out).str();
}

}  // namespace heygen::conformance
