// Rows: refreshing.
#include <future>

#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Result;
using client::TokenRecord;
using client::testing::json_answer;
using client::testing::MemoryStore;
using client::testing::Rig;
using client::testing::tokens;
using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;
using Ask = std::function<std::string(const Maker&)>;

constexpr std::string_view kRefreshUrl = "http://127.0.0.1:8765/v1/oauth/refresh_token";

bool is_refresh(const HttpRequest& request) { return request.url == kRefreshUrl; }

std::string token_of(const HttpRequest& request) {
  const auto header = client::find_header(request.headers, "Authorization");
  return std::string(header.value_or("Bearer -").substr(7));
}

// "R" for each refresh, with its refresh token, and the method and token of each API request.
std::string traffic(const Rig& rig) {
  std::string text;
  for (const HttpRequest& request : rig.transport.sent()) {
    if (is_refresh(request)) {
      text += "R(" + client::testing::body_value(request, "refresh_token") + ") ";
    } else if (client::find_header(request.headers, "Authorization")) {
      text += request.method + "(" + token_of(request) + ") ";
    }
  }
  return text;
}

// Numbered token pairs for refreshes, in the order of asking; the API takes what `api` says.
Answer serve(Answer api) {
  return [api, count = Kept<int>()](const HttpRequest& request) -> Result<HttpResponse> {
    if (!is_refresh(request)) return api(request);
    return tokens(count.with([](int& value) { return ++value; }) + 1, 600);
  };
}

Result<HttpResponse> ok(const HttpRequest& /*request*/) { return json_answer(200, "{}"); }

Answer status(int code) {
  return [code](const HttpRequest&) { return json_answer(code, "{}"); };
}

Result<HttpResponse> refuses_first(const HttpRequest& request) {
  return json_answer(token_of(request) == "AT1" ? 401 : 200, "{}");
}

void log_in(Rig& rig, Answer then) {
  rig.log_in("alice", tokens(1, 600));
  rig.transport.answer_with(std::move(then));
}

void call(Rig& rig, std::string_view method = "GET") {
  std::optional<std::string> body;
  if (method == "POST") body = R"({"a":1})";
  (void)rig.client.call("alice", method, "/v1/user/me", body);
}

Ask traffic_of_call(Answer api, std::chrono::seconds after = {}) {
  return [=](const Maker& make) {
    Rig rig(make());
    log_in(rig, serve(api));
    rig.clock.advance(after);
    call(rig);
    return traffic(rig);
  };
}

Ask traffic_of_ten_days() {
  return [](const Maker& make) {
    Rig rig(make());
    rig.log_in("alice", tokens(1));
    rig.transport.answer_with(serve(ok));
    rig.clock.advance(std::chrono::hours{1});
    call(rig);
    return traffic(rig);
  };
}

// --- rotation ----------------------------------------------------------------------------------

Ask chain(Answer refresh) {
  return [refresh](const Maker& make) {
    Rig rig(make());
    log_in(rig, refresh);
    (void)rig.client.refresh("alice");
    (void)rig.client.refresh("alice");
    return traffic(rig);
  };
}

Result<HttpResponse> only_access(const HttpRequest& /*request*/) {
  return json_answer(200, R"({"token_type":"Bearer","access_token":"AT2"})");
}

// --- failures ----------------------------------------------------------------------------------

// Two refreshes, of which the first gets this answer: what the state is then, and what was sent.
Ask after_failure(Result<HttpResponse> failure) {
  return [failure](const Maker& make) {
    Rig rig(make());
    log_in(rig, [&](const HttpRequest&) { return failure; });
    (void)rig.client.refresh("alice");
    const std::size_t sent = rig.transport.sent().size() - 1;
    const auto state = rig.client.state("alice").value();
    return std::string(client::name_of(state)) + " " + std::to_string(sent);
  };
}

std::string refresh_after_failed_one(const Maker& make) {
  Rig rig(make());
  log_in(rig, status(500));
  (void)rig.client.refresh("alice");
  rig.transport.answer_with(serve(ok));
  return outcome(rig.client.refresh("alice"), "refreshed");
}

