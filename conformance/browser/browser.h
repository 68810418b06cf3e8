// One user's browser: it keeps cookies, goes where pages send it, and stops where it is told to, so
// that the caller sees every address on the way.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "conformance/browser/fetch.h"
#include "conformance/browser/visit.h"

namespace heygen::conformance {

struct BrowserOptions {
  FetchLimits limits;
  // May the browser go there by itself? Where it may not, the visit ends with `left_to`.
  std::function<bool(const std::string& url)> may_follow;
  std::size_t most_pages = 20;
  // May a page load from there? Asked by browsers with scripts, beside `may_follow`.
  std::function<bool(const std::string& url)> may_load = {};
};

// What a user may press on a page.
struct Pressable {
  std::string text;        // what stands on it; of a form, on its labels too
  std::string address;     // of a link, made absolute; of a form as it stands
  bool form = false;       // sends one
  bool asks_user = false;  // which has a visible field to fill in
};
using Wanted = std::function<bool(const Pressable&)>;

// Thread-safe: several visits may be under way.
class Browser {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  Browser() = default;
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  virtual ~Browser() = default;

  // Fails with the first request that brings no answer, or when pages lead to one another for ever.
  virtual Outcome<Visit> visit(FetchRequest request, Deadline deadline,
                               const std::stop_token& stop) = 0;

  // On the page where the visit ended, presses the first thing that is wanted and has not been
  // pressed yet (`pressed` is kept up here); nothing when there is none.
  virtual Outcome<std::optional<Visit>> press(const Visit& at, const Wanted& wanted,
                                              std::set<std::string>& pressed, Deadline deadline,
                                              const std::stop_token& stop) = 0;

  // Another browser with the cookies that this one has now; nothing else of it.
  virtual Outcome<std::unique_ptr<Browser>> with_same_cookies(const std::stop_token& stop) = 0;

  // Then a page does what it does, and its text is not to be guessed from.
  [[nodiscard]] virtual bool runs_scripts() const noexcept = 0;
};

}  // namespace heygen::conformance
