// Logins in files: 0600 in a directory of 0700, replaced by rename, locked across processes.
#pragma once

#include <filesystem>

#include "client_under_test/lib/token_store.h"

namespace heygen::client {

class FileStore final : public TokenStore {
 public:
  // Nothing is touched until the first save or lock; then missing directories are made.
  explicit FileStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  [[nodiscard]] Result<std::optional<std::string>> load(std::string_view session) override;
  Result<void> save(std::string_view session, std::string_view text) override;
  Result<void> remove(std::string_view session) override;
  // An advisory lock (flock) on a file of its own, which is never removed: whoever waits for it and
  // whoever comes later must meet at the same file.
  [[nodiscard]] Result<std::unique_ptr<StoreLock>> lock(std::string_view session,
                                                        std::chrono::milliseconds wait,
                                                        const std::stop_token& stop) override;

  // For tests and messages.
  [[nodiscard]] std::filesystem::path file_of(std::string_view session) const;

 private:
  [[nodiscard]] Result<void> make_directory() const;

  const std::filesystem::path directory_;
};

}  // namespace heygen::client
