#include "mock_server/routes/params.h"

#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::mock {

std::optional<std::string_view> param(const wire::Form& form, std::string_view name) noexcept {
  const std::string* const found = form.find(name);
  if (found == nullptr || found->empty()) return std::nullopt;
  return *found;
}

std::optional<std::string> param_copy(const wire::Form& form, std::string_view name) {
  const auto found = param(form, name);
  return found ? std::optional{std::string{*found}} : std::nullopt;
}

std::string_view find_duplicate(const wire::Form& form,
                                std::span<const std::string_view> names) noexcept {
  for (const std::string_view name : names) {
    if (form.count(name) > 1) return name;
  }
  return {};
}

std::optional<OAuthError> check_body(const Call& call, std::span<const std::string_view> once) {
  if (call.request.body.size() > kMaxForm) {
    return make_error(ErrorId::request_too_large, "a form has at most 64 KiB");
  }
  if (call.form.error) {
    return make_error(ErrorId::parameters_malformed, "the body is no well-formed form",
                      *call.form.error);
  }
  if (const auto twice = find_duplicate(call.form, once); !twice.empty()) {
    return make_error(ErrorId::parameter_duplicated,
                      std::string{twice} + " was sent more than once (RFC 6749 §3.2)", twice);
  }
  return std::nullopt;
}

ClientCredentials credentials_of(const Call& call) {
  ClientCredentials credentials;
  credentials.id = param(call.form, "client_id");
  credentials.secret = param(call.form, "client_secret");
  credentials.redirect_uri = param(call.form, "redirect_uri").value_or("");
  credentials.basic_tried = call.basic_tried;
  if (call.basic) credentials.basic = {call.basic->first, call.basic->second};
  return credentials;
}

void read_basic(Call& call) {
  // Other schemes authenticate no client; the vendor's library does not look at them either.
  const auto header = call.request.headers.get("Authorization");
  if (header.size() < 5 || !wire::iequals(header.substr(0, 5), "Basic")) return;
  if (header.size() > 5 && header[5] != ' ') return;
  call.basic_tried = true;
  const auto decoded = base64_decode(header.substr(std::min<std::size_t>(6, header.size())));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return;
  const auto decode = [](std::string_view half) -> std::optional<std::string> {
    if (half.find_first_of("&=") != std::string_view::npos) return std::string{half};
    const wire::Form form = wire::parse_form("v=" + std::string{half});
    if (form.error || form.fields.size() != 1) return std::nullopt;
    return form.fields.front().second;
  };
  auto id = decode(std::string_view{*decoded}.substr(0, colon));
  auto secret = decode(std::string_view{*decoded}.substr(colon + 1));
  if (id && secret) call.basic = {std::move(*id), std::move(*secret)};
}

}  // namespace heygen::mock
