#include "conformance/subjects/app_login.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr int kMostClicks = 4;

template <std::size_t N>
bool says_any(std::string_view text, const std::array<std::string_view, N>& words) {
  const std::string lower = lowered(text);
  return std::ranges::any_of(
      words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

// Scripts and JSON write URLs their own way.
std::string plain_text(std::string_view body) {
  std::string text(body);
  replace_all(text, "\\/", "/");
  replace_all(text, "\\u0026", "&");
  replace_all(text, "\\u003d", "=");
  replace_all(text, "\\u003D", "=");
  return text;
}

std::optional<std::string> authorize_url_in_text(std::string_view body, const AppWitness& witness) {
  constexpr std::string_view kPath = "/oauth/authorize?";
  constexpr std::string_view kEnds = " \t\r\n\"'`<>\\";
  const std::string text = plain_text(body);
  for (std::size_t at = text.find(kPath); at != std::string::npos; at = text.find(kPath, at + 1)) {
    const std::size_t before = text.find_last_of(kEnds, at);
    const std::size_t begin = text.find("http", before == std::string::npos ? 0 : before + 1);
    const std::size_t end = std::min(text.find_first_of(kEnds, at), text.size());
    if (begin > at) continue;
    std::string url = decode_references(std::string_view(text).substr(begin, end - begin));
    if (witness.is_authorize(url)) return url;
  }
  return std::nullopt;
}

std::string base_of(const Answered& page, const HtmlPage& html) {
  return html.base.empty() ? page.url : resolve(page.url, html.base).value_or(page.url);
}

// What a user who wants to log in would click.
bool leads_to_login(const Pressable& thing, const std::string& page, const AppWitness& witness) {
  if (thing.form && thing.asks_user) return false;
  const bool elsewhere = !thing.form && !origin_of(thing.address).empty() &&
                         origin_of(thing.address) != origin_of(page) &&
                         !witness.is_authorize(thing.address);
  return !elsewhere && says_login(thing.text + " " + thing.address);
}

}  // namespace

bool says_logout(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords{"logout",   "log-out",  "log out",   "signout",
                                                   "sign-out", "sign out", "disconnect"};
  return says_any(text, kWords);
}

bool says_login(std::string_view text) {
  constexpr std::array<std::string_view, 11> kWords{"login",   "log-in",  "log in",   "signin",
                                                    "sign-in", "sign in", "connect",  "heygen",
                                                    "/auth",   "oauth",   "authorize"};
  return says_any(text, kWords) && !says_logout(text) &&
         !says_any(text, std::array{std::string_view("delete")});
}

std::optional<std::string> authorize_url_in(const Visit& visit, const AppWitness& witness,
                                            bool scripts) {
  if (visit.left_to) {
    return witness.is_authorize(*visit.left_to) ? visit.left_to : std::nullopt;
  }
  const Answered& page = visit.last();
  if (page.is_html()) {
    if (scripts) return std::nullopt;
    const HtmlPage html = read_html(page.answer.body);
    for (const HtmlLink& link : html.links) {
      auto url = resolve(base_of(page, html), link.href);
      if (url && witness.is_authorize(*url)) return url;
    }
    for (const PageForm& form : html.forms) {
      const auto request = submission(page, form);
      if (request && request->method == "GET" && witness.is_authorize(request->url)) {
        return request->url;
      }
    }
  }
  return authorize_url_in_text(page.answer.body, witness);
}

Outcome<std::string> find_authorize_url(Browser& browser, FetchRequest start,
                                        const AppWitness& witness,
                                        std::chrono::steady_clock::time_point deadline,
                                        const std::stop_token& stop,
                                        const std::function<void(const Visit&)>& on_visit) {
  const std::string start_url = start.url;
  std::set<std::string> pressed;
  std::string seen;
  auto visit = browser.visit(std::move(start), deadline, stop);
  for (int clicks = 0; clicks <= kMostClicks; ++clicks) {
    if (!visit) return visit.failure();
    if (on_visit) on_visit(*visit);
    if (auto url = authorize_url_in(*visit, witness, browser.runs_scripts())) {
      return *std::move(url);
    }
    if (visit->left_to) {
      return Failure{Failure::Origin::refused, "elsewhere",
                     "the login leads to " + origin_of(*visit->left_to) +
                         ", not to the mock: point the app at the addresses printed first"};
    }
    const Answered& page = visit->last();
    const std::string_view target = target_of(page.url);
    seen = std::to_string(page.answer.status) + " from " +
           std::string(target.substr(0, target.find('?')));
    const auto wanted = [&](const Pressable& thing) {
      return leads_to_login(thing, page.url, witness);
    };
    auto next = browser.press(*visit, wanted, pressed, deadline, stop);
    if (!next) return next.failure();
    if (!*next) break;
    visit = *std::move(next).value();
  }
  std::string why = "no way to the mock's authorize URL was found from " + start_url + " (" + seen +
                    "): --start-url names the address that begins a login";
  if (!browser.runs_scripts()) why += "; for one that needs scripts there is --browser chromium";
  return Failure{Failure::Origin::refused, "no-login", std::move(why)};
}

}  // namespace heygen::conformance
