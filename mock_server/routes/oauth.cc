#include "mock_server/routes/oauth.h"

#include <array>
#include <span>

#include "mock_server/core/authorize.h"
#include "mock_server/core/crypto.h"
#include "mock_server/core/token.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

using wire::Form;
using wire::Request;
using wire::Response;

constexpr std::size_t kMaxForm = 64 * 1024;

std::string quote(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7F || c == '<' || c == '>' || c == '&') {
      out.append("\\u00").append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0xFU]);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

Response json(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers = {
      {"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
  response.body = std::move(body);
  return response;
}

// The one writer of OAuth errors (RFC 6749 §5.2).
Response refuse(const OAuthError& error) {
  std::string body = "{\"error\":" + quote(error.code);
  if (!error.description.empty()) body += ",\"error_description\":" + quote(error.description);
  Response response = json(error.status, body + "}");
  if (error.status == 401) {
    response.headers.add("WWW-Authenticate", "Basic realm=\"heygen-mock\"");
  }
  return response;
}

// RFC 6749 §5.1, in the guide's order of fields.
Response give(const TokenSet& tokens) {
  const auto lifetime =
      std::chrono::duration_cast<std::chrono::seconds>(tokens.access.expires_at - tokens.issued_at);
  std::string body = "{\"token_type\":\"Bearer\",\"access_token\":\"" + tokens.access.value +
                     "\",\"expires_in\":" + std::to_string(lifetime.count());
  if (tokens.refresh) body += ",\"refresh_token\":\"" + tokens.refresh->value + "\"";
  return json(200, body + "}");
}

// An empty parameter counts as one left out (RFC 6749 §3.1, §3.2).
std::optional<std::string> value(const Form& form, std::string_view name) {
  const std::string* const found = form.find(name);
  if (found == nullptr || found->empty()) return std::nullopt;
  return *found;
}

std::optional<OAuthError> check_form(const Form& form, std::span<const std::string_view> known) {
  if (form.error) {
    return make_error(ErrorId::parameters_malformed, "send well-formed parameters", *form.error);
  }
  for (const std::string_view name : known) {
    if (form.count(name) > 1) {
      return make_error(ErrorId::parameter_duplicated, "send it once", name);
    }
  }
  return std::nullopt;
}

Response authorize(const World&, const Context& context, const Request& request) {
  constexpr std::array<std::string_view, 7> kKnown{
      "response_type", "client_id",      "redirect_uri",         "state",
      "scope",         "code_challenge", "code_challenge_method"};
  const Form form = wire::parse_form(request.query());
  if (auto error = check_form(form, kKnown)) return refuse(*error);
  const auto outcome = check_authorize(
      context, {value(form, "response_type"), value(form, "client_id"), value(form, "redirect_uri"),
                value(form, "state"), value(form, "scope"), value(form, "code_challenge"),
                value(form, "code_challenge_method")});
  const auto redirect = [](std::string location) {
    Response response;
    response.status = 302;
    response.headers = {{"Location", std::move(location)},
                        {"Cache-Control", "no-store"},
                        {"Referrer-Policy", "no-referrer"},
                        {"X-Frame-Options", "DENY"}};
    return response;
  };
  if (const auto* const refused = std::get_if<AuthorizeRefused>(&outcome)) {
    return refuse(refused->error);
  }
  if (const auto* const failed = std::get_if<AuthorizeRedirect>(&outcome)) {
    return redirect(failed->location);
  }
  return redirect(approve(context, std::get<AuthorizeRequest>(outcome), "user").location);
}

ClientCredentials credentials_of(const Request& request, const Form& form) {
  ClientCredentials c{value(form, "client_id"), value(form, "client_secret"), false, std::nullopt};
  const auto header = request.headers.get("Authorization");
  if (header.empty()) return c;
  c.basic_tried = true;
  if (header.size() < 6 || !wire::iequals(header.substr(0, 6), "Basic ")) return c;
  const auto decoded = base64_decode(header.substr(6));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return c;
  // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
  const Form halves =
      wire::parse_form("i=" + decoded->substr(0, colon) + "&s=" + decoded->substr(colon + 1));
  if (halves.error || halves.fields.size() != 2) return c;
  c.basic = {halves.fields[0].second, halves.fields[1].second};
  return c;
}

bool is_form(const Request& request) {
  std::string_view type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return wire::iequals(type, "application/x-www-form-urlencoded");
}

Response token(const World& world, const Context& context, const Request& request) {
  constexpr std::array<std::string_view, 8> kKnown{
      "grant_type",    "code",          "redirect_uri",  "client_id",
      "client_secret", "code_verifier", "refresh_token", "scope"};
  if (request.body.size() > kMaxForm) {
    return refuse(make_error(ErrorId::request_too_large, "a form has at most 64 KiB"));
  }
  const bool by_rfc = world.policy.errors == ErrorsPolicy::rfc;
  if (!is_form(request)) {
    return refuse(
        make_error(by_rfc ? ErrorId::content_type_not_form : ErrorId::grant_type_unsupported,
                   "the body must be application/x-www-form-urlencoded"));
  }
  const Form form = wire::parse_form(request.body);
  if (auto error = check_form(form, kKnown)) return refuse(*error);
  const auto grant_type = value(form, "grant_type");
  if (grant_type != "authorization_code" && grant_type != "refresh_token") {
    return refuse(make_error(
        !grant_type && by_rfc ? ErrorId::grant_type_missing : ErrorId::grant_type_unsupported,
        "grant_type is authorization_code or refresh_token"));
  }
  const auto client = authenticate(context, credentials_of(request, form));
  if (!client) return refuse(client.error());
  const auto tokens =
      grant_type == "refresh_token"
          ? refresh(context, **client, {value(form, "refresh_token"), value(form, "scope")})
          : redeem(
                context, **client,
                {value(form, "code"), value(form, "redirect_uri"), value(form, "code_verifier")});
  return tokens ? give(*tokens) : refuse(tokens.error());
}

Response revocation(const World&, const Context& context, const Request& request) {
  constexpr std::array<std::string_view, 4> kKnown{"token", "token_type_hint", "client_id",
                                                   "client_secret"};
  const Form form = wire::parse_form(request.body);
  if (auto error = check_form(form, kKnown)) return refuse(*error);
  const auto secret = value(form, "token");
  if (!secret) return refuse(make_error(ErrorId::token_missing, "token is missing"));
  if (!value(form, "client_id") && !request.headers.has("Authorization")) {
    revoke(context, nullptr, *secret);
    return json(200, "{}");
  }
  const auto client = authenticate(context, credentials_of(request, form));
  if (!client) return refuse(client.error());
  revoke(context, client->get(), *secret);
  return json(200, "{}");
}

// The API answers behind authentication; v1's, v2's and v3's bodies for a refusal differ.
Response api(const World&, const Context& context, const Request& request) {
  const std::string_view path = request.path();
  const auto header = request.headers.get("Authorization");
  const bool bearer = header.size() > 7 && wire::iequals(header.substr(0, 7), "Bearer ");
  const auto found =
      bearer ? context.store.find_token(header.substr(7), context.now) : std::optional<TokenView>{};
  const bool good =
      (found && found->kind == TokenKind::access && found->state == TokenState::active) ||
      (!bearer && request.headers.get("X-API-KEY") == "demo-api-key");
  if (good) {
    if (path == "/v1/some-endpoint" || path == "/v1/user/me") {
      return json(200, R"({"code":100,"data":{"username":"15ebafd83a8521f0b8d56a14c8a4bd72",)"
                       R"("email":"john.doe@gmail.com","first_name":"John","last_name":"Doe"},)"
                       R"("msg":null,"message":null})");
    }
    return json(404, R"({"code":404,"message":"Not Found"})");
  }
  std::string body = R"({"code":400112,"message":"Unauthorized"})";
  if (path.starts_with("/v2/")) {
    body = R"({"data":null,"error":{"code":"internal_error","message":"Unauthorized"}})";
  } else if (path.starts_with("/v3/")) {
    body = R"({"error":{"code":"unauthorized","message":"Unauthorized",)"
           R"("doc_url":"https://developers.heygen.com/docs/error-codes#unauthorized"}})";
  }
  Response response = json(401, std::move(body));
  response.headers.add("WWW-Authenticate",  // RFC 6750 §3
                       bearer ? "Bearer realm=\"heygen-mock\", error=\"invalid_token\""
                              : "Bearer realm=\"heygen-mock\"");
  return response;
}

struct Route {
  std::string_view method;
  std::string_view path;
  Response (*handle)(const World&, const Context&, const Request&);
};
constexpr std::array kRoutes{
    Route{"GET", "/oauth/authorize", authorize},   Route{"GET", "/v1/oauth/authorize", authorize},
    Route{"POST", "/v1/oauth/token", token},       Route{"POST", "/v1/oauth/refresh_token", token},
    Route{"POST", "/v1/oauth/revoke", revocation},
};

}  // namespace

Response answer(const World& world, const Request& request) {
  const Context context{world.store, world.random, world.clock.now(), world.policy, world.issuer};
  try {
    for (const Route& route : kRoutes) {
      if (route.path != request.path()) continue;
      if (route.method == request.method) return route.handle(world, context, request);
      Response response = refuse(make_error(ErrorId::method_not_allowed));
      response.headers.add("Allow", std::string{route.method} + ", OPTIONS");
      return response;
    }
    const auto path = request.path();
    if (path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/v3/")) {
      return api(world, context, request);
    }
  } catch (const StoreUnavailable&) {
    return refuse(make_error(ErrorId::store_unavailable));
  }
  return json(404, R"({"error":"not_found"})");
}

}  // namespace heygen::mock
