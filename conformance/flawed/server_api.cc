// Servers whose API takes what it must not, and whose revocation does not revoke.

#include <array>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

constexpr std::string_view kBearer = "Bearer ";

std::string bearer_of(const Request& request) {
  const std::string_view field = request.headers.get("Authorization");
  return field.size() > kBearer.size() ? std::string(field.substr(kBearer.size())) : std::string();
}

// What the store says of an access token, changed.
class OtherTokens final : public mock::MemoryStore {
 public:
  explicit OtherTokens(void (*change)(mock::TokenView&)) : change_(change) {}

  [[nodiscard]] std::optional<mock::TokenView> find_token(std::string_view value,
                                                          mock::TimePoint now) const override {
    auto token = MemoryStore::find_token(value, now);
    if (token && token->kind == mock::TokenKind::access) change_(*token);
    return token;
  }

 private:
  void (*const change_)(mock::TokenView&);
};

class LateClock final : public mock::MemoryStore {
 public:
  [[nodiscard]] std::optional<mock::TokenView> find_token(std::string_view value,
                                                          mock::TimePoint now) const override {
    return MemoryStore::find_token(value, now - std::chrono::seconds{60});
  }
};

class RevokesNothing final : public mock::MemoryStore {
 public:
  bool revoke(std::string_view) override { return true; }
};

// A refresh token alone, without what it brought.
class RevokesOne final : public mock::MemoryStore {
 public:
  bool revoke(std::string_view value) override {
    return expire_by_id(mock::fingerprint(value), mock::TimePoint{});
  }
};

void challenge(ServerSeams& seams, const char* (*made)(const Request&)) {
  seams.front.push_back(after(at_api, [made](const Request& request, Response& response) {
    if (response.status != 401) return;
    const std::string field = made(request);
    if (field.empty()) {
      response.headers.remove("WWW-Authenticate");
    } else {
      response.headers.set("WWW-Authenticate", field);
    }
  }));
}

// Asked of the tokens that were given, where one is revoked.
template <typename Made>
void at_revocation(ServerSeams& seams, Made made) {
  const auto notes = std::make_shared<Notes>();
  seams.front.push_back(noting_tokens(notes));
  seams.front.push_back(
      instead(at_revoke, [notes, made](const Request& request) -> std::optional<Response> {
        return made(request, *notes);
      }));
}

