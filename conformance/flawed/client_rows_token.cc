// Rows: the code exchange, and reading its answer.
#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Result;
using client::testing::json_answer;
using client::testing::Rig;
using client::testing::tokens;
using Ask = std::function<std::string(const Maker&)>;

// The exchange of the code "a+b &%", asked for with a redirect URI that has a query.
HttpRequest exchange(const Maker& make) {
  client::Config config = client::testing::test_config();
  config.token_url = "http://h/token";
  config.client_id = "app";
  return make().endpoint.build_code_request(config, {"a+b &%", "V", "http://127.0.0.1:4/c?d=%2F"});
}

std::string request_line(const Maker& make) {
  const HttpRequest request = exchange(make);
  const auto type = client::find_header(request.headers, "Content-Type");
  const std::string body = request.body.substr(0, 12);
  return request.method + " " + replace_all(request.url, "grant_type=authorization_code&", "...") +
         " " + std::string(type.value_or("-")) + " " + body;
}

std::string value_in_body(const Maker& make, std::string_view name) {
  const std::string body = "&" + exchange(make).body;
  const std::size_t from = body.find("&" + std::string(name) + "=");
  return from == std::string::npos ? "none"
                                   : body.substr(from + 1, body.find('&', from + 1) - from - 1);
}

Ask body_has(std::string_view name) {
  return [name](const Maker& make) { return value_in_body(make, name); };
}

std::string client_id_in_body(const Maker& make) {
  client::Config config = client::testing::test_config();
  config.client_id = "a+&b";
  const std::string body = make().endpoint.build_code_request(config, {"C", "V", "R"}).body;
  const std::size_t from = body.find("client_id=");
  return body.substr(from, body.find('&', from) - from);
}

std::string names_in_body(const Maker& make) {
  std::string names;
  for (const auto& [name, value] : fields_of(exchange(make))) names.append(name).append(" ");
  return names;
}

Ask header(std::string_view name) {
  return [name](const Maker& make) {
    return std::string(client::find_header(exchange(make).headers, name).value_or("none"));
  };
}

// How often the code is sent when this is all that comes back.
Ask sent_when(Result<HttpResponse> answer) {
  return [answer](const Maker& make) {
    Rig rig(make());
    rig.transport.answer_with([&](const HttpRequest&) { return answer; });
    (void)rig.client.complete_login("alice", "GET", rig.begin());
    return std::to_string(rig.transport.sent().size());
  };
}

// What goes through the transport that verifies, when nobody answers there.
std::string sent_by_verifying_transport(const Maker& make) {
  client::testing::FakeTransport transport;
  (void)make().endpoint.send(transport, {"POST", "https://127.0.0.1:1/"});
  std::string urls;
  for (const HttpRequest& request : transport.sent()) urls.append(request.url).append(" ");
  return urls;
}

// Where a redirect of the token endpoint leads.
Ask redirected(int status, std::string_view location) {
  return [=](const Maker& make) {
    HttpRequest request{"POST", "http://127.0.0.1:1/token"};
    request.body = "code=C";
    const HttpResponse response{status, {{"Location", std::string(location)}}};
    const auto next = make().endpoint.next_hop(request, response);
    return next ? next->method + " " + next->url + " " + next->body : "nowhere";
  };
}

// --- the answer --------------------------------------------------------------------------------

std::string describe(const std::optional<client::TokenRecord>& record) {
  if (!record) return "logged out";
  return record->access_token + " " + record->refresh_token.value_or("-");
}

// The tokens that a login brings when the answer has these members beside good ones.
std::string login_with(Rig& rig, std::string_view members) {
  rig.transport.answer_with([text = std::string(members)](const HttpRequest&) {
    return json_answer(200, "{" + text + "}");
  });
  const auto done = rig.client.complete_login("alice", "GET", rig.begin());
  return done ? describe(rig.client.record("alice").value()) : outcome(done, "");
}

Ask answer(std::string_view members) {
  return [members](const Maker& make) {
    Rig rig(make());
    return login_with(rig, members);
  };
}

Ask second_answer(std::string_view first, std::string_view second) {
  return [=](const Maker& make) {
    Rig rig(make());
    (void)login_with(rig, first);
    return login_with(rig, second);
  };
}

