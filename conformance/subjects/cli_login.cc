#include "conformance/subjects/cli_login.h"

#include <algorithm>
#include <utility>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;

// Between printing an address and opening it, which may be the more exact of the two.
constexpr milliseconds kToOpenIt{60};
// A program that asks for a key before it opens the browser gets one.
constexpr milliseconds kBeforeAKey{1000};
constexpr int kMostKeys = 3;

bool is_authorization_request(std::string_view url) {
  const auto query = query_of(url);
  return query.find("client_id") != nullptr || query.find("response_type") != nullptr ||
         query.find("redirect_uri") != nullptr;
}

std::string first_request(std::string_view text, bool complete) {
  for (std::string& url : urls_in(text, complete)) {
    if (is_authorization_request(url)) return std::move(url);
  }
  return {};
}

// Line by line, as given: an address that is spoiled by a space is passed on as it is.
std::string first_opened(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = lines.substr(0, end);
    if (line.starts_with("http") && is_authorization_request(line)) return std::string(line);
    lines.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

std::string last_words(std::string_view output) {
  constexpr std::size_t kMost = 200;
  while (!output.empty()) {
    const std::size_t end = output.find_last_not_of(" \t\n");
    if (end == std::string_view::npos) return {};
    output = output.substr(0, end + 1);
    const std::size_t begin = output.rfind('\n') + 1;  // 0 when there is none
    const std::string_view line = output.substr(begin);
    if (line.size() <= kMost) return std::string(line);
    return std::string(line.substr(0, kMost)) + "…";
  }
  return {};
}

std::string after_colon(std::string text) { return text.empty() ? text : ": " + text; }

std::string describe_end(std::string_view command, const PtyProcess& process, const Exit& exit) {
  return "the " + std::string(command) + " command ended with " + exit.describe() +
         after_colon(last_words(process.output()));
}

Outcome<std::string> CliLogin::authorize_url(milliseconds timeout) {
  PtyProcess& process = *run_->process;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::string url;
  std::optional<Exit> exit;
  const auto look = [&](const PtyProcess::View& view) {
    url = first_opened(view.piped);
    if (url.empty()) url = first_request(view.output, false);
    exit = view.exit;
    return !url.empty() || exit.has_value();
  };
  int keys = 0;
  while (!process.wait_until(look, kBeforeAKey)) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill();
      return Failure{Failure::Origin::refused, "no-authorize-url",
                     "the login command neither opened nor printed an authorize URL in time" +
                         after_colon(last_words(process.output()))};
    }
    // One that was printed without a line's end is whole by now.
    url = first_request(process.output(), true);
    if (!url.empty()) break;
    if (keys++ < kMostKeys) process.type("\n");
  }
  if (url.empty() && exit) {
    const auto origin = exit->crashed() ? Failure::Origin::gone : Failure::Origin::refused;
    return Failure{origin, "",
                   describe_end("login", process, *exit) + " (before there was an authorize URL)"};
  }
  const auto opened = [&](const PtyProcess::View& view) {
    const std::string exact = first_opened(view.piped);
    if (!exact.empty()) url = exact;
    return !exact.empty() || view.exit.has_value();
  };
  (void)process.wait_until(opened, kToOpenIt);
  const auto query = query_of(url);
  if (const std::string* redirect = query.find("redirect_uri")) listens_at_ = origin_of(*redirect);
  return url;
}

Outcome<Landing> CliLogin::callback(std::string_view method, std::string_view url,
                                    std::uint16_t port, milliseconds timeout) {
  // Whoever shows a page of success is expected to be at it still; whoever shows an error may wait
  // for another callback, for minutes.
  constexpr milliseconds kAfterSuccess{2000};
  constexpr milliseconds kAfterError{300};
  constexpr milliseconds kAtMost{3000};
  PtyProcess& process = *run_->process;
  Outcome<Landing> visited = visit(method, url, timeout);
  if (!visited) return visited;
  Landing landing = std::move(visited).value();
  const bool fine = landing.status < 400;
  const auto exit = process.wait_while_busy(fine ? kAfterSuccess : kAfterError,
                                            fine ? timeout : std::min(timeout, kAtMost), port);
  if (!exit) {
    landing.note = "the login command goes on waiting";
  } else if (exit->crashed()) {
    return Failure{Failure::Origin::gone, "", describe_end("login", process, *exit)};
  } else if (!exit->good()) {
    landing.note = describe_end("login", process, *exit);
  }
  return landing;
}

}  // namespace heygen::conformance
