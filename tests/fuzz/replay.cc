// Runs a fuzz target on the files of a folder, without libFuzzer: what was found once is tried in
// every test run. Exits 1 when the folder has none, so that a lost corpus is noticed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::filesystem::path given{argv[i]};
    if (std::filesystem::is_regular_file(given)) files.push_back(given);
    if (!std::filesystem::is_directory(given)) continue;
    for (const auto& entry : std::filesystem::directory_iterator{given}) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  if (files.empty()) {
    std::fputs("no input: name a folder of fixtures/corpora/, or files\n", stderr);
    return 1;
  }
  for (const auto& file : files) {
    std::ifstream in{file, std::ios::binary};
    // Exactly as large as the input, so that a sanitizer sees a read behind it.
    std::vector<char> bytes{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    bytes.shrink_to_fit();
    std::fprintf(stderr, "%s\n",
                 file.filename().c_str());  // the last one named is the one at fault
    heygen::fuzz::run({bytes.data(), bytes.size()});
  }
  std::printf("%zu inputs\n", files.size());
}