std::string form_answer(const Maker& make) {
  Rig rig(make());
  rig.transport.answer_with([](const HttpRequest&) {
    return HttpResponse{200, {}, "access_token=AT1&token_type=bearer"};
  });
  return outcome(rig.client.complete_login("alice", "GET", rig.begin()), "logged in");
}

std::string length_of_long_token(const Maker& make) {
  Rig rig(make());
  const std::string text = R"("token_type":"Bearer","access_token":")" + std::string(8192, 'a');
  return std::to_string(login_with(rig, text + "\"").size() - 2);
}

// Refreshes that five calls at once after the login cost, when every answer has this expires_in.
Ask refreshes_with(std::string_view expires_in) {
  return [expires_in](const Maker& make) {
    Rig rig(make());
    (void)login_with(rig, R"("token_type":"Bearer","access_token":"AT1","refresh_token":"RT1")" +
                              std::string(expires_in));
    const std::size_t before = rig.transport.sent().size();
    for (int call = 0; call < 5; ++call) (void)rig.client.call("alice", "GET", "/v1/user/me");
    return std::to_string(rig.transport.sent().size() - before - 5);
  };
}

// After a refresh whose answer has no expires_in, a day after the old token's end.
std::string refreshes_without_expiry(const Maker& make) {
  Rig rig(make());
  rig.log_in("alice", tokens(1, 600));
  rig.transport.answer_with([](const HttpRequest&) {
    return json_answer(200, R"({"token_type":"Bearer","access_token":"AT2"})");
  });
  rig.clock.advance(std::chrono::hours{24});
  for (int call = 0; call < 5; ++call) (void)rig.client.call("alice", "GET", "/v1/user/me");
  return std::to_string(
      rig.transport.sent_to("http://127.0.0.1:8765/v1/oauth/refresh_token").size());
}

// Refreshes within the time that the server asked to wait.
Ask refreshes_before(std::string retry_after) {
  return [retry_after](const Maker& make) {
    Rig rig(make());
    rig.log_in();
    rig.transport.answer_with([&](const HttpRequest&) {
      return HttpResponse{503, {{"Retry-After", retry_after}}, ""};
    });
    (void)rig.client.refresh("alice");
    (void)rig.client.refresh("alice");
    return std::to_string(rig.transport.sent().size() - 1);
  };
}

std::string login_after_reset(const Maker& make) {
  Rig rig(make());
  rig.transport.answer_with([](const HttpRequest&) -> Result<HttpResponse> {
    return Error{ErrorKind::transport, "reset"};
  });
  (void)rig.client.complete_login("alice", "GET", rig.begin());
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  return outcome(rig.client.complete_login("alice", "GET", rig.begin()), "logged in");
}

std::string string_expiry(const Maker& make) {
  const auto read = make().token.read_lifetime;
  try {
    const client::JsonValue text{client::JsonValue::Kind::string, "864000"};
    return std::to_string(read(&text).value_or(0));
  } catch (const std::exception&) {
    return "throws";
  }
}

}  // namespace

