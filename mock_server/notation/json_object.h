// Reading JSON that a person wrote: what is wrong is said with the key it is wrong at, and a key
// that nobody asked for is wrong too.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"

namespace heygen::mock {

// What a person gave cannot be taken. what() names the mend.
class BadInput : public std::runtime_error {
 public:
  BadInput(std::string key, const std::string& mend)
      : std::runtime_error(mend), key_(std::move(key)) {}
  // Where: "policies.pkce", "redirect_uris[2]"; "" for the whole.
  [[nodiscard]] const std::string& key() const noexcept { return key_; }

 private:
  std::string key_;
};

// Text into a value. Bad UTF-8, trailing text, nesting beyond 64 levels and a key given twice are
// refused. Throws BadInput, with line and column.
nlohmann::json parse_json(std::string_view text);

// Whether the text is JSON from end to end. (nlohmann's reader takes a NUL for the end, and does
// not look at what follows.)
bool is_json(std::string_view text);

// One object's members, each asked for by name. Every function throws BadInput. The JSON value must
// outlive it.
class JsonObject {
 public:
  explicit JsonObject(const nlohmann::json& value, std::string path = "");

  [[nodiscard]] bool has(std::string_view key) const;  // present, be it null
  // The member, marked as asked for; null when absent.
  const nlohmann::json* member(std::string_view key);
  [[nodiscard]] std::string path_of(std::string_view key) const;

  // Nothing when absent; null and other types are refused.
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key,
                                      std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                                      std::int64_t most = std::numeric_limits<std::int64_t>::max());
  std::optional<double> number(std::string_view key);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  std::optional<std::chrono::milliseconds> duration(std::string_view key, bool signed_ok = false);
  // The index of the member's text in `choices`.
  std::optional<std::size_t> choice(std::string_view key,
                                    std::initializer_list<std::string_view> choices);
  std::optional<JsonObject> object(std::string_view key);
  // Calls `each` with every member of the array.
  void each(std::string_view key,
            const std::function<void(const nlohmann::json& item, std::string path)>& each);

  // Refuses what was not asked for. Call it last.
  void finish() const;
  [[noreturn]] void refuse(std::string_view key, const std::string& mend) const;

 private:
  const nlohmann::json& value_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
  mutable std::set<std::string, std::less<>> looked_for_;  // by has(), which takes nothing
};

}  // namespace heygen::mock
