// Flaws in logging out.
#include <array>
#include <map>

#include "client_under_test/lib/json.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Config;
using client::EndpointRules;
using client::HttpRequest;
using client::HttpResponse;
using client::LogoutRules;
using client::Result;
using client::Seams;
using client::TokenStore;
using client::Transport;

// --- forgetting --------------------------------------------------------------------------------

Result<void> wipe_nothing(TokenStore& /*store*/, std::string_view /*session*/) { return {}; }

// Rewrites the record that is kept, member by member; `edit` gets each one's name and JSON.
template <typename Edit>
Result<void> edit_record(TokenStore& store, std::string_view session, Edit edit) {
  const Result<std::optional<std::string>> text = store.load(session);
  if (!text) return text.error();
  const auto record = client::parse_json_object(text->value_or(""));
  if (!record) return store.remove(session);
  client::JsonWriter out;
  for (const auto& [name, value] : record->members) {
    const bool quoted = value.kind == client::JsonValue::Kind::string;
    if (const auto json = edit(name, quoted ? client::json_quote(value.text) : value.text)) {
      out.raw(name, *json);
    }
  }
  return store.save(session, out.str());
}

using Member = std::optional<std::string>;

Result<void> expire_access_token(TokenStore& store, std::string_view session) {
  return edit_record(store, session, [](std::string_view name, std::string json) {
    return Member(name == "expires_at" ? "1" : std::move(json));
  });
}

Result<void> blank_access_token(TokenStore& store, std::string_view session) {
  return edit_record(store, session, [](std::string_view name, std::string json) {
    if (name == "access_token") return Member("\"null\"");
    const bool goes = name == "refresh_token" || name == "expires_at";
    return goes ? std::nullopt : Member(std::move(json));
  });
}

// --- revoking ----------------------------------------------------------------------------------

bool is_revocation(const HttpRequest& request) { return !field_of(request, "token").empty(); }

Result<HttpResponse> revocation_not_sent(Transport& transport, const HttpRequest& request) {
  return is_revocation(request) ? Result<HttpResponse>(HttpResponse{200})
                                : client::send_once(transport, request);
}

void revoke_access_token(Seams& seams) {
  const Kept<std::string> current;
  seams.token.read_access_token = [current](const client::JsonValue* member) {
    Result<std::string> token = client::read_access_token(member);
    if (token) current.set(*token);
    return token;
  };
  seams.endpoint.build_revoke_request = [current](const Config& config, std::string_view token) {
    const std::string newest = current.get();
    HttpRequest request =
        client::build_revoke_request(config, newest.empty() ? token : std::string_view(newest));
    return without_field(std::move(request), "token_type_hint");
  };
}

HttpRequest token_in_url(const Config& config, std::string_view token) {
  HttpRequest request = client::build_revoke_request(config, token);
  request.url += "?" + std::exchange(request.body, "");
  return request;
}

