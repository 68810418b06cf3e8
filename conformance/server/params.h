// The parameters of a request, to be spoiled one at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::conformance {

class Params {
 public:
  Params() = default;
  Params(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  [[nodiscard]] std::string get(std::string_view name) const;  // the first; "" when there is none

  // Each changes that parameter alone.
  Params& set(std::string_view name, std::string_view value);  // in its place, or at the end
  Params& drop(std::string_view name);
  Params& add(std::string_view name, std::string_view value);  // even if there is one

  // A copy with the change.
  [[nodiscard]] Params with(std::string_view name, std::string_view value) const;
  [[nodiscard]] Params without(std::string_view name) const;
  [[nodiscard]] Params twice(std::string_view name, std::string_view value) const;  // again

  [[nodiscard]] std::string encoded() const;  // as a form or a query
  [[nodiscard]] const auto& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The URL with the parameters in its query, behind what it has there already.
[[nodiscard]] std::string with_query(const std::string& url, const Params& params);

}  // namespace heygen::conformance
