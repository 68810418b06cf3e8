// Where an authority is kept: two files in a folder, written whole or not at all.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::tls {

class AuthorityFiles {
 public:
  explicit AuthorityFiles(std::string folder);

  struct Texts {
    std::string certificate;
    std::string key;
  };

  [[nodiscard]] const std::string& certificate_file() const noexcept { return certificate_; }

  // Nothing when there is none; a line that names the mend when it may not be used.
  [[nodiscard]] std::variant<std::optional<Texts>, std::string> read() const;

  // Makes the folder (0700) when there is none, and waits for other processes to be done with it.
  // The lock goes with the descriptor. Else a line that names --state-dir.
  [[nodiscard]] std::variant<wire::UniqueFd, std::string> lock() const;

  // The key first, 0600. Nothing when all is well, else a line that names --state-dir.
  [[nodiscard]] std::optional<std::string> write(const Texts& texts) const;

 private:
  [[nodiscard]] std::string cannot(const char* what, int error) const;

  std::string folder_;
  std::string certificate_;
  std::string key_;
};

}  // namespace heygen::mock::tls