std::vector<Row> token_rows() {
  const std::string line = "POST http://h/token application/x-www-form-urlencoded grant_type=a";
  const std::string code = "code=a%2Bb%20%26%25";
  const std::string redirect = "redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2Fc%3Fd%3D%252F";
  const std::string names = "grant_type code redirect_uri code_verifier client_id ";
  const Error reset{ErrorKind::transport, "reset"};
  const HttpResponse refused = json_answer(400, R"({"error":"invalid_grant"})");
  const HttpResponse unknown = json_answer(401, R"({"error":"invalid_client"})");
  return {
      {"cm22-redirect-rebuilt", body_has("redirect_uri"), redirect,
       "redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2Fc"},
      {"cm22b-redirect-localhost", body_has("redirect_uri"), redirect,
       "redirect_uri=http%3A%2F%2Flocalhost%3A4%2Fc%3Fd%3D%252F"},
      {"cm22c-redirect-escapes-decoded", body_has("redirect_uri"), redirect,
       "redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2Fc%3Fd%3D%2F"},
      {"cm22d-redirect-without-port", body_has("redirect_uri"), redirect,
       "redirect_uri=http%3A%2F%2F127.0.0.1%2Fc%3Fd%3D%252F"},
      {"cm25-code-no-encode", body_has("code"), code, "code=a+b "},
      {"cm25b-plus-no-encode", body_has("code"), code, "code=a+b%20%26%25"},
      {"cm25d-client-id-no-encode", client_id_in_body, "client_id=a%2B%26b", "client_id=a+"},
      {"cm25c-code-encoded-twice", body_has("code"), code, "code=a%252Bb%2520%2526%2525"},
      {"cm26-token-json-body", request_line, line,
       "POST http://h/token application/json {\"grant_type"},
      {"cm26b-token-multipart-body", request_line, line,
       "POST http://h/token multipart/form-data; boundary=----heygen-form-boundary ------heygen"},
      {"cm26c-token-form-as-text", request_line, line,
       "POST http://h/token text/plain;charset=UTF-8 grant_type=a"},
      {"cm27-token-get", request_line, line,
       "GET "
       "http://h/"
       "token?...code=a%2Bb%20%26%25&redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2Fc%3Fd%3D%252F&code_"
       "verifier=V&client_id=app - "},
      {"cm28-token-params-in-url", request_line, line,
       "POST "
       "http://h/"
       "token?...code=a%2Bb%20%26%25&redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2Fc%3Fd%3D%252F&code_"
       "verifier=V&client_id=app application/x-www-form-urlencoded "},
      {"cm28b-token-client-id-in-url", request_line, line,
       "POST http://h/token?client_id=app application/x-www-form-urlencoded grant_type=a"},
      {"cm64-verifier-not-sent", names_in_body, names, "grant_type code redirect_uri client_id "},
      {"cm84-no-client-id", names_in_body, names, "grant_type code redirect_uri code_verifier "},
      {"cm84b-no-redirect-uri", names_in_body, names, "grant_type code code_verifier client_id "},
      {"cm84c-code-twice", names_in_body, names,
       "grant_type code redirect_uri code_verifier client_id code "},
      {"cm84d-grant-type-twice", names_in_body, names,
       "grant_type code redirect_uri code_verifier client_id grant_type "},
      {"cm84e-response-type-too", names_in_body, names,
       "grant_type code redirect_uri code_verifier client_id response_type "},
      {"cm85-basic-without-secret", header("Authorization"), "none", "Basic YXBwOg=="},
      {"cm85b-made-up-secret", names_in_body, names,
       "grant_type code redirect_uri code_verifier client_id client_secret "},
      {"cm86-api-key-at-token", header("X-API-KEY"), "none", "demo-api-key"},
      {"cm86b-api-key-as-parameter", names_in_body, names,
       "grant_type code redirect_uri code_verifier client_id scope "},
      {"cm86c-cookie-at-token", header("Cookie"), "none", "session=of-the-browser"},
      {"cm206-accepts-pages", header("Accept"), "application/json",
       "text/html, application/xhtml+xml"},
      {"cm216-tls-unverified", sent_by_verifying_transport, "https://127.0.0.1:1/ ", ""},
      {"cm216b-tls-of-any-host", sent_by_verifying_transport, "https://127.0.0.1:1/ ", ""},
      {"cm216c-tls-fallback", sent_by_verifying_transport, "https://127.0.0.1:1/ ",
       "https://127.0.0.1:1/ http://127.0.0.1:1/ "},
      {"cm87-code-again-after-400", sent_when(refused), "1", "2"},
      {"cm88-code-replayed", sent_when(reset), "1", "5"},
      {"cm88b-code-again-after-a-cut-answer", sent_when(HttpResponse{200, {}, ""}), "1", "2"},
      {"cm89-code-storm-on-5xx", sent_when(json_answer(500, "")), "1", "5"},
      {"cm99-code-storm-on-401", sent_when(unknown), "1", "5"},
      {"cm34-follow-307", redirected(307, "http://evil/t"), "nowhere", "POST http://evil/t code=C"},
      {"cm34b-follow-307-same-host", redirected(307, "http://127.0.0.1:2/t"), "nowhere",
       "POST http://127.0.0.1:2/t code=C"},
      {"cm34c-follow-302-with-query", redirected(302, "http://evil/t"), "nowhere",
       "GET http://evil/t?code=C "},
      {"cm34d-follow-within-origin", redirected(308, "/other"), "nowhere",
       "POST http://127.0.0.1:1/other code=C"},
      {"cm34e-follow-as-get", redirected(303, "http://evil/t"), "nowhere", "GET http://evil/t "},
  };
}

