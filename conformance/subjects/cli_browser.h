// The suite as the user's browser: programs are put where a command-line program looks for one, and
// hand over the address instead of opening it; and the visit to the loopback address at the end.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "conformance/subject.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::conformance {

// A folder of such programs (xdg-open and others), for one login: first on its PATH, and BROWSER.
class BrowserShims {
 public:
  // Makes them in a folder that exists; throws std::filesystem::filesystem_error.
  explicit BrowserShims(std::filesystem::path folder);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string browser() const { return (folder_ / "xdg-open").string(); }
  // A line for each address, as it was given. May be taken once.
  [[nodiscard]] mock::wire::UniqueFd take_addresses() { return std::move(addresses_); }

 private:
  std::filesystem::path folder_;
  mock::wire::UniqueFd addresses_;
};

// Makes that browser the one that a desktop opens for this user: whoever asks the desktop looks
// neither on PATH nor at BROWSER. Nothing comes of it where its home cannot be written.
void choose_browser(const std::filesystem::path& home);

// What a browser gets for that URL: the first answer, with those to redirects within its origin,
// since a program may wait for them. A status of 0: the program took the request and closed the
// connection without an answer. Fails as `refused` when nobody listens, and as `timeout`.
Outcome<Landing> visit(std::string_view method, std::string_view url,
                       std::chrono::milliseconds timeout);

}  // namespace heygen::conformance
