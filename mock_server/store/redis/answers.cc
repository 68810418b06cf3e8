#include "mock_server/store/redis/answers.h"

#include <charconv>

#include "mock_server/core/crypto.h"
#include "mock_server/store/records.h"

namespace heygen::mock::redis {
namespace {

[[noreturn]] void misread() { throw StoreUnavailable("Redis answered what no script answers"); }

template <typename Number>
Number number_of(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) misread();
  return number;
}

TokenState state_of(std::string_view name) {
  for (const auto state :
       {TokenState::active, TokenState::expired, TokenState::revoked, TokenState::used}) {
    if (to_string(state) == name) return state;
  }
  misread();
}

}  // namespace

const Reply& part(const Reply& reply, std::size_t index) {
  static const Reply kNothing;
  // A list of Lua ends at its first nil.
  return index < reply.list.size() ? reply.list[index] : kNothing;
}

const std::string& text_at(const Reply& reply, std::size_t index) {
  const Reply& found = part(reply, index);
  if (found.type != Reply::Type::text) misread();
  return found.text;
}

std::string_view outcome(const Reply& reply) { return text_at(reply, 0); }

std::optional<std::string> optional_text_at(const Reply& reply, std::size_t index) {
  if (part(reply, index).type == Reply::Type::nothing) return std::nullopt;
  return text_at(reply, index);
}

std::int64_t integer_at(const Reply& reply, std::size_t index) {
  const Reply& found = part(reply, index);
  if (found.type != Reply::Type::integer) misread();
  return found.integer;
}

bool flag_at(const Reply& reply, std::size_t index) { return integer_at(reply, index) != 0; }

TimePoint time_at(const Reply& reply, std::size_t index) {
  return records::read_time(text_at(reply, index));
}

GrantId grant_at(const Reply& reply, std::size_t index) {
  return number_of<GrantId>(text_at(reply, index));
}

// As view() of tokens.lua writes it.
TokenView token_view(const Reply& reply) {
  TokenView out;
  const std::string& kind = text_at(reply, 0);
  out.kind = kind == to_string(TokenKind::access) ? TokenKind::access : TokenKind::refresh;
  out.value = text_at(reply, 1);
  out.id = fingerprint(out.value);
  out.client_id = text_at(reply, 2);
  out.user = text_at(reply, 3);
  out.scope = text_at(reply, 4);
  out.state = state_of(text_at(reply, 5));
  out.revoked_by = static_cast<RevokedBy>(number_of<std::uint8_t>(text_at(reply, 6)));
  out.issued_at = time_at(reply, 7);
  out.expires_at = time_at(reply, 8);
  const std::string& parent = text_at(reply, 9);
  if (!parent.empty()) out.parent = fingerprint(parent);
  out.grant = grant_at(reply, 10);
  return out;
}

void refuse_outcome(std::string_view) { misread(); }

}  // namespace heygen::mock::redis
