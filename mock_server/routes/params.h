// Parameters as the OAuth endpoints read them (RFC 6749 §3.1, §3.2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/client_auth.h"
#include "mock_server/core/error.h"
#include "mock_server/routes/surface.h"
#include "mock_server/wire/form.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

inline constexpr std::size_t kMaxForm = std::size_t{64} * 1024;

// One that was sent empty counts as left out.
std::optional<std::string_view> param(const wire::Form& form, std::string_view name) noexcept;
std::optional<std::string> param_copy(const wire::Form& form, std::string_view name);

// The first of `names` that was sent more than once; "" when none was.
std::string_view find_duplicate(const wire::Form& form,
                                std::span<const std::string_view> names) noexcept;

// The error, or nothing: a body of a form's type and size, well-formed, with each of `once` sent no
// more than once. Others that are not known are ignored.
std::optional<OAuthError> check_body(const Call& call, std::span<const std::string_view> once);

// Who the body or the Authorization header says the client is. Views into the call.
ClientCredentials credentials_of(const Call& call);

// Fills in basic_tried and basic (RFC 6749 §2.3.1, RFC 7617).
void read_basic(Call& call);

}  // namespace heygen::mock
