// A file with a login, however it was damaged: read as a login or as none, and what is read is
// written and read again as the same. Any session has a file of its own in the store's folder.
#include <filesystem>

#include "client_under_test/lib/file_store.h"
#include "client_under_test/lib/token_record.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace client;

void run(std::string_view input) {
  Config config;
  use_base_url(config, "http://127.0.0.1:8765");
  config.client_id = "demo";
  if (const auto record = deserialize(input, config)) {
    const auto again = deserialize(serialize(*record, config), config);
    require(again && *again == *record, "written and read again, the same");
    Config elsewhere = config;
    elsewhere.token_url = "https://other.test/token";
    require(!deserialize(input, elsewhere), "no token reaches a server it was not issued by");
    elsewhere = config;
    elsewhere.client_id = "another";
    require(!deserialize(input, elsewhere), "no token reaches a client it was not issued to");
    (void)fingerprint(record->access_token);
  }

  const FileStore store{"/store"};
  const auto file = store.file_of(input);
  require(file.parent_path() == "/store", "no session's name leaves the folder");
  require(!file.filename().empty() && file.filename() != "." && file.filename() != "..",
          "a session's file is a file");
  require(file != store.file_of(std::string{input} + "x"), "two sessions, two files");
}

}  // namespace heygen::fuzz
