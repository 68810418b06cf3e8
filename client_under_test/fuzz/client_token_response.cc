// A token endpoint's answer: judged without failing, and nothing of it that must not be used is
// used. The input is a status byte, a Content-Type, a line end, and a body.
#include "client_under_test/lib/text.h"
#include "client_under_test/lib/token_response.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace client;

void run(std::string_view input) {
  constexpr int kStatuses[] = {200, 200, 200, 400, 401, 302, 429, 503};
  HttpResponse response;
  response.status = kStatuses[take_byte(input) % std::size(kStatuses)];
  const std::string type{take_until(input, '\n')};
  if (!type.empty()) response.headers.emplace_back("Content-Type", type);
  response.headers.emplace_back("Retry-After", type);
  response.body = input;

  const Instant now{std::chrono::seconds{1767225600}};
  const auto answer = judge_token_response(response, now, TokenRules{});
  (void)describe_exchange(response);
  if (!answer) {
    require(!answer.error().message.empty(), "a refusal says why");
    require(answer.error().message.find('\n') == std::string::npos, "in one line");
    require(!answer.error().retry_at || *answer.error().retry_at >= now - std::chrono::hours{1},
            "no retry lies far in the past");
    return;
  }
  require(response.status == 200, "tokens come with 200 alone");
  require(!answer->access_token.empty() && is_visible_ascii(answer->access_token),
          "an access token is fit for a header (RFC 6750 §2.1)");
  require(!answer->refresh_token || !answer->refresh_token->empty(), "no empty refresh token");
  require(!answer->expires_at || *answer->expires_at > now, "no token is dead on arrival");
  require(!answer->expires_at || *answer->expires_at < now + std::chrono::hours{24 * 366 * 101},
          "nor does it outlive its server");
}

}  // namespace heygen::fuzz