HttpRequest revocation_as_json(const Config& config, std::string_view token) {
  HttpRequest request = client::build_revoke_request(config, token);
  request.body = json_of(fields_of(request));
  client::remove_header(request.headers, "Content-Type");
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

HttpRequest unknown_hint(const Config& config, std::string_view token) {
  HttpRequest request = client::build_revoke_request(config, token);
  request.body =
      replace_all(request.body, "token_type_hint=refresh_token", "token_type_hint=refresh");
  return request;
}

// The server decides: what it did not confirm is put back as it was.
template <typename Confirms>
void undo_unless(Seams& seams, Confirms confirms) {
  struct Wiped {
    TokenStore* store = nullptr;
    std::string session{};
    std::string text{};
  };
  const Kept<std::map<std::string, Wiped>> wiped;  // by refresh token
  seams.logout.wipe = [wiped](TokenStore& store, std::string_view session) {
    const auto text = store.load(session);
    if (text && *text) {
      const auto record = client::parse_json_object(**text);
      const std::string token = record ? record->string("refresh_token").value_or("") : "";
      wiped.with([&](auto& all) { all[token] = {&store, std::string(session), **text}; });
    }
    return client::wipe_login(store, session);
  };
  seams.endpoint.send = [wiped, confirms](Transport& transport, const HttpRequest& request) {
    Result<HttpResponse> response = client::send_once(transport, request);
    if (!is_revocation(request)) return response;
    const Wiped undone =
        wiped.with([&](auto& all) { return std::exchange(all[field_of(request, "token")], {}); });
    if (!confirms(response) && undone.store != nullptr) {
      (void)undone.store->save(undone.session, undone.text + "\n");
    }
    return response;
  };
}

void undo_when_unconfirmed(Seams& seams) {
  undo_unless(seams, [](const auto& response) { return response && response->status == 200; });
}

void undo_without_json(Seams& seams) {
  undo_unless(seams, [](const auto& response) {
    const bool good = response && response->status == 200;
    return !good || client::parse_json_object(response->body).has_value();
  });
}

Result<HttpResponse> revocation_storm(Transport& transport, const HttpRequest& request) {
  constexpr int kMost = 20;
  Result<HttpResponse> response = client::send_once(transport, request);
  if (!is_revocation(request)) return response;
  for (int sent = 1; sent < kMost && response && response->status == 503; ++sent) {
    response = client::send_once(transport, request);
  }
  return response;
}

// What a logout forgets has a copy under a name that it does not know.
void pending_survives_logout(Seams& seams) {
  static constexpr std::string_view kCopyOf = "copy of ";
  seams.pending.remember = [](std::vector<client::PendingLogin>& logins,
                              client::PendingLogin fresh) {
    client::PendingLogin copy = fresh;
    copy.session.insert(0, kCopyOf);
    client::remember_login(logins, std::move(fresh));
    client::remember_login(logins, std::move(copy));
  };
  seams.pending.belongs_to = [](const client::PendingLogin& login, std::string_view session) {
    std::string_view owner = login.session;
    if (owner.starts_with(kCopyOf)) owner.remove_prefix(kCopyOf.size());
    return owner == session;
  };
}

constexpr std::array kClientLogoutFlaws{
    Flaw{.id = "cm55-logout-no-wipe",
         .summary = "logout revokes but keeps the tokens on disk",
         .intended = {"logout.local"},
         .plant = replace<&LogoutRules::wipe, wipe_nothing>},
    Flaw{.id = "cm55b-logout-keeps-refresh-token",
         .summary = "logout ends the access token and keeps the refresh token",
         .intended = {"logout.local", "bearer.no-request-without-token"},
         .variant_of = "cm55-logout-no-wipe",
         .plant = replace<&LogoutRules::wipe, expire_access_token>},
    Flaw{.id = "cm121-bearer-null",
         .summary = "after logout calls the API with \"Bearer null\"",
         .intended = {"bearer.no-request-without-token"},
         .plant = replace<&LogoutRules::wipe, blank_access_token>},
    Flaw{.id = "cm125-logout-no-revoke",
         .summary = "logout revokes nothing",
         .intended = {"logout.revokes"},
         .plant = replace<&EndpointRules::send, revocation_not_sent>},
    Flaw{.id = "cm125b-logout-revokes-access-token",
         .summary = "logout revokes the access token and leaves the refresh token alive",
         .intended = {"logout.revokes"},
         .variant_of = "cm125-logout-no-revoke",
         .plant = revoke_access_token},
    Flaw{.id = "cm126-revoke-token-in-url",
         .summary = "the token that is to be revoked stands in the URL",
         .intended = {"logout.revoke.shape"},
         .plant = replace<&EndpointRules::build_revoke_request, token_in_url>},
    Flaw{.id = "cm126b-revoke-json-body",
         .summary = "revocation request as JSON",
         .intended = {"logout.revoke.shape"},
         .variant_of = "cm126-revoke-token-in-url",
         .plant = replace<&EndpointRules::build_revoke_request, revocation_as_json>},
    Flaw{.id = "cm126c-revoke-unknown-hint",
         .summary = "token_type_hint=refresh",
         .intended = {"logout.revoke.shape"},
         .variant_of = "cm126-revoke-token-in-url",
         .plant = replace<&EndpointRules::build_revoke_request, unknown_hint>},
    Flaw{.id = "cm127-logout-undone",
         .summary = "stays logged in when the server does not confirm the revocation",
         .intended = {"logout.revoke.best-effort"},
         .plant = undo_when_unconfirmed},
    Flaw{.id = "cm156-logout-needs-json",
         .summary = "stays logged in when the revocation's answer is no JSON",
         .intended = {"logout.revoke.not-after-invalid"},
         .plant = undo_without_json},
    Flaw{.id = "cm157-revocation-storm",
         .summary = "a revocation that gets 503 is sent twenty times",
         .intended = {"logout.revoke.503-retry"},
         .plant = replace<&EndpointRules::send, revocation_storm>},
    Flaw{.id = "cm158-pending-survives-logout",
         .summary = "a login begun before a logout ends after it",
         .intended = {"logout.cancels-pending-login"},
         .plant = pending_survives_logout},
};

}  // namespace

std::span<const Flaw> logout_flaws() { return kClientLogoutFlaws; }

}  // namespace heygen::conformance
