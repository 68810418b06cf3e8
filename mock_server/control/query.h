// The parameters of a control call's URL.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/wire/form.h"

namespace heygen::mock::control {

// Every function throws BadInput.
class Query {
 public:
  // `known`: the names that the route takes, separated by spaces. Another one, one given twice and
  // what is no query are refused.
  Query(std::string_view raw, std::string_view known);

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> number(
      std::string_view name, std::uint64_t most = std::numeric_limits<std::int64_t>::max()) const;
  [[nodiscard]] bool flag(std::string_view name) const;  // "1"; absent or "0": false

  [[nodiscard]] const wire::Form& form() const noexcept { return form_; }

 private:
  wire::Form form_;
};

}  // namespace heygen::mock::control
