#include "mock_server/core/context.h"

#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::mock {

Policy policy_for(const Context& context, const Client& client) {
  Policy policy = context.policy;
  for (const auto& [name, value] : client.policies) (void)set_policy(policy, name, value);
  return policy;
}

std::vector<std::string> loopback_redirects() {
  return {"http://127.0.0.1/*", "http://localhost/*", "http://[::1]/*"};
}

std::shared_ptr<const Client> find_client(const Context& context, std::string_view id) {
  if (id.empty()) return nullptr;
  if (auto client = context.store.find_client(id)) return client;
  if (context.policy.unknown_client == UnknownClientPolicy::refuse) return nullptr;
  Client stranger;
  stranger.id = id;
  stranger.redirect_uris = loopback_redirects();
  return std::make_shared<const Client>(std::move(stranger));
}

std::string new_code(RandomSource& random) { return random_alphanumeric(random, 48); }

TokenSet new_tokens(const Context& context, const Policy& policy) {
  TokenSet tokens;
  tokens.issued_at = context.now;
  tokens.access = {random_alphanumeric(context.random, 42),
                   saturating_add(context.now, policy.access_ttl)};
  tokens.refresh = NewToken{
      random_alphanumeric(context.random, 48),
      policy.refresh_ttl.count() == 0 ? kNever : saturating_add(context.now, policy.refresh_ttl)};
  return tokens;
}

}  // namespace heygen::mock
