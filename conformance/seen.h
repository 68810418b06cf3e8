// A request that the subject sent, as the mock or another origin saw it.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/journal/entry.h"
#include "mock_server/wire/form.h"

namespace heygen::conformance {

constexpr bool is_good(int status) noexcept { return status >= 200 && status < 300; }

class Seen {
 public:
  explicit Seen(std::shared_ptr<const mock::Entry> entry);

  [[nodiscard]] const mock::Entry& entry() const { return *entry_; }
  [[nodiscard]] const mock::wire::Request& request() const { return entry_->request; }
  [[nodiscard]] const mock::wire::Response& response() const { return entry_->response; }
  [[nodiscard]] int status() const { return entry_->response.status; }

  // Both decoded; what is not a form reads as far as it is one, with `error` set.
  [[nodiscard]] const mock::wire::Form& query() const { return query_; }
  [[nodiscard]] const mock::wire::Form& form() const { return form_; }
  // The first parameter of that name, of the body before the query; "" when there is none.
  [[nodiscard]] std::string param(std::string_view name) const;
  [[nodiscard]] bool has_param(std::string_view name) const;

  // The credentials of "Authorization: Bearer …", in any case; nothing without.
  [[nodiscard]] std::optional<std::string> bearer() const;
  [[nodiscard]] std::string header(std::string_view name) const;

  // Everything the subject sent, as one text to be searched.
  [[nodiscard]] std::string whole_request() const;

 private:
  std::shared_ptr<const mock::Entry> entry_;
  mock::wire::Form query_;
  mock::wire::Form form_;
};

// The JSON object that a body is, from end to end; null when it is none.
nlohmann::json json_object(std::string_view body);

// A member of the response's JSON object when it is a string, else "".
std::string json_text(const mock::wire::Response& response, std::string_view member);

}  // namespace heygen::conformance
