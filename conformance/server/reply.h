// What the server answered, as a check looks at it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/seen.h"

namespace heygen::conformance {

class Reply {
 public:
  explicit Reply(Seen seen) : seen_(std::move(seen)) {}

  [[nodiscard]] const Seen& seen() const { return seen_; }
  [[nodiscard]] int status() const { return seen_.status(); }
  [[nodiscard]] bool ok() const { return status() / 100 == 2; }
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return seen_.response().headers.get(name);
  }
  [[nodiscard]] const std::string& body() const { return seen_.response().body; }
  [[nodiscard]] bool is_html() const;

  // --- of a redirect ---
  [[nodiscard]] bool redirects() const;  // 3xx with a Location
  [[nodiscard]] std::string location() const { return std::string(header("Location")); }
  [[nodiscard]] std::string param(std::string_view name) const;  // of its query, decoded; or ""
  [[nodiscard]] std::size_t count(std::string_view name) const;

  // --- of a JSON object ---
  [[nodiscard]] bool is_json_object() const;
  [[nodiscard]] bool has(std::string_view member) const;
  [[nodiscard]] std::string text(std::string_view member) const;  // "" when it is no string
  [[nodiscard]] std::optional<double> number(std::string_view member) const;
  [[nodiscard]] std::string access_token() const { return text("access_token"); }
  [[nodiscard]] std::string refresh_token() const { return text("refresh_token"); }

  // The OAuth error, of the redirect or of the body; "" when there is none.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] bool has_error(std::initializer_list<std::string_view> wanted) const;

  // "302 to https://app.example/cb with code, state"; "400 invalid_grant". Nothing secret.
  [[nodiscard]] std::string describe() const;

 private:
  Seen seen_;
};

}  // namespace heygen::conformance
