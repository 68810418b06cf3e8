#include "mock_server/core/client_auth.h"

#include <string>

#include "mock_server/core/crypto.h"

namespace heygen::mock {

std::string explain_unknown_client(std::string_view id, std::string_view redirect_uri) {
  std::string value{id};
  value.append("=").append(redirect_uri.empty() ? "REDIRECT_URI" : redirect_uri);
  // It is there to be pasted into a shell, and any page may have chosen the text.
  std::string why{"no such client; register it with --client '"};
  for (const char c : value) {
    if (c == '\'') {
      why += "'\\''";
    } else {
      why += c < ' ' || c == '\x7f' ? '?' : c;
    }
  }
  return why += "'";
}

Result<std::shared_ptr<const Client>> authenticate(const Context& context,
                                                   const ClientCredentials& credentials) {
  // RFC 6749 §5.2: 401 with a challenge for who came by the Authorization header; 400 for others.
  const auto fail = [&](ErrorId otherwise, std::string why) {
    return make_error(credentials.basic_tried ? ErrorId::client_basic_failed : otherwise,
                      std::move(why));
  };
  if (credentials.basic_tried && !credentials.basic) {
    return fail(ErrorId::client_unknown,
                "the Authorization header is not HTTP Basic with base64(id:secret), both halves "
                "form-encoded (RFC 6749 §2.3.1)");
  }
  // RFC 6749 §2.3: no more than one method in a request.
  if (credentials.basic && credentials.secret) {
    return make_error(ErrorId::client_methods_mixed,
                      "HTTP Basic and client_secret were both sent (RFC 6749 §2.3)");
  }
  const std::string_view id =
      credentials.basic ? credentials.basic->first : credentials.id.value_or("");
  if (credentials.basic && credentials.id && *credentials.id != id) {
    return fail(ErrorId::client_unknown,
                "client_id in the body differs from the one in HTTP Basic");
  }
  if (id.empty()) return fail(ErrorId::client_unknown, "client_id is missing");
  auto client = find_client(context, id);
  if (!client)
    return fail(ErrorId::client_unknown, explain_unknown_client(id, credentials.redirect_uri));

  std::optional<std::string_view> secret = credentials.secret;
  if (credentials.basic && !credentials.basic->second.empty()) secret = credentials.basic->second;
  if (client->is_public()) {
    if (!secret) return client;
    return fail(ErrorId::client_secret_wrong,
                "this client is public and has no secret: leave client_secret out, or register "
                "the client with --client '" +
                    client->id + "=REDIRECT_URI,secret=…'");
  }
  if (!secret) {
    return fail(ErrorId::client_secret_wrong, "this client is confidential: its secret is missing");
  }
  if (!constant_time_equal(*client->secret, *secret)) {
    return fail(ErrorId::client_secret_wrong, "the client secret is wrong");
  }
  return client;
}

}  // namespace heygen::mock
