#include "mock_server/routes/fixtures.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "mock_server/notation/json_object.h"
#include "mock_server/routes/embedded.h"

namespace heygen::mock {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} * 1024 * 1024;

std::vector<fs::path> json_files(std::string_view dir) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path{dir}, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error) {
    throw BadInput{"fixtures",
                   "cannot read the folder " + std::string{dir} + ": " + error.message()};
  }
  std::ranges::sort(files);
  return files;
}

std::string read_file(const fs::path& path) {
  const std::string name = path.filename().string();
  std::error_code error;
  if (fs::file_size(path, error) > kMostBytes && !error) {
    throw BadInput{name, "a fixture has at most 4 MiB"};
  }
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in) throw BadInput{name, "cannot read the file"};
  return text;
}

using Segments = std::vector<std::pair<std::string_view, std::string_view>>;

// Does the path fit the pattern? Collects what its braces match.
bool fits(std::string_view pattern, std::string_view path, Segments& segments) {
  while (!pattern.empty() && !path.empty()) {
    pattern.remove_prefix(1);  // both begin with '/'
    path.remove_prefix(1);
    const auto want = pattern.substr(0, pattern.find('/'));
    const auto have = path.substr(0, path.find('/'));
    if (want.starts_with('{') && want.ends_with('}')) {
      if (have.empty()) return false;
      segments.emplace_back(want.substr(1, want.size() - 2), have);
    } else if (want != have) {
      return false;
    }
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  return pattern.empty() && path.empty();
}

}  // namespace

Fixtures::Fixtures(std::string_view dir) {
  for (const EmbeddedFile& file : embedded_api()) add(file.text, std::string{file.name});
  if (dir.empty()) return;
  for (const fs::path& path : json_files(dir)) add(read_file(path), path.filename().string());
}

void Fixtures::add(std::string_view text, const std::string& file) {
  try {
    Fixture fixture = parse_fixture(text);
    std::erase_if(fixtures_, [&](const Fixture& old) {
      return old.method == fixture.method && old.path == fixture.path &&
             old.by_api_key == fixture.by_api_key;
    });
    fixtures_.push_back(std::move(fixture));
  } catch (const BadInput& error) {
    throw BadInput{error.key().empty() ? file : file + ": " + error.key(), error.what()};
  }
}

Fixtures::Match Fixtures::find(std::string_view method, std::string_view path,
                               bool by_api_key) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  Match best;
  for (const Fixture& fixture : fixtures_) {
    if (fixture.method != wanted || fixture.by_api_key.value_or(by_api_key) != by_api_key) continue;
    Match match{&fixture, {}};
    if (!fits(fixture.path, path, match.path)) continue;
    // What says more wins: fewer braces, then a word on who asks; of equals the later.
    const auto braces = match.path.size();
    const bool says_more = best.fixture == nullptr || braces < best.path.size() ||
                           (braces == best.path.size() &&
                            fixture.by_api_key.has_value() >= best.fixture->by_api_key.has_value());
    if (says_more) best = std::move(match);
  }
  return best;
}

std::string Fixtures::allowed_methods(std::string_view path) const {
  std::string allowed;
  for (const std::string_view method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    if (find(method, path, false).fixture == nullptr &&
        find(method, path, true).fixture == nullptr) {
      continue;
    }
    allowed.append(method == "GET" ? "GET, HEAD" : method).append(", ");
  }
  return allowed.empty() ? allowed : allowed + "OPTIONS";
}

}  // namespace heygen::mock
