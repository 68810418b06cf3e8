#include "client_under_test/lib/login_request.h"

#include <array>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/form.h"

namespace heygen::client {
namespace {

std::string random_text(RandomSource& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  return base64url(bytes);
}

}  // namespace

std::string make_verifier(RandomSource& random) { return random_text(random); }

Challenge make_challenge(std::string_view verifier, std::string_view /*last_error*/) {
  return {base64url(sha256(verifier)), "S256"};
}

std::string make_state(const StateInput& input) { return random_text(input.random); }

std::string build_authorize_url(const AuthorizeRequest& request) {
  Fields fields{{"response_type", "code"},
                {"client_id", request.config.client_id},
                {"redirect_uri", request.config.redirect_uri},
                {"scope", request.config.scope},
                {"state", std::string(request.state)},
                {"code_challenge", request.challenge.value},
                {"code_challenge_method", request.challenge.method}};
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  const std::string& endpoint = request.config.authorize_url;
  const char join = endpoint.find('?') == std::string::npos ? '?' : '&';
  return endpoint + join + form_encode(fields);
}

}  // namespace heygen::client
