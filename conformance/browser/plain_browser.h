// A browser without scripts, over libcurl: redirects, meta refresh, links and plain forms.
#pragma once

#include "conformance/browser/browser.h"
#include "conformance/browser/cookie_jar.h"

namespace heygen::conformance {

class PlainBrowser final : public Browser {
 public:
  explicit PlainBrowser(BrowserOptions options) : options_(std::move(options)) {}

  Outcome<Visit> visit(FetchRequest request, Deadline deadline,
                       const std::stop_token& stop) override;
  Outcome<std::optional<Visit>> press(const Visit& at, const Wanted& wanted,
                                      std::set<std::string>& pressed, Deadline deadline,
                                      const std::stop_token& stop) override;
  Outcome<std::unique_ptr<Browser>> with_same_cookies(const std::stop_token& stop) override;
  [[nodiscard]] bool runs_scripts() const noexcept override { return false; }

 private:
  const BrowserOptions options_;
  CookieJar jar_;
};

}  // namespace heygen::conformance
