#include "mock_server/journal/curl.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/body.h"
#include "mock_server/journal/params.h"
#include "mock_server/journal/render.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kLongestVariable = 40;
constexpr std::size_t kFingerprint = 15;  // "fp-" and 12 digits

// The variables that stand for secrets, by fingerprint: an argument is first written with
// fingerprints, which no quoting changes, and these are replaced last.
class Variables {
 public:
  explicit Variables(const std::vector<Secret>& secrets) {
    std::set<std::string> used;
    for (const auto& [name, value] : secrets) {
      const auto print = fingerprint(value);
      if (by_print_.contains(print)) continue;
      const auto stem = variable(name);
      auto unused = stem;
      for (int n = 2; !used.insert(unused).second; ++n) unused = stem + "_" + std::to_string(n);
      by_print_.emplace(print, unused);
    }
  }

  // A word of the shell that stands for the text.
  [[nodiscard]] std::string quoted(std::string_view text) const {
    std::string out;
    std::string literal;
    const auto flush = [&] {
      if (!literal.empty()) out += quoted_literal(std::exchange(literal, {}));
    };
    while (!text.empty()) {
      const auto found = by_print_.find(std::string{text.substr(0, kFingerprint)});
      if (found != by_print_.end()) {
        flush();
        out += "\"$" + found->second + "\"";
        text.remove_prefix(kFingerprint);
      } else {
        literal += text.front();
        text.remove_prefix(1);
      }
    }
    flush();
    return out.empty() ? "''" : out;
  }

 private:
  static std::string variable(std::string_view name) {
    std::string out;
    for (const char c : name) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      const bool digit = c >= '0' && c <= '9';
      if (letter || (digit && !out.empty())) {
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      } else if (!out.empty() && out.back() != '_') {
        out += '_';
      }
    }
    out.resize(std::min(out.size(), kLongestVariable));
    while (out.ends_with('_')) out.pop_back();
    return out.empty() ? "SECRET" : out;
  }

  static std::string quoted_literal(const std::string& text) {
    constexpr std::string_view kSafe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
    if (text.find_first_not_of(kSafe) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : text) {
      if (c == '\'') {
        out += "'\\''";
      } else if (c != '\0') {  // no argument can hold one
        out += c;
      }
    }
    return out + "'";
  }

  std::map<std::string, std::string, std::less<>> by_print_;
};

// The command's words, with fingerprints for secrets; the options begin with '-'.
class Words {
 public:
  Words(const Entry& entry, const Redactor& redactor, std::string_view base)
      : entry_(entry),
        request_(entry.request),
        redactor_(redactor_for(entry, redactor).noting(secrets_)) {
    add_url(base);
    for (const auto& [name, value] : request_.headers) add_header(name, value, base);
    add_body();
    add_method();
  }

  [[nodiscard]] std::string command() const {
    const Variables variables{secrets_};
    std::string out = "curl";
    for (const auto& words : lines_) {
      if (&words != &lines_.front()) out += " \\\n ";
      for (const auto& word : words) out += " " + variables.quoted(to_utf8(word));
    }
    return out;
  }

 private:
  void add_url(std::string_view base) {
    const auto path = redactor_.text(request_.path());
    auto url = std::string{base} + path;
    if (request_.target.find('?') != std::string::npos) {
      url += "?" + redactor_.query(request_.query());
    }
    std::vector<std::string> line;
    // Else curl would expand [], {} and remove "/../".
    if (url.find_first_of("[]{}") != std::string::npos) line.emplace_back("--globoff");
    if (path.find("/.") != std::string::npos) line.emplace_back("--path-as-is");
    line.push_back(std::move(url));
    lines_.push_back(std::move(line));
  }

  void add_header(const std::string& name, const std::string& value, std::string_view base) {
    if (name.empty() || name.front() == '@') return;  // curl would read a file
    const auto is = [&name](std::string_view other) { return wire::iequals(name, other); };
    // What curl decides by itself, or what held for one connection only.
    for (const auto* own : {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
                            "Expect", "Accept-Encoding"}) {
      if (is(own)) return;
    }
    if (is("Host") && base.ends_with("://" + value)) return;
    if (is("Host") && base.find("://" + value + "/") != std::string_view::npos) return;
    if (is("Accept") && value == "*/*") return;
    if (is("Authorization") && add_user(value)) return;
    const auto shown = redactor_.header(name, value);
    add("--header", redactor_.text(name) + (shown.empty() ? ";" : ": " + shown));
  }

  // The blob cannot hold a variable: curl makes it of user and password, which are not form-encoded
  // then.
  bool add_user(const std::string& value) {
    if (value.size() < 6 || !wire::iequals(value.substr(0, 6), "Basic ")) return false;
    const auto shown = redactor_.header("Authorization", value);
    if (shown.find(':') == std::string::npos) return false;
    add("--user", shown.substr(6));
    return true;
  }

  void add_body() {
    if (request_.body.empty()) return;
    if (!request_.headers.has("Content-Type")) add("--header", "Content-Type:");
    if (is_form(request_)) {
      add_form();
      return;
    }
    nlohmann::ordered_json shown;
    const auto how =
        show_body(request_.body, entry_.endpoint, Redactor::JsonOf::request, redactor_, shown);
    if (how == BodyShown::json) {
      add("--data-raw",
          shown.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    } else if (how == BodyShown::text && request_.body.size() <= kMostBodyShown) {
      add("--data-raw", shown.get<std::string>());
    } else {
      secrets_.push_back({"body", request_.body});
      add("--data-raw", fingerprint(request_.body));
    }
  }

  // Field by field, as curl joins them with '&' again.
  void add_form() {
    const auto shown_form = redactor_.query(request_.body);
    std::string_view raw = request_.body;
    std::string_view shown = shown_form;
    while (!raw.empty()) {
      const auto raw_piece = next_piece(raw);
      const auto piece = next_piece(shown);
      if (raw_piece.empty()) continue;
      // A variable holds the value as it is, and has to be encoded; all else is so already.
      const auto value = raw_piece.substr(std::min(raw_piece.find('=') + 1, raw_piece.size()));
      const bool variable =
          piece != raw_piece && piece.ends_with("=" + fingerprint(loosely_form_decoded(value)));
      add(variable ? "--data-urlencode" : "--data-raw", std::string{piece});
    }
  }

  static std::string_view next_piece(std::string_view& form) {
    const auto end = std::min(form.find('&'), form.size());
    const auto piece = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    return piece;
  }

  void add_method() {
    const bool data = !request_.body.empty();
    if (request_.method == "HEAD" && !data) {
      add("--head");
    } else if (!request_.method.empty() && request_.method != (data ? "POST" : "GET")) {
      add("--request", redactor_.text(request_.method));
    }
  }

  void add(std::string option) { lines_.push_back({std::move(option)}); }
  void add(std::string option, std::string value) {
    lines_.push_back({std::move(option), std::move(value)});
  }

  const Entry& entry_;
  const wire::Request& request_;
  std::vector<Secret> secrets_;
  const Redactor redactor_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace

std::string as_curl(const Entry& entry, const Redactor& redactor, std::string_view base) {
  return Words{entry, redactor, base}.command();
}

}  // namespace heygen::mock
