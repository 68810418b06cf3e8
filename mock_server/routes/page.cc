#include "mock_server/routes/page.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/embedded.h"
#include "mock_server/routes/encode.h"

namespace heygen::mock {
namespace {

std::string_view file_text(std::string_view name) {
  const auto files = embedded_pages();
  const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
  if (file == files.end()) throw std::logic_error("no page " + std::string{name});
  return file->text;
}

// Nothing may be loaded, run or framed but the one stylesheet that is named by its hash. There is
// no form-action: browsers apply it to the redirects after a form as well, and where the client's
// callback leads to is not ours to know.
const std::string& content_security_policy() {
  static const std::string kPolicy = "default-src 'none'; style-src 'sha256-" +
                                     base64_padded(sha256(file_text("style.css"))) +
                                     "'; base-uri 'none'; frame-ancestors 'none'";
  return kPolicy;
}

// The q of a media range's parameters, in thousandths.
int quality(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  std::string_view text = parameters.substr(at + 2);
  int value = 0;
  int digits = 0;
  for (const char c : text) {
    if (c == '.' && digits == 1) continue;
    if (c < '0' || c > '9' || digits == 4) break;
    value = value * 10 + (c - '0');
    ++digits;
  }
  for (; digits < 4; ++digits) value *= 10;
  return std::min(value, 1000);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

wire::Response page(int status, std::string_view file, View view) {
  view.texts.emplace("style", file_text("style.css"));
  wire::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Content-Security-Policy", content_security_policy());
  protect_page(response.headers);
  response.body = render(file_text("head.html"), view) + render(file_text(file), view) +
                  std::string{file_text("foot.html")};
  return response;
}

wire::Response web_app_page() {
  wire::Response response;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.body = file_text("web_app.html");
  return response;
}

bool wants_html(const wire::Request& request) {
  std::string_view accept = request.headers.get("Accept");
  std::string_view best;
  int best_quality = 0;
  while (!accept.empty()) {
    const auto item = accept.substr(0, accept.find(','));
    accept.remove_prefix(std::min(accept.size(), item.size() + 1));
    const auto semicolon = std::min(item.find(';'), item.size());
    const int q = quality(item.substr(semicolon));
    if (q <= best_quality) continue;  // of equals the first
    best = trimmed(item.substr(0, semicolon));
    best_quality = q;
  }
  return wire::iequals(best, "text/html") || wire::iequals(best, "application/xhtml+xml");
}

Answer refuse_for_reader(const Call& call, OAuthError error, ErrorsPolicy errors) {
  if (!wants_html(call.request)) return refuse(std::move(error), errors);
  View view;
  view.texts = {{"title", "This login cannot go on"},
                {"text", error.status < 500
                             ? "The app that sent you here asked in a way that cannot be answered. "
                               "Go back to it and try again."
                             : "The server cannot answer now. Try again in a moment."}};
  View item;
  item.texts = {{"code", std::string{error.code}}};
  item.lists = {{"description", View::maybe(describe(error, errors))}};
  view.lists = {{"error", {std::move(item)}}};
  wire::Response html = page(error.status, "message.html", std::move(view));
  Answer answer = refuse(std::move(error), errors);
  answer.response = std::move(html);
  return answer;
}

std::string_view base_path(std::string_view base) {
  const auto authority = base.find("://");
  const auto slash = base.find('/', authority == std::string_view::npos ? 0 : authority + 3);
  return slash == std::string_view::npos ? std::string_view{} : base.substr(slash);
}

std::vector<View> scope_items(std::string_view scope) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kWords{{
      {"openid", "Know who you are"},
      {"profile", "See your name"},
      {"email", "See your e-mail address"},
  }};
  std::vector<View> items = View::maybe("Make and read videos in your name");
  while (!scope.empty()) {
    const auto word = scope.substr(0, scope.find(' '));
    scope.remove_prefix(std::min(scope.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto* const known =
        std::ranges::find(kWords, word, &std::pair<std::string_view, std::string_view>::first);
    items.push_back(View::maybe(std::string{known == kWords.end() ? word : known->second})[0]);
  }
  return items;
}

std::vector<View> user_items(const SandboxConfig& config) {
  std::vector<View> items;
  for (const User& user : config.users) {
    View item;
    const std::string name = user.first_name + " " + user.last_name;
    item.texts = {{"id", user.id}, {"name", name == " " ? user.id : name}, {"email", user.email}};
    item.lists = {{"first", View::when(items.empty())}};
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace heygen::mock
