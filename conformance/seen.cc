#include "conformance/seen.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace heygen::conformance {

using mock::wire::Form;

Seen::Seen(std::shared_ptr<const mock::Entry> entry)
    : entry_(std::move(entry)),
      query_(mock::wire::parse_form(entry_->request.query())),
      form_(mock::wire::parse_form(entry_->request.body)) {}

std::string Seen::param(std::string_view name) const {
  if (const std::string* value = form_.find(name)) return *value;
  if (const std::string* value = query_.find(name)) return *value;
  return {};
}

bool Seen::has_param(std::string_view name) const {
  return form_.find(name) != nullptr || query_.find(name) != nullptr;
}

std::string Seen::header(std::string_view name) const {
  return std::string(entry_->request.headers.get(name));
}

std::optional<std::string> Seen::bearer() const {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = entry_->request.headers.get("Authorization");
  if (!mock::wire::iequals(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return std::string(value.substr(kScheme.size()));
}

std::string Seen::whole_request() const {
  std::string text = entry_->request.method + " " + entry_->request.target + "\n";
  for (const auto& [name, value] : entry_->request.headers) text += name + ": " + value + "\n";
  return text + "\n" + entry_->request.body;
}

nlohmann::json json_object(std::string_view body) {
  // nlohmann's reader takes a NUL for the end, and does not look at what follows.
  if (body.find('\0') != std::string_view::npos) return nullptr;
  auto parsed = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) parsed = nullptr;
  return parsed;
}

std::string json_text(const mock::wire::Response& response, std::string_view member) {
  const auto body = json_object(response.body);
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace heygen::conformance
