// A real browser, for apps that need scripts: one Chromium process for a run, a profile of its own
// (an incognito context) for each user.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "conformance/browser/browser.h"
#include "conformance/browser/devtools.h"

namespace heygen::conformance {

struct ChromiumOptions {
  std::filesystem::path folder;    // for profiles and logs; emptied by its owner
  std::vector<std::string> hosts;  // beyond loopback, that it may resolve
};

// Thread-safe.
class Chromium {
 public:
  explicit Chromium(ChromiumOptions options) : options_(std::move(options)) {}
  ~Chromium();
  Chromium(const Chromium&) = delete;
  Chromium& operator=(const Chromium&) = delete;

  // Starts it, unless it runs; "" or, in one line, why it cannot.
  std::string start();
  // One that died, or hung and was ended, is started again. Throws BrowserGone.
  std::shared_ptr<DevTools> running();
  [[nodiscard]] std::unique_ptr<Browser> open(BrowserOptions options);

 private:
  const ChromiumOptions options_;
  std::mutex mutex_;
  std::shared_ptr<DevTools> browser_;
  int starts_ = 0;
};

}  // namespace heygen::conformance
