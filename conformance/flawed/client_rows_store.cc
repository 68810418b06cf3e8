// Rows: the files of tokens.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "client_under_test/lib/file_store.h"
#include "conformance/flawed/client_rows.h"

namespace heygen::conformance::testing {
namespace {

namespace fs = std::filesystem;
using client::HttpRequest;
using client::testing::Rig;
using client::testing::tokens;

// A folder of its own, gone in the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

fs::path file_of_tokens(const Folder& folder) {
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path().extension() == ".json") return entry.path();
  }
  return {};
}

std::string mode_after_refresh(const Maker& make) {
  const Folder folder;
  client::FileStore store(folder.path());
  Rig rig(store, make());
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(2); });
  (void)rig.client.refresh("alice");
  const auto mode = fs::status(file_of_tokens(folder)).permissions();
  return (mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none ? "shut"
                                                                                    : "open";
}

// Whether the old text is in its place, and whole, until the new one is: a link keeps what stood in
// the file that was there.
std::string old_file_after_refresh(const Maker& make) {
  const Folder folder;
  client::FileStore store(folder.path());
  Rig rig(store, make());
  rig.log_in();
  const fs::path kept = folder.path() / "kept";
  fs::create_hard_link(file_of_tokens(folder), kept);
  rig.transport.answer_with([](const HttpRequest&) { return tokens(2); });
  (void)rig.client.refresh("alice");
  return fs::file_size(kept) > 0 ? "whole" : "empty";
}

}  // namespace

std::vector<Row> store_rows() {
  return {
      {"cm144-store-for-all-to-read", mode_after_refresh, "shut", "open"},
      {"cm145-store-in-place", old_file_after_refresh, "whole", "empty"},
  };
}

}  // namespace heygen::conformance::testing
