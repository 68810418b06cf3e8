// How an app's login is begun: from its start page to the authorize URL, as a user would click.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "conformance/browser/browser.h"
#include "conformance/subject.h"
#include "conformance/subjects/app_witness.h"

namespace heygen::conformance {

// An authorize URL of the mock that the answer leads to: as its redirect, a link, a form that is
// sent by GET, or anywhere in its text (a script, JSON). Nothing when there is none. What a browser
// with scripts shows is a page to click on; only where it went, and text that is no page, count.
std::optional<std::string> authorize_url_in(const Visit& visit, const AppWitness& witness,
                                            bool scripts);

// Goes to the start page and on, by redirects, meta refresh, forms without questions and links that
// say login, until the authorize URL turns up; it is not visited. Fails as Origin::refused when it
// does not. Each visit on the way is told of.
Outcome<std::string> find_authorize_url(Browser& browser, FetchRequest start,
                                        const AppWitness& witness,
                                        std::chrono::steady_clock::time_point deadline,
                                        const std::stop_token& stop,
                                        const std::function<void(const Visit&)>& on_visit = {});

// Does the text, or the address, say login?
bool says_login(std::string_view text);
bool says_logout(std::string_view text);

}  // namespace heygen::conformance
