// Servers whose token endpoint takes what it must not.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

bool is_type(const Request& request, std::string_view type) {
  return request.headers.get("Content-Type").starts_with(type);
}

void edit_form(ServerSeams& seams, Where where, void (*change)(const Request&, Fields&)) {
  seams.front.push_back(before(where, [change](Request& request) {
    if (!is_type(request, "application/x-www-form-urlencoded")) return;
    Fields fields = body_fields(request);
    change(request, fields);
    set_body(request, fields);
  }));
}

// What is missing in the body is looked for in the URL.
void merge_query(const Request& request, Fields& fields) {
  for (const auto& [name, value] : query_fields(request)) {
    if (in_body(request, name).empty()) put(fields, name, value);
  }
}

void json_to_form(Request& request) {
  if (!is_type(request, "application/json")) return;
  const auto object = nlohmann::json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return;
  Fields fields;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) fields.emplace_back(name, value.get<std::string>());
  }
  set_body(request, fields);
}

constexpr std::array<std::string_view, 8> kKnown{"grant_type",    "code",          "redirect_uri",
                                                 "client_id",     "client_secret", "code_verifier",
                                                 "refresh_token", "scope"};

// No client has a secret any more, and one that is sent is overlooked.
class SecretsForgotten final : public mock::MemoryStore {
 public:
  [[nodiscard]] std::shared_ptr<const mock::Client> find_client(
      std::string_view id) const override {
    const auto known = MemoryStore::find_client(id);
    if (!known || known->is_public()) return known;
    mock::Client client = *known;
    client.secret.reset();
    return std::make_shared<const mock::Client>(std::move(client));
  }
};

constexpr std::array kServerTokenFlaws{
    Flaw{"sm19-get-token",
         "gives tokens by GET",
         {"server.token.method"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_token, [](Request& request) {
             if (request.method != "GET") return;
             request.method = "POST";
             set_body(request, query_fields(request));
           }));
         }},
    Flaw{"sm41-query-counts",
         "reads parameters from the token endpoint's URL too",
         {"server.token.query-params-ignored"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { edit_form(seams, &at_token, &merge_query); }},
    Flaw{"sm41b-secret-in-url",
         "takes the client's secret from the URL",
         {"server.token.query-params-ignored"},
         "sm41-query-counts",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_form(seams, &at_token, [](const Request& request, Fields& fields) {
             const std::string secret = in_query(request, "client_secret");
             if (!secret.empty()) put(fields, "client_secret", secret);
           });
         }},
    Flaw{"sm42-json-body",
         "takes a token request as JSON",
         {"server.token.content-type"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.front.push_back(before(at_token, &json_to_form)); }},
    Flaw{"sm42b-any-content-type",
         "takes a form under any content type",
         {"server.token.content-type"},
         "sm42-json-body",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_token, [](Request& request) {
             if (is_type(request, "text/plain")) {
               request.headers.set("Content-Type", "application/x-www-form-urlencoded");
             }
           }));
         }},
    Flaw{"sm49-token-dup-last-wins",
         "takes the last of repeated parameters at the token endpoint",
         {"server.token.duplicate-param"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_form(seams, &at_token, [](const Request&, Fields& fields) { keep_last(fields); });
         }},
    Flaw{"sm49b-dup-verifier-first-wins",
         "takes the first of two verifiers, and counts all else",
         {"server.token.duplicate-param"},
         "sm49-token-dup-last-wins",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_form(seams, &at_redeem, [](const Request& request, Fields& fields) {
             const std::string verifier = in_body(request, "code_verifier");
             if (verifier.empty()) return;
             drop(fields, "code_verifier");
             put(fields, "code_verifier", verifier);
           });
         }},
    Flaw{"sm50-token-unknown-rejected",
         "refuses parameters that it does not know at the token endpoint",
         {"server.token.unknown-param"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_redeem, [](const Request& request) {
             for (const auto& [name, value] : body_fields(request)) {
               if (std::ranges::find(kKnown, name) == kKnown.end()) {
                 return std::optional(oauth_error("invalid_request"));
               }
             }
             return std::optional<Response>();
           }));
         }},
    Flaw{"sm51-grant-assumed",
         "takes a request with a code for an authorization_code grant",
         {"server.token.grant-type"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_form(seams, &at_token, [](const Request& request, Fields& fields) {
             if (in_body(request, "grant_type").empty() && !in_body(request, "code").empty()) {
               put(fields, "grant_type", "authorization_code");
             }
           });
         }},
    Flaw{"sm51b-grant-any-case",
         "compares grant_type without regard to case",
         {"server.token.grant-type"},
         "sm51-grant-assumed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_form(seams, &at_token, [](const Request& request, Fields& fields) {
             const std::string type = in_body(request, "grant_type");
             if (!type.empty()) put(fields, "grant_type", lowered(type));
           });
         }},
    Flaw{"sm52-client-assumed",
         "takes a code without a client_id",
         {"server.token.client-id"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.store = noting_codes(notes);
           seams.front.push_back(before(at_redeem, [notes](Request& request) {
             const auto owner = notes->get("client " + in_body(request, "code"));
             if (!owner || !in_body(request, "client_id").empty() ||
                 request.headers.has("Authorization")) {
               return;
             }
             Fields fields = body_fields(request);
             put(fields, "client_id", *owner);
             set_body(request, fields);
           }));
         }},
    Flaw{"sm52b-basic-400",
         "answers a failed HTTP Basic with 400",
         {"server.token.client-id"},
         "sm52-client-assumed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_token, [](const Request&, Response& response) {
             if (response.status == 401) response.status = 400;
           }));
         }},
    Flaw{"sm52c-basic-no-challenge",
         "answers a failed HTTP Basic without WWW-Authenticate",
         {"server.token.client-id"},
         "sm52-client-assumed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_token, [](const Request&, Response& response) {
             response.headers.remove("WWW-Authenticate");
           }));
         }},
    Flaw{"sm52d-secret-unchecked",
         "does not look at a client's secret",
         {"server.token.client-id"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.store = store_of<SecretsForgotten>();
           edit_form(seams, &at_token, [](const Request& request, Fields& fields) {
             if (in_body(request, "client_id") == "conformance-confidential") {
               drop(fields, "client_secret");
             }
           });
         }},
};

}  // namespace

std::span<const Flaw> server_token_flaws() { return kServerTokenFlaws; }

}  // namespace heygen::conformance
