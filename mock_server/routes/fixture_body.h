// A JSON body with holes, compiled once: what is filled in is escaped where it stands in a string.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::mock {

class FixtureBody {
 public:
  FixtureBody() = default;
  // Strings in `body` may hold {{name}}. A string that is nothing but {{name}} becomes a number
  // where the value is one, or null where there is none; {{body.NAME}} stays a string. Throws
  // BadInput, with `path`, for a name that `known` does not know.
  FixtureBody(const nlohmann::ordered_json& body, const std::string& path,
              const std::function<bool(std::string_view name)>& known);

  using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
  [[nodiscard]] std::string fill(const Lookup& value_of) const;

 private:
  struct Piece {
    enum class Kind { text, in_string, whole, whole_text } kind = Kind::text;
    std::string text;  // or the name
  };
  void compile(const nlohmann::ordered_json& value, const std::string& path,
               const std::function<bool(std::string_view)>& known);
  void compile_string(std::string_view text, const std::string& path,
                      const std::function<bool(std::string_view)>& known);
  void add_text(std::string_view text);

  std::vector<Piece> pieces_;
};

}  // namespace heygen::mock
