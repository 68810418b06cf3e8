// What a rule needs from outside: where things are kept, what time it is, where randomness comes
// from, and what the server insists on.
#pragma once

#include "mock_server/core/random.h"
#include "mock_server/core/store.h"

namespace heygen::mock {

struct Context {
  Store& store;
  RandomSource& random;
  TimePoint now;
  const Policy& policy;  // the sandbox's; a client's overrides come on top
  std::string_view issuer;
};

// The sandbox's policy with the client's overrides on top.
Policy policy_for(const Context& context, const Client& client);

// What a client gets that is let in without having said where it listens: loopback, any port and
// path.
std::vector<std::string> loopback_redirects();

// The registered client; or, where the policy accepts strangers, one made up for this request.
std::shared_ptr<const Client> find_client(const Context& context, std::string_view id);

// Codes and tokens as long as the vendor's: 48, 42 and 48 characters (facts.md).
std::string new_code(RandomSource& random);
TokenSet new_tokens(const Context& context, const Policy& policy);

}  // namespace heygen::mock
