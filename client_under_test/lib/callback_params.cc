#include "client_under_test/lib/callback_params.h"

#include "client_under_test/lib/form.h"

namespace heygen::client {
namespace {

std::string_view without_fragment(std::string_view url) { return url.substr(0, url.find('#')); }

std::optional<std::string>* slot_for(CallbackParams& params, std::string_view name) {
  if (name == "code") return &params.code;
  if (name == "state") return &params.state;
  if (name == "error") return &params.error;
  if (name == "error_description") return &params.error_description;
  if (name == "iss") return &params.iss;
  return nullptr;
}

}  // namespace

std::string_view path_of(std::string_view url) {
  url = without_fragment(url);
  url = url.substr(0, url.find('?'));
  if (const std::size_t authority = url.find("://"); authority != std::string_view::npos) {
    const std::size_t slash = url.find('/', authority + 3);
    return slash == std::string_view::npos ? "/" : url.substr(slash);
  }
  return url.empty() ? "/" : url;
}

std::string_view query_of(std::string_view url) {
  url = without_fragment(url);
  const std::size_t mark = url.find('?');
  return mark == std::string_view::npos ? "" : url.substr(mark + 1);
}

Result<CallbackParams> parse_callback_query(std::string_view query) {
  CallbackParams params;
  for (FormField& field : form_decode(query)) {
    std::optional<std::string>* const slot = slot_for(params, field.name);
    if (slot == nullptr) continue;
    if (slot->has_value()) {
      return Error{ErrorKind::invalid_callback,
                   "the callback holds the parameter \"" + field.name + "\" more than once"};
    }
    if (field.malformed) {
      return Error{ErrorKind::invalid_callback,
                   "the callback's parameter \"" + field.name + "\" has a broken percent escape"};
    }
    *slot = std::move(field.value);
  }
  return params;
}

Result<CallbackParams> read_callback(std::string_view url) {
  return parse_callback_query(query_of(url));
}

}  // namespace heygen::client