std::vector<Row> response_rows() {
  const std::string no = "token_error";
  const std::string unsafe = "unsafe_response";
  return {
      {"cm35-token-type-strict", answer(R"("token_type":"bearer","access_token":"AT")"), "AT -",
       unsafe},
      {"cm35b-token-type-two-cases", answer(R"("token_type":"BEARER","access_token":"AT")"), "AT -",
       unsafe},
      {"cm36-token-type-any", answer(R"("token_type":"mac","access_token":"AT")"), unsafe, "AT -"},
      {"cm36b-token-type-not-mac", answer(R"("token_type":"DPoP","access_token":"AT")"), unsafe,
       "AT -"},
      {"cm36c-token-type-on-refresh-only", answer(R"("token_type":"mac","access_token":"AT")"),
       unsafe, "AT -"},
      {"cm37-expires-string-crash", string_expiry, "864000", "throws"},
      {"cm37b-expires-string-expired", refreshes_with(R"(,"expires_in":"864000")"), "0", "5"},
      {"cm38-expires-zero-loop", refreshes_with(R"(,"expires_in":0)"), "0", "125"},
      {"cm38b-expires-negative-loop", refreshes_with(R"(,"expires_in":-1)"), "0", "125"},
      {"cm39-expires-int32", refreshes_with(R"(,"expires_in":2147483648)"), "0", "5"},
      {"cm39b-expires-int32-milliseconds", refreshes_with(R"(,"expires_in":2147483648)"), "0", "5"},
      {"cm40-missing-token-ok", answer(R"("token_type":"Bearer")"), no, " -"},
      {"cm40b-token-stringified", answer(R"("token_type":"Bearer","access_token":null)"), no,
       "null -"},
      {"cm42-crlf-token", answer(R"("token_type":"Bearer","access_token":"a\r\nX-Canary: 1")"),
       unsafe, "a\r\nX-Canary: 1 -"},
      {"cm42b-control-token", answer(R"("token_type":"Bearer","access_token":"a\tb")"), unsafe,
       "a\tb -"},
      {"cm42c-crlf-token-cut", answer(R"("token_type":"Bearer","access_token":"a\r\nX-Canary: 1")"),
       unsafe, "a -"},
      {"cm90-retry-after-unread", refreshes_before("60"), "1", "2"},
      {"cm90b-retry-after-date-unread", refreshes_before("Thu, 01 Jan 2026 00:01:00 GMT"), "1",
       "2"},
      {"cm92-token-cut", length_of_long_token, "8192", "4096"},
      {"cm93-refresh-undefined", answer(R"("token_type":"Bearer","access_token":"AT")"), "AT -",
       "AT undefined"},
      {"cm93b-refresh-empty", answer(R"("token_type":"Bearer","access_token":"AT")"), "AT -",
       "AT "},
      {"cm94-old-refresh-token-survives-login",
       second_answer(R"("token_type":"Bearer","access_token":"AT","refresh_token":"RT")",
                     R"("token_type":"Bearer","access_token":"BT")"),
       "BT -", "BT RT"},
      {"cm95-form-answer-parsed", form_answer, no, "logged in"},
      {"cm97-extra-fields-refused",
       answer(R"("token_type":"Bearer","access_token":"AT","id_token":null)"), "AT -", no},
      {"cm98-error-in-200", answer(R"("error":"invalid_grant")"), no, " -"},
      {"cm100-broken-connection-kept", login_after_reset, "logged in", "transport"},
      {"cm102-expires-absent-expired", refreshes_with(""), "0", "5"},
      {"cm102b-expires-absent-inherited", refreshes_without_expiry, "1", "5"},
      {"cm103-refresh-empty-string-kept",
       answer(R"("token_type":"Bearer","access_token":"AT","refresh_token":"")"), "AT -", "AT "},
      {"cm103b-refresh-null-kept",
       answer(R"("token_type":"Bearer","access_token":"AT","refresh_token":null)"), "AT -",
       "AT null"},
  };
}

}  // namespace heygen::conformance::testing