constexpr std::array kServerApiFlaws{
    Flaw{"sm29-api-expired-ok",
         "takes expired access tokens",
         {"server.api.expired"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.store = store_of<OtherTokens>(+[](mock::TokenView& token) {
             if (token.state == mock::TokenState::expired) token.state = mock::TokenState::active;
           });
         }},
    Flaw{"sm29b-api-revoked-ok",
         "takes access tokens that were revoked",
         {"server.api.expired", "server.revoke.happy"},
         "sm29-api-expired-ok",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.store = store_of<OtherTokens>(+[](mock::TokenView& token) {
             if (token.revoked_by == mock::RevokedBy::client) {
               token.state = mock::TokenState::active;
             }
           });
         }},
    Flaw{"sm29c-api-late",
         "takes access tokens for a minute longer than it said",
         {"server.api.expired"},
         "sm29-api-expired-ok",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<LateClock>(); }},
    Flaw{"sm29d-api-early",
         "ends access tokens before expires_in is over",
         {"server.api.expired"},
         "sm29-api-expired-ok",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_token, [](const Request&, Response& response) {
             if (!text_of(response, "access_token").empty()) {
               patch(response, "expires_in", "1728000");
             }
           }));
         }},
    Flaw{"sm30-api-no-challenge",
         "answers 401 without WWW-Authenticate",
         {"server.api.missing-token"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { challenge(seams, [](const Request&) { return ""; }); }},
    Flaw{"sm30b-api-error-without-token",
         "speaks of an invalid token where none was sent",
         {"server.api.missing-token"},
         "sm30-api-no-challenge",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           challenge(seams, [](const Request&) { return "Bearer error=\"invalid_token\""; });
         }},
    Flaw{"sm30c-api-no-error-code",
         "does not say that a token is invalid",
         {"server.api.expired"},
         "sm30-api-no-challenge",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { challenge(seams, [](const Request&) { return "Bearer"; }); }},
    Flaw{"sm30d-api-403",
         "answers 403 to a missing token",
         {"server.api.missing-token"},
         "sm30-api-no-challenge",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_api, [](const Request& request, Response& response) {
             if (!request.headers.has("Authorization")) response.status = 403;
           }));
         }},
    Flaw{"sm31-api-query-token",
         "takes a token from the URL",
         {"server.api.query-token-refused"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_api, [](Request& request) {
             const std::string token = in_query(request, "access_token");
             if (token.empty() || request.headers.has("Authorization")) return;
             set_query(request, {});
             request.headers.set("Authorization", std::string(kBearer) + token);
           }));
         }},
    Flaw{"sm31b-two-methods",
         "overlooks a second token in the URL",
         {"server.api.two-methods"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_api, [](Request& request) {
             if (request.headers.has("Authorization")) set_query(request, {});
           }));
         }},
    Flaw{"sm31c-scheme-case",
         "wants the scheme written Bearer",
         {"server.api.bearer"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_api, [](Request& request) {
             if (!request.headers.get("Authorization").starts_with(kBearer)) {
               request.headers.remove("Authorization");
             }
           }));
         }},
    Flaw{"sm33-refresh-at-api",
         "takes a refresh token at the API",
         {"server.api.refresh-token-refused"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.front.push_back(noting_tokens(notes));
           seams.front.push_back(before(at_api, [notes](Request& request) {
             if (const auto access = notes->get("access " + bearer_of(request))) {
               request.headers.set("Authorization", std::string(kBearer) + *access);
             }
           }));
         }},
    Flaw{"sm32-revoke-noop",
         "says 200, and revokes nothing",
         {"server.revoke.happy"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<RevokesNothing>(); }},
    Flaw{"sm32b-revoke-keeps-access",
         "revokes a refresh token, and lets its access token live",
         {"server.revoke.happy"},
         "sm32-revoke-noop",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<RevokesOne>(); }},
    Flaw{"sm34-revoke-404",
         "answers 404 for a token that it does not know",
         {"server.revoke.unknown-token"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           at_revocation(seams, [](const Request& request, const Notes& notes) {
             return notes.has("client " + in_body(request, "token"))
                        ? std::nullopt
                        : std::optional(answer(404, "{\"error\":\"not_found\"}"));
           });
         }},
    Flaw{"sm34b-revoke-again-400",
         "answers 400 for a token that was revoked before",
         {"server.revoke.unknown-token"},
         "sm34-revoke-404",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.front.push_back(instead(at_revoke, [notes](const Request& request) {
             const std::string token = in_body(request, "token");
             if (notes->has(token)) return std::optional(oauth_error("invalid_request"));
             notes->put(token, "");
             return std::optional<Response>();
           }));
         }},
    Flaw{"sm53-revoke-any-client",
         "lets any client revoke a token",
         {"server.revoke.other-client"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_revoke, [](Request& request) {
             Fields fields = body_fields(request);
             drop(fields, "client_id");
             drop(fields, "client_secret");
             set_body(request, fields);
           }));
         }},
    Flaw{"sm54-hint-obeyed",
         "looks for a token among those of the hint alone",
         {"server.revoke.hint-ignored"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           at_revocation(seams, [](const Request& request, const Notes& notes) {
             const bool refresh = notes.has("access " + in_body(request, "token"));
             return refresh && in_body(request, "token_type_hint") == "access_token"
                        ? std::optional(answer(200, "{}"))
                        : std::nullopt;
           });
         }},
    Flaw{"sm54b-hint-unknown-refused",
         "refuses a hint that it does not know",
         {"server.revoke.hint-ignored"},
         "sm54-hint-obeyed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           at_revocation(seams, [](const Request& request, const Notes&) {
             return in_body(request, "token_type_hint") == "something"
                        ? std::optional(oauth_error("unsupported_token_type"))
                        : std::nullopt;
           });
         }},
    Flaw{"sm54c-hint-obeyed-for-access",
         "looks for an access token among refresh tokens when the hint says so",
         {"server.revoke.hint-ignored"},
         "sm54-hint-obeyed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           at_revocation(seams, [](const Request& request, const Notes& notes) {
             const bool access = notes.has("refresh " + in_body(request, "token"));
             return access && in_body(request, "token_type_hint") == "refresh_token"
                        ? std::optional(answer(200, "{}"))
                        : std::nullopt;
           });
         }},
};

}  // namespace

std::span<const Flaw> server_api_flaws() { return kServerApiFlaws; }

}  // namespace heygen::conformance
