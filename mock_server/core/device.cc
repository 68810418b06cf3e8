#include "mock_server/core/device.h"

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

// §6.1: no vowels, so that no word comes out; no digits that look like letters. 34.5 bits in all.
constexpr std::string_view kUserCodeAlphabet = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kUserCodeLength = 8;
constexpr int kMostTries = 32;

}  // namespace

DeviceRequest start_device(const Context& context, const Client& client, std::string_view scope) {
  const Policy policy = policy_for(context, client);
  DeviceRequest request;
  request.device_code = random_alphanumeric(context.random, 48);
  request.client_id = client.id;
  request.scope = scope;
  request.issued_at = context.now;
  request.expires_at = saturating_add(context.now, policy.device_ttl);
  request.interval = policy.device_interval;
  for (int tries = 0; tries < kMostTries; ++tries) {
    request.user_code = random_text(context.random, kUserCodeAlphabet, kUserCodeLength);
    if (context.store.put_device(request)) return request;
  }
  throw StoreUnavailable("no free user code was found");
}

Result<TokenSet> poll_device(const Context& context, const Client& client,
                             std::optional<std::string_view> device_code) {
  if (!device_code) return make_error(ErrorId::device_code_missing, "device_code is missing");
  struct Explain {
    const TokenSet& tokens;
    Result<TokenSet> operator()(DeviceGranted) const { return tokens; }
    Result<TokenSet> operator()(DevicePending) const {
      return make_error(ErrorId::device_pending, "the user has not decided yet");
    }
    Result<TokenSet> operator()(DeviceSlowDown slow) const {
      return make_error(ErrorId::device_slow_down, "polled too soon; from now on wait " +
                                                       std::to_string(slow.interval.count()) +
                                                       " s between polls");
    }
    Result<TokenSet> operator()(DeviceDenied) const {
      return make_error(ErrorId::device_denied, "the user denied the request");
    }
    Result<TokenSet> operator()(DeviceExpired) const {
      return make_error(ErrorId::device_expired, "the device code has expired; begin anew");
    }
    Result<TokenSet> operator()(DeviceSpent) const {
      return make_error(ErrorId::device_code_invalid, "the device code has had its tokens");
    }
    Result<TokenSet> operator()(DeviceUnknown) const {
      return make_error(ErrorId::device_code_invalid,
                        "no such device code: never issued here, forgotten by a reset, or issued "
                        "to another client");
    }
  };
  const TokenSet tokens = new_tokens(context, policy_for(context, client));
  return std::visit(Explain{tokens},
                    context.store.poll_device(*device_code, client.id, tokens, context.now));
}

std::string canonical_user_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ' || c == '\t') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return code;
}

std::string display_user_code(std::string_view user_code) {
  const std::size_t half = user_code.size() / 2;
  return std::string{user_code.substr(0, half)} + "-" + std::string{user_code.substr(half)};
}

}  // namespace heygen::mock
