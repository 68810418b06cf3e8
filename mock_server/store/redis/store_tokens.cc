// RedisStore: grants and tokens.
#include <utility>

#include "mock_server/store/records.h"
#include "mock_server/store/redis/answers.h"
#include "mock_server/store/redis/store.h"

namespace heygen::mock::redis {
namespace {

// How many tokens a script looks at, so that no other client of Redis waits long for it.
constexpr const char* kPage = "1000";

std::string rotation_name(RotationPolicy rotation) {
  return rotation == RotationPolicy::rotate ? "rotate" : "keep";
}

std::string reuse_name(ReusePolicy reuse) {
  switch (reuse) {
    case ReusePolicy::ignore:
      return "ignore";
    case ReusePolicy::revoke_family:
      return "revoke_family";
    case ReusePolicy::reject:
      break;
  }
  return "reject";
}

std::string number_of(RevokedBy by) { return std::to_string(static_cast<int>(by)); }

}  // namespace

GrantId RedisStore::put_grant(std::string_view client_id, std::string_view user,
                              std::string_view scope, const TokenSet& tokens) {
  Arguments arguments{std::string{client_id}, std::string{user}, std::string{scope}};
  append(arguments, tokens);
  return grant_at(run("put_grant", std::move(arguments)), 1);
}

std::optional<TokenView> RedisStore::find_token(std::string_view value, TimePoint now) const {
  const Reply reply = run("find_token", {std::string{value}, records::write_time(now)});
  const Reply& view = part(reply, 1);
  return view.type == Reply::Type::list ? std::optional{token_view(view)} : std::nullopt;
}

RotateOutcome RedisStore::rotate_refresh(std::string_view value, const TokenSet& tokens,
                                         const Rotation& how, TimePoint now) {
  // In ms, and no further than text can say.
  const auto grace = saturating_add(TimePoint{}, how.grace);
  Arguments arguments{
      std::string{value},          records::write_time(now),
      rotation_name(how.rotation), reuse_name(how.reuse),
      records::write_time(grace),  how.old_access == OldAccessPolicy::revoke ? "1" : "0"};
  append(arguments, tokens);
  const Reply reply = run("rotate_refresh", std::move(arguments));
  const std::string_view what = outcome(reply);
  if (what == "rotated") {
    TokenSet given = tokens;
    if (how.rotation == RotationPolicy::reuse) {
      given.refresh = NewToken{std::string{value}, time_at(reply, 1)};
    } else if (how.rotation == RotationPolicy::omit) {
      given.refresh.reset();
    }
    return Rotated{std::move(given)};
  }
  if (what == "grace") {
    return GraceReplay{{{text_at(reply, 1), time_at(reply, 2)},
                        NewToken{text_at(reply, 3), time_at(reply, 4)},
                        time_at(reply, 5)}};
  }
  if (what == "reused") return RefreshReused{flag_at(reply, 1)};
  if (what == "expired") return RefreshExpired{};
  if (what == "revoked") return RefreshRevoked{};
  if (what == "unknown") return RefreshUnknown{};
  refuse_outcome(what);
}

bool RedisStore::revoke(std::string_view value) {
  return flag_at(run("revoke", {std::string{value}, number_of(RevokedBy::client), "value"}), 1);
}

// --- the control API ---------------------------------------------------------------------------

std::vector<TokenView> RedisStore::tokens(TimePoint now) const {
  std::vector<TokenView> all;
  for (std::optional<std::string> last = "0"; last;) {
    const Reply reply = run("tokens_after", {*last, kPage, records::write_time(now)});
    for (const Reply& view : part(reply, 1).list) all.push_back(token_view(view));
    last = optional_text_at(reply, 2);
  }
  return all;
}

bool RedisStore::revoke_by_id(std::string_view id) {
  return flag_at(run("revoke", {std::string{id}, number_of(RevokedBy::control), "id"}), 1);
}

bool RedisStore::expire_by_id(std::string_view id, TimePoint now) {
  return flag_at(run("expire_by_id", {std::string{id}, records::write_time(now)}), 1);
}

// Page by page, to the end: what is issued meanwhile for a token that is still good stands behind
// it, and has its turn.
std::size_t RedisStore::expire_all(TimePoint now) {
  std::size_t expired = 0;
  for (std::optional<std::string> last = "0"; last;) {
    const Reply reply = run("expire_after", {*last, kPage, records::write_time(now)});
    expired += static_cast<std::size_t>(integer_at(reply, 1));
    last = optional_text_at(reply, 2);
  }
  return expired;
}

void RedisStore::clear() { run("clear", {}); }

}  // namespace heygen::mock::redis
