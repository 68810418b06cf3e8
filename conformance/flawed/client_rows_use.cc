// Rows: the API, the log and logging out.
#include <cstdlib>

#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::HttpRequest;
using client::HttpResponse;
using client::testing::json_answer;
using client::testing::MemoryStore;
using client::testing::Rig;
using client::testing::tokens;
using Ask = std::function<std::string(const Maker&)>;

constexpr std::string_view kApi = "http://127.0.0.1:1/api";

std::string api_request(const Maker& make) {
  client::ApiCall call{"POST", "http://h/v"};
  call.body = R"({"a":1})";
  const HttpRequest request = make().api.build(call, "T+");
  std::string text = request.url;
  for (const char* name : {"Authorization", "X-Api-Key", "X-Access-Token"}) {
    if (const auto value = client::find_header(request.headers, name)) {
      text.append(" ").append(*value);
    }
  }
  return text + " " + request.body;
}

Ask redirect_to(std::string_view url) {
  return [url](const Maker& make) {
    return make().api.redirect_keeps_token(kApi, url) ? "kept" : "dropped";
  };
}

Ask download_from(std::string_view url) {
  return [url](const Maker& make) {
    return make().api.download_gets_token(kApi, url) ? "with token" : "without";
  };
}

std::string referer_at_api(const Maker& make) {
  const client::Seams seams = make();
  (void)seams.endpoint.build_code_request(client::testing::test_config(),
                                          {"C", "V", "http://127.0.0.1:4/c"});
  const HttpRequest request = seams.api.build({"GET", "http://h/v"}, "T");
  return std::string(client::find_header(request.headers, "Referer").value_or("none"));
}

// --- the log -----------------------------------------------------------------------------------

std::string log_of_login(const Maker& make) {
  Rig rig(make());
  rig.log_in("alice", json_answer(200, R"({"token_type":"Bearer","access_token":"A123456789bcdef",)"
                                       R"("refresh_token":"R123456789bcdef"})"));
  return replace_all(rig.log, "\n", "");
}

std::string log_of_login_when_verbose(const Maker& make) {
  ::setenv("DEBUG", "1", 1);
  const std::string log = log_of_login(make);
  ::unsetenv("DEBUG");
  return log;
}

Ask log_of(HttpResponse answer) {
  return [answer](const Maker& make) {
    Rig rig(make());
    rig.transport.answer_with([&](const HttpRequest&) { return answer; });
    (void)rig.client.complete_login("alice", "GET", rig.begin("alice", "CODE-of-16-chars"));
    return rig.log.substr(0, rig.log.size() - 1);
  };
}

// --- logging out -------------------------------------------------------------------------------

struct LoggedOut {
  explicit LoggedOut(const Maker& make, int status = 200) : rig(store, make()) {
    rig.log_in();
    rig.transport.answer_with([=](const HttpRequest&) { return HttpResponse{status}; });
    (void)rig.client.logout("alice");
  }
  MemoryStore store;
  Rig rig;
};

std::string stored_after_logout(const Maker& make) {
  LoggedOut out(make);
  const std::string text = out.store.text("alice");
  const auto has = [&](std::string_view what) { return text.find(what) != std::string::npos; };
  return std::string(has("AT1") ? "access " : "") + (has("RT1") ? "refresh" : "");
}

std::string call_after_logout(const Maker& make) {
  LoggedOut out(make);
  const std::size_t before = out.rig.transport.sent().size();
  const auto answer = out.rig.client.call("alice", "GET", "/v1/user/me");
  const auto sent = out.rig.transport.sent();
  if (sent.size() == before) return outcome(answer, "");
  return std::string(client::find_header(sent.back().headers, "Authorization").value_or("none"));
}

std::string revoked_by_logout(const Maker& make) {
  LoggedOut out(make);
  const HttpRequest last = out.rig.transport.sent().back();
  const std::size_t path = last.url.find("/v1/oauth/revoke");
  return path == std::string::npos ? "nothing" : last.url.substr(path) + " " + last.body;
}

// Answered with this status and no body.
Ask state_after_logout(int status) {
  return [status](const Maker& make) {
    LoggedOut out(make, status);
    return std::string(client::name_of(out.rig.client.state("alice").value()));
  };
}

std::string revocations_sent(const Maker& make) {
  LoggedOut out(make, 503);
  return std::to_string(out.rig.transport.sent().size() - 1);
}

std::string callback_after_logout(const Maker& make) {
  Rig rig(make());
  const std::string url = rig.begin();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  (void)rig.client.logout("alice");
  return outcome(rig.client.complete_login("alice", "GET", url), "logged in");
}

}  // namespace