std::string call_near_the_end(const Maker& make) {
  Rig rig(make());
  log_in(rig, [](const HttpRequest& request) {
    return json_answer(is_refresh(request) ? 503 : 200, "{}");
  });
  rig.clock.advance(std::chrono::seconds{590});
  return outcome(rig.client.call("alice", "GET", "/v1/user/me"), "called");
}

// --- many at once --------------------------------------------------------------------------------

// Calls that all find the same token bad, one after the other: what the gate makes of latecomers.
std::string refreshes_of_latecomers(const Maker& make) {
  Rig rig(make());
  log_in(rig, serve(ok));
  const TokenRecord seen = *rig.client.record("alice").value();
  const auto gate = make().refresh.make_gate();
  int spent = 0;
  TokenRecord current = seen;
  const client::RefreshSteps steps{
      [] { return Result<std::unique_ptr<client::StoreLock>>(nullptr); },
      [&] { return std::optional(current); },
      [&](const TokenRecord&) {
        current.access_token = "AT" + std::to_string(++spent + 1);
        return Result<TokenRecord>(current);
      }};
  for (int caller = 0; caller < 3; ++caller) (void)gate->refresh(seen, steps);
  return std::to_string(spent);
}

// The same with a client: three calls whose 401s come after each other's refresh.
std::string refreshes_of_late_401s(const Maker& make) {
  Rig rig(make());
  log_in(rig, {});
  const Kept<int> depth;
  // Each request with the old token has another call made before it is answered.
  const Answer api = [&](const HttpRequest& request) -> Result<HttpResponse> {
    const bool more = token_of(request) == "AT1" && depth.with([](int& n) { return ++n; }) < 3;
    if (more) std::async(std::launch::async, [&] { call(rig); }).get();
    return refuses_first(request);
  };
  rig.transport.answer_with(serve(api));
  call(rig);
  const auto sent = rig.transport.sent();
  return std::to_string(std::ranges::count_if(sent, is_refresh));
}

// Two processes, one store: both saw the old token, and the first has refreshed it.
std::string refreshes_of_two_processes(const Maker& make) {
  MemoryStore store;
  Rig first(store, make());
  Rig second(store, make());
  log_in(first, serve(ok));
  const TokenRecord seen = *second.client.record("alice").value();
  (void)first.client.refresh("alice");
  int spent = 0;
  const client::RefreshSteps steps{
      [] { return Result<std::unique_ptr<client::StoreLock>>(nullptr); },
      [&] { return second.client.record("alice").value(); },
      [&](const TokenRecord& record) {
        ++spent;
        return Result<TokenRecord>(record);
      }};
  (void)make().refresh.make_gate()->refresh(seen, steps);
  return std::to_string(spent);
}

// The refresh token in the store when the API is called with the new access token.
std::string stored_at_first_use(const Maker& make) {
  MemoryStore store;
  Rig rig(store, make());
  std::string seen;
  log_in(rig, serve([&](const HttpRequest& request) {
           if (token_of(request) == "AT2") seen = store.text("alice");
           return refuses_first(request);
         }));
  call(rig);
  const auto shorter = [](const std::string& text) {
    return text.find("RT2") == std::string::npos ? "RT1" : "RT2";
  };
  return std::string(shorter(seen)) + ", in the end " + shorter(store.text("alice"));
}

// --- the retry ---------------------------------------------------------------------------------

std::string retry_of_post(const Maker& make) {
  Rig rig(make());
  log_in(rig, serve(refuses_first));
  call(rig, "POST");
  const HttpRequest last = rig.transport.sent().back();
  return last.method + " " + token_of(last) + " " + last.body;
}

std::string token_of_first_user(const Maker& make) {
  Rig rig(make());
  rig.log_in("alice", tokens(1));
  rig.log_in("bob", tokens(2));
  call(rig);
  return token_of(rig.transport.sent().back());
}

std::string cookie_at_api(const Maker& make) {
  Rig rig(make());
  log_in(rig, ok);
  call(rig);
  const HttpRequest request = rig.transport.sent().back();
  return std::string(client::find_header(request.headers, "Cookie").value_or("none"));
}

std::string refresh_request(const Maker& make) {
  const HttpRequest request =
      make().endpoint.build_refresh_request(client::testing::test_config(), "RT+1");
  return request.url.substr(request.url.rfind('/')) + " " + request.body;
}

