#include "mock_server/core/quota.h"

namespace heygen::mock {

std::optional<std::chrono::seconds> over_rate(const Context& context, const Access& access,
                                              std::string_view account) {
  const auto client = find_client(context, access.client_id);
  const Policy policy = client ? policy_for(context, *client) : context.policy;
  if (policy.api_rate == 0) return std::nullopt;
  const QuotaAnswer answer =
      context.store.take_quota(account, policy.api_rate, policy.api_rate_window, context.now);
  if (answer.granted) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(answer.until - context.now);
}

}  // namespace heygen::mock
