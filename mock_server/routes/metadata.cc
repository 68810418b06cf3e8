// GET /.well-known/oauth-authorization-server (RFC 8414 §2, §3.2).
#include <initializer_list>

#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"

namespace heygen::mock {
namespace {

class Members {
 public:
  void add(std::string_view name, std::string_view json) {
    body_.append(body_.empty() ? "{" : ",").append(json_quote(name)).append(":").append(json);
  }
  void add_text(std::string_view name, std::string_view text) { add(name, json_quote(text)); }
  void add_list(std::string_view name, std::initializer_list<std::string_view> texts) {
    std::string list;
    for (const auto text : texts) list.append(list.empty() ? "" : ",").append(json_quote(text));
    add(name, "[" + list + "]");
  }
  [[nodiscard]] std::string finish() const { return body_ + "}"; }

 private:
  std::string body_;
};

}  // namespace

Answer handle_metadata(const Call&, const Visit& visit, const Fixtures&) {
  const Policy& policy = visit.context.policy;
  Members m;
  m.add_text("issuer", visit.context.issuer);
  m.add_text("authorization_endpoint", visit.base + "/v1/oauth/authorize");
  m.add_text("token_endpoint", visit.base + "/v1/oauth/token");
  m.add_text("registration_endpoint", visit.base + "/v1/oauth/register");
  m.add_text("userinfo_endpoint", visit.base + "/v1/oauth/userinfo");
  m.add_text("revocation_endpoint", visit.base + "/v1/oauth/revoke");
  m.add_text("device_authorization_endpoint", visit.base + "/v1/oauth/device_authorization");
  m.add_list("scopes_supported", {"openid", "profile", "email"});
  m.add_list("response_types_supported", {"code"});
  m.add_list("grant_types_supported", {"authorization_code", "refresh_token",
                                       "urn:ietf:params:oauth:grant-type:device_code"});
  m.add_list("token_endpoint_auth_methods_supported",
             {"none", "client_secret_post", "client_secret_basic"});
  if (policy.plain == PlainPolicy::allowed) {
    m.add_list("code_challenge_methods_supported", {"S256", "plain"});
  } else {
    m.add_list("code_challenge_methods_supported", {"S256"});
  }
  if (policy.issuer == IssuerPolicy::send) {  // RFC 9207 §3
    m.add("authorization_response_iss_parameter_supported", "true");
  }
  Answer answer;
  answer.response = json_response(200, m.finish());
  return answer;
}

}  // namespace heygen::mock