std::string refresh_with_other_type(const Maker& make) {
  Rig rig(make());
  log_in(rig, [](const HttpRequest&) {
    return json_answer(200, R"({"token_type":"mac","access_token":"AT2"})");
  });
  return outcome(rig.client.refresh("alice"), "refreshed");
}

std::string traffic_after_jump_back(const Maker& make) {
  Rig rig(make());
  rig.clock.advance(std::chrono::hours{24});
  log_in(rig, serve(ok));
  call(rig);
  rig.clock.advance(-std::chrono::hours{24});
  const std::size_t before = traffic(rig).size();
  call(rig);
  return traffic(rig).substr(before);
}

std::string redirected_refresh(const Maker& make) {
  HttpRequest request{"POST", std::string(kRefreshUrl)};
  request.body = "grant_type=refresh_token&refresh_token=RT1";
  const auto next = make().endpoint.next_hop(request, {307, {{"Location", "http://evil/t"}}});
  return next ? next->url : "nowhere";
}

}  // namespace

std::vector<Row> refresh_rows() {
  const Error reset{ErrorKind::transport, "reset"};
  const std::string form =
      "/refresh_token grant_type=refresh_token&refresh_token=RT%2B1&client_id=demo";
  const HttpResponse refused = json_answer(400, R"({"error":"invalid_grant"})");
  const HttpResponse refused401 = json_answer(401, R"({"error":"invalid_grant"})");
  const HttpResponse page{200, {{"Content-Type", "text/html"}}, "<html>"};
  const auto hour = std::chrono::seconds{3600};
  return {
      {"cm43-refresh-drops-old", chain(only_access), "R(RT1) R(RT1) ", "R(RT1) "},
      {"cm44-refresh-keeps-old", chain(serve(ok)), "R(RT1) R(RT2) ", "R(RT1) R(RT1) "},
      {"cm44b-refresh-keeps-old-of-same-length", chain(serve(ok)), "R(RT1) R(RT2) ",
       "R(RT1) R(RT1) "},
      {"cm45-no-single-flight", refreshes_of_latecomers, "1", "3"},
      {"cm45b-single-flight-before-call-only", refreshes_of_late_401s, "1", "3"},
      {"cm45c-refreshes-queue", refreshes_of_latecomers, "1", "3"},
      {"cm45d-single-flight-per-process", refreshes_of_two_processes, "0", "1"},
      {"cm45e-failed-flight-sticks", refresh_after_failed_one, "refreshed", "token_error"},
      {"cm46-401-loop", traffic_of_call(status(401)), "GET(AT1) R(RT1) GET(AT2) ",
       "GET(AT1) R(RT1) GET(AT2) R(RT2) GET(AT3) R(RT3) GET(AT4) R(RT4) GET(AT5) R(RT5) GET(AT6) "
       "R(RT6) GET(AT7) R(RT7) GET(AT8) R(RT8) GET(AT9) R(RT9) GET(AT10) R(RT10) GET(AT11) R(RT11) "
       "GET(AT12) R(RT12) GET(AT13) R(RT13) GET(AT14) R(RT14) GET(AT15) R(RT15) GET(AT16) R(RT16) "
       "GET(AT17) R(RT17) GET(AT18) R(RT18) GET(AT19) R(RT19) GET(AT20) R(RT20) GET(AT21) R(RT21) "
       "GET(AT22) R(RT22) GET(AT23) R(RT23) GET(AT24) R(RT24) GET(AT25) R(RT25) GET(AT26) "},
      {"cm46b-401-twice", traffic_of_call(status(401)), "GET(AT1) R(RT1) GET(AT2) ",
       "GET(AT1) R(RT1) GET(AT2) R(RT2) GET(AT3) "},
      {"cm47-invalid-grant-retry", after_failure(refused), "login_required 1", "logged_in 1"},
      {"cm47b-invalid-grant-401-retry", after_failure(refused401), "login_required 1",
       "logged_in 1"},
      {"cm48-network-logout", after_failure(json_answer(502, "")), "logged_in 1",
       "login_required 1"},
      {"cm48b-503-logout", after_failure(json_answer(503, "")), "logged_in 1", "login_required 1"},
      {"cm48c-reset-logout", after_failure(reset), "logged_in 1", "login_required 1"},
      {"cm48d-web-page-logout", after_failure(page), "logged_in 1", "login_required 1"},
      {"cm48e-429-logout", after_failure(json_answer(429, "")), "logged_in 1", "login_required 1"},
      {"cm48f-missing-token-logout", after_failure(json_answer(200, "{}")), "logged_in 1",
       "login_required 1"},
      {"cm49-persist-late", stored_at_first_use, "RT2, in the end RT2", "RT1, in the end RT2"},
      {"cm49b-persist-never", stored_at_first_use, "RT2, in the end RT2", "RT1, in the end RT1"},
      {"cm104-401-no-refresh", traffic_of_call(refuses_first), "GET(AT1) R(RT1) GET(AT2) ",
       "GET(AT1) "},
      {"cm105-retry-without-body", retry_of_post, R"(POST AT2 {"a":1})", "POST AT2 "},
      {"cm105b-retry-as-get", retry_of_post, R"(POST AT2 {"a":1})", R"(GET AT2 {"a":1})"},
      {"cm106-retry-with-old-token", traffic_of_call(refuses_first), "GET(AT1) R(RT1) GET(AT2) ",
       "GET(AT1) R(RT1) GET(AT1) "},
      {"cm107-one-token-for-all", token_of_first_user, "AT1", "AT2"},
      {"cm108-refresh-storm", after_failure(refused), "login_required 1", "login_required 13"},
      {"cm109-no-proactive-refresh", traffic_of_call(ok, hour), "R(RT1) GET(AT2) ", "GET(AT1) "},
      {"cm110-refresh-every-call", traffic_of_call(ok), "GET(AT1) ", "R(RT1) GET(AT2) "},
      {"cm110b-refresh-every-five-minutes", traffic_of_ten_days(), "GET(AT1) ", "R(RT1) GET(AT2) "},
      {"cm111-refresh-on-403", traffic_of_call(status(403)), "GET(AT1) ",
       "GET(AT1) R(RT1) GET(AT2) "},
      {"cm111b-refresh-on-4xx", traffic_of_call(status(429)), "GET(AT1) ",
       "GET(AT1) R(RT1) GET(AT2) "},
      {"cm36d-token-type-at-login-only", refresh_with_other_type, "unsafe_response", "refreshed"},
      {"cm146-refresh-five-minutes-early", traffic_of_call(ok, std::chrono::seconds{400}),
       "GET(AT1) ", "R(RT1) GET(AT2) "},
      {"cm147-refresh-while-time-is-odd", traffic_after_jump_back, "GET(AT1) ", "R(RT1) GET(AT2) "},
      {"cm148-refresh-widens-scope", refresh_request, form,
       "/refresh_token "
       "grant_type=refresh_token&refresh_token=RT%2B1&client_id=demo&scope=openid%20profile%20email"
       "%20admin"},
      {"cm149-refresh-follows-redirect", redirected_refresh, "nowhere", "http://evil/t"},
      {"cm113-valid-token-not-used", call_near_the_end, "called", "token_error"},
      {"cm114-lost-refresh-storm", after_failure(reset), "logged_in 1", "logged_in 8"},
      {"cm115-refresh-json-body", refresh_request, form,
       "/refresh_token "
       "{\"grant_type\":\"refresh_token\",\"refresh_token\":\"RT+1\",\"client_id\":\"demo\"}"},
      {"cm115b-refresh-no-client-id", refresh_request, form,
       "/refresh_token grant_type=refresh_token&refresh_token=RT%2B1"},
      {"cm115c-refresh-with-redirect-uri", refresh_request, form,
       "/refresh_token "
       "grant_type=refresh_token&refresh_token=RT%2B1&client_id=demo&redirect_uri=http%3A%2F%2F127."
       "0.0.1%3A4000%2Foauth%2Fcallback"},
      {"cm115d-refresh-token-in-url", refresh_request, form,
       "/refresh_token?refresh_token=RT%2B1 grant_type=refresh_token&client_id=demo"},
      {"cm116-refresh-token-at-api", cookie_at_api, "none", "refresh_token=RT1"},
  };
}

}  // namespace heygen::conformance::testing