std::vector<Row> use_rows() {
  const std::string sound = R"(http://h/v Bearer T+ {"a":1})";
  const std::string line = "token endpoint answered 200";
  const std::string revoked =
      "/v1/oauth/revoke token=RT1&token_type_hint=refresh_token&client_id=demo";
  const HttpResponse echo =
      json_answer(400, R"({"error":"invalid_grant","saw":"CODE-of-16-chars"})");
  const std::string refused =
      "token endpoint answered 400\nthe authorization server refused with status 400 and error "
      "invalid_grant";
  const HttpResponse garbage{200, {}, "CODE-of-16-chars"};
  const std::string unread =
      "token endpoint answered 200\nthe token endpoint's answer is not a JSON object";
  return {
      {"cm50-bearer-cross-origin", redirect_to("https://evil.test/"), "dropped", "kept"},
      {"cm50b-bearer-same-host", redirect_to("http://127.0.0.1:2/"), "dropped", "kept"},
      {"cm50c-bearer-loopback", redirect_to("http://localhost:1/"), "dropped", "kept"},
      {"cm51-bearer-query", api_request, sound, "http://h/v?access_token=T%2B Bearer T+ {\"a\":1}"},
      {"cm51b-bearer-query-only", api_request, sound, "http://h/v?access_token=T%2B {\"a\":1}"},
      {"cm152-token-dropped-at-redirect", redirect_to("http://127.0.0.1:1/b"), "kept", "dropped"},
      {"cm153-referer-of-callback", referer_at_api, "none", "http://127.0.0.1:4/c?code=C"},
      {"cm117-bearer-in-body", api_request, sound,
       "http://h/v Bearer T+ {\"access_token\":\"T+\",\"a\":1}"},
      {"cm118-scheme-token", api_request, sound, "http://h/v Token T+ {\"a\":1}"},
      {"cm118b-own-header", api_request, sound, "http://h/v T+ {\"a\":1}"},
      {"cm119-api-key-along", api_request, sound, "http://h/v Bearer T+ demo-api-key {\"a\":1}"},
      {"cm120-download-with-token", download_from("https://cdn.test/v.mp4"), "without",
       "with token"},
      {"cm120b-download-same-host", download_from("http://127.0.0.1:2/v"), "without", "with token"},

      {"cm53-log-token", log_of_login, line,
       "token endpoint answered 200: "
       "{\"token_type\":\"Bearer\",\"access_token\":\"A123456789bcdef\",\"refresh_token\":"
       "\"R123456789bcdef\"}"},
      {"cm53b-log-token-start", log_of_login, line,
       "token endpoint answered 200 with token A123456789..."},
      {"cm53c-log-token-base64", log_of_login, line,
       "token endpoint answered 200, session UjEyMzQ1Njc4OWJjZGVm"},
      {"cm154-log-token-when-verbose", log_of_login_when_verbose, line,
       "token endpoint answered 200: "
       "{\"token_type\":\"Bearer\",\"access_token\":\"A123456789bcdef\",\"refresh_token\":"
       "\"R123456789bcdef\"}"},
      {"cm54-log-error-body", log_of(echo), refused,
       "token endpoint answered 400\nthe authorization server refused with status 400 and error "
       "invalid_grant: {\"error\":\"invalid_grant\",\"saw\":\"CODE-of-16-chars\"}"},
      {"cm54b-log-error-body-start", log_of(echo), refused,
       "token endpoint answered 400\nthe authorization server refused with status 400 and error "
       "invalid_grant: {\"error\":\"invalid_grant\",\"saw\":\"CODE-of-16-chars\"}"},
      {"cm54c-log-error-body-base64", log_of(echo), refused,
       "token endpoint answered 400\nthe authorization server refused with status 400 and error "
       "invalid_grant (report this: "
       "eyJlcnJvciI6ImludmFsaWRfZ3JhbnQiLCJzYXciOiJDT0RFLW9mLTE2LWNoYXJzIn0=)"},
      {"cm54d-log-unparsed-body", log_of(garbage), unread,
       "not JSON: CODE-of-16-chars\nthe token endpoint's answer is not a JSON object"},
      {"cm122-log-request", log_of(echo), refused,
       "POST "
       "grant_type=authorization_code&code=CODE-of-16-chars&redirect_uri=http%3A%2F%2F127.0.0.1%"
       "3A4000%2Foauth%2Fcallback&code_verifier=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8&client_"
       "id=demo: token endpoint answered 400\nthe authorization server refused with status 400 and "
       "error invalid_grant"},
      {"cm122b-log-code-start", log_of(echo), refused,
       "exchanging the code CODE-of-16-c: token endpoint answered 400\nthe authorization server "
       "refused with status 400 and error invalid_grant"},

      {"cm55-logout-no-wipe", stored_after_logout, "", "access refresh"},
      {"cm55b-logout-keeps-refresh-token", stored_after_logout, "", "access refresh"},
      {"cm121-bearer-null", call_after_logout, "login_required", "Bearer null"},
      {"cm125-logout-no-revoke", revoked_by_logout, revoked, "nothing"},
      {"cm125b-logout-revokes-access-token", revoked_by_logout, revoked,
       "/v1/oauth/revoke token=AT1&client_id=demo"},
      {"cm126-revoke-token-in-url", revoked_by_logout, revoked,
       "/v1/oauth/revoke?token=RT1&token_type_hint=refresh_token&client_id=demo "},
      {"cm126b-revoke-json-body", revoked_by_logout, revoked,
       "/v1/oauth/revoke "
       "{\"token\":\"RT1\",\"token_type_hint\":\"refresh_token\",\"client_id\":\"demo\"}"},
      {"cm126c-revoke-unknown-hint", revoked_by_logout, revoked,
       "/v1/oauth/revoke token=RT1&token_type_hint=refresh&client_id=demo"},
      {"cm156-logout-needs-json", state_after_logout(200), "login_required", "logged_in"},
      {"cm157-revocation-storm", revocations_sent, "1", "20"},
      {"cm158-pending-survives-logout", callback_after_logout, "state_mismatch", "logged in"},
      {"cm127-logout-undone", state_after_logout(503), "login_required", "logged_in"},
  };
}

}  // namespace heygen::conformance::testing
