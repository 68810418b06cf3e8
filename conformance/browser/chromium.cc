#include "conformance/browser/chromium.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/browser/tab.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTabs = 4;

std::string param_of(const std::string& url, std::string_view name) {
  const auto query = query_of(url);
  const std::string* const value = query.find(name);
  return value == nullptr ? std::string() : *value;
}

// A user has several tabs: a login that was begun in one ends there, for what the page has stored
// may be that tab's alone.
class ChromiumBrowser final : public Browser {
 public:
  ChromiumBrowser(Chromium& chromium, BrowserOptions options)
      : chromium_(chromium), options_(std::move(options)) {}
  ~ChromiumBrowser() override {
    tabs_.clear();
    if (!browser_) return;
    try {
      browser_->send("", "Target.disposeBrowserContext", {{"browserContextId", context_}});
    } catch (const BrowserGone&) {  // and the context with it
    }
  }

  Outcome<Visit> visit(FetchRequest request, Deadline deadline,
                       const std::stop_token& stop) override {
    Slot& slot = take(request.url, stop);
    return give_back(slot, [&] { return slot.tab->visit(request, deadline, stop); });
  }

  Outcome<std::optional<Visit>> press(const Visit& at, const Wanted& wanted,
                                      std::set<std::string>& pressed, Deadline deadline,
                                      const std::stop_token& stop) override {
    Slot* const slot = take_same(at.tab);
    if (slot == nullptr) return std::optional<Visit>();  // it broke meanwhile
    auto pressing = [&] { return slot->tab->press(wanted, pressed, deadline, stop); };
    return give_back(*slot, pressing);
  }

  Outcome<std::unique_ptr<Browser>> with_same_cookies(const std::stop_token& stop) override {
    auto twin = std::make_unique<ChromiumBrowser>(chromium_, options_);
    const std::lock_guard lock(mutex_);
    if (browser_) {
      const std::lock_guard other_lock(twin->mutex_);
      twin->open_context(stop);
      if (twin->browser_ != browser_) throw BrowserGone("the browser was started again");
      const json all = browser_->ask("Storage.getCookies", {{"browserContextId", context_}}, stop);
      browser_->ask("Storage.setCookies",
                    {{"cookies", all.at("cookies")}, {"browserContextId", twin->context_}}, stop);
    }
    return std::unique_ptr<Browser>(std::move(twin));
  }

  [[nodiscard]] bool runs_scripts() const noexcept override { return true; }

 private:
  struct Slot {
    std::unique_ptr<Tab> tab;
    int number = 0;
    bool in_use = false;
    int last_used = 0;
    std::string state;  // of the login that it left to begin; "": none
  };

  Slot& take(const std::string& url, const std::stop_token& stop) {
    const std::string state = param_of(url, "state");
    const bool returns = !state.empty() || !param_of(url, "code").empty() ||
                         !param_of(url, "error").empty() || url.find('#') != std::string::npos;
    const std::lock_guard lock(mutex_);
    Slot* best = nullptr;
    for (const auto& slot : tabs_) {
      if (slot->in_use || slot->tab->broken()) continue;
      const bool its_login = !state.empty() && slot->state == state;
      // A login under way in a tab is not left for something else.
      const bool may = returns || slot->state.empty() || tabs_.size() >= kMostTabs;
      if (!may) continue;
      const bool older = best != nullptr && best->last_used > slot->last_used;
      if (its_login || best == nullptr || (returns ? !older : older)) best = slot.get();
      if (its_login) break;
    }
    if (best == nullptr) best = &open_tab(stop);
    best->in_use = true;
    best->state.clear();
    return *best;
  }

  Slot* take_same(int number) {
    const std::lock_guard lock(mutex_);
    for (const auto& slot : tabs_) {
      if (slot->number != number || slot->in_use || slot->tab->broken()) continue;
      slot->in_use = true;
      return slot.get();
    }
    return nullptr;
  }

  // Called with the mutex held, and so the next.
  void open_context(const std::stop_token& stop) {
    if (browser_) return;
    browser_ = chromium_.running();
    const json made =
        browser_->ask("Target.createBrowserContext", {{"disposeOnDetach", true}}, stop);
    context_ = made.at("browserContextId").get<std::string>();
  }

  Slot& open_tab(const std::stop_token& stop) {
    open_context(stop);
    std::erase_if(tabs_, [](const auto& slot) { return !slot->in_use && slot->tab->broken(); });
    auto slot = std::make_unique<Slot>();
    slot->tab = std::make_unique<Tab>(*browser_, context_, options_, stop);
    slot->number = ++numbers_;
    return *tabs_.emplace_back(std::move(slot));
  }

  void note(Slot& slot, Visit& visit) {
    visit.tab = slot.number;
    if (visit.left_to) slot.state = param_of(*visit.left_to, "state");
  }
  void note(Slot& slot, std::optional<Visit>& visit) {
    if (visit) note(slot, *visit);
  }

  template <typename Work>
  auto give_back(Slot& slot, const Work& work) -> decltype(work()) {
    const auto release = [&] {
      const std::lock_guard lock(mutex_);
      slot.in_use = false;
      slot.last_used = ++uses_;
    };
    try {
      auto outcome = work();
      if (outcome) {
        auto value = std::move(outcome).value();
        note(slot, value);
        release();
        return value;
      }
      release();
      return outcome;
    } catch (...) {
      release();
      throw;
    }
  }

  Chromium& chromium_;
  const BrowserOptions options_;
  std::mutex mutex_;  // of what follows
  std::shared_ptr<DevTools> browser_;
  std::string context_;
  std::vector<std::unique_ptr<Slot>> tabs_;
  int numbers_ = 0;
  int uses_ = 0;
};

}  // namespace

Chromium::~Chromium() = default;

std::string Chromium::start() {
  const std::lock_guard lock(mutex_);
  if (browser_ && !browser_->ended()) return "";
  auto started = DevTools::start(options_.folder / std::to_string(++starts_), options_.hosts);
  browser_ = std::move(started.browser);
  return started.error;
}

std::shared_ptr<DevTools> Chromium::running() {
  if (const std::string why = start(); !why.empty()) throw BrowserGone(why);
  const std::lock_guard lock(mutex_);
  return browser_;
}

std::unique_ptr<Browser> Chromium::open(BrowserOptions options) {
  return std::make_unique<ChromiumBrowser>(*this, std::move(options));
}

}  // namespace heygen::conformance
