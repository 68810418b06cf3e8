// Rows: the authorization response.
#include <gtest/gtest.h>

#include <future>

#include "conformance/flawed/client_rows.h"
#include "conformance/flawed/client_tools.h"

namespace heygen::conformance::testing {
namespace {

using client::HttpRequest;
using client::Result;
using client::testing::body_value;
using client::testing::query_value;
using client::testing::Rig;
using client::testing::tokens;
using Ask = std::function<std::string(const Maker&)>;

constexpr std::string_view kCallback = "http://127.0.0.1:4000/oauth/callback?";

// Delivers a callback with this query and tells what came of it: the code that was exchanged, or
// why none was.
std::string deliver(Rig& rig, const std::string& query, std::string_view session = "alice") {
  const std::size_t before = rig.transport.sent().size();
  const auto done = rig.client.complete_login(session, "GET", std::string(kCallback) + query);
  const auto sent = rig.transport.sent();
  if (sent.size() == before) return outcome(done, "no exchange");
  return "exchanged " + body_value(sent.back(), "code");
}

std::string begin(Rig& rig, std::string_view session = "alice") {
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  return query_value(rig.begin(session), "state");
}

// One login, one callback; "$" in the query is the login's state.
Ask callback(std::string query) {
  return [query](const Maker& make) {
    Rig rig(make());
    return deliver(rig, replace_all(query, "$", begin(rig)));
  };
}

Ask callback_with_state(std::string (*edit)(std::string state)) {
  return [edit](const Maker& make) {
    Rig rig(make());
    return deliver(rig, "code=C&state=" + edit(begin(rig)));
  };
}

std::string last_flipped(std::string state) {
  state.back() = state.back() == 'x' ? 'y' : 'x';
  return state;
}
std::string without_last(std::string state) { return state.substr(0, state.size() - 1); }
std::string without_first(std::string state) { return state.substr(1); }
std::string with_nul(std::string state) { return state + "%00x"; }
std::string with_slash(std::string state) { return state + "/"; }
std::string middle_flipped(std::string state) {
  char& middle = state[state.size() / 2];
  middle = middle == 'x' ? 'y' : 'x';
  return state;
}
std::string hashed_alike(std::string state) {
  const auto start = [](std::string_view text) { return sha256_octets(text).substr(0, 2); };
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string other = "other-" + std::to_string(i);
    if (start(other) == start(state)) return other;
  }
  return state;
}
std::string with_line_end(std::string state) { return state + "%0A"; }
std::string in_small_letters(std::string state) {
  for (char& c : state) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return state;
}
std::string encoded_twice(std::string state) {
  return "%25" + to_hex(state.substr(0, 1)) + state.substr(1);
}
std::string after_a_blank(std::string state) { return "%20" + state; }
std::string in_other_text(std::string state) { return "x" + state + "x"; }

Ask unsolicited(std::string query) {
  return [query](const Maker& make) {
    Rig rig(make());
    rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
    return deliver(rig, query);
  };
}

std::string from_another_session(const Maker& make) {
  Rig rig(make());
  return deliver(rig, "code=C&state=" + begin(rig), "mallory");
}

std::string empty_after_login(const Maker& make) {
  Rig rig(make());
  (void)deliver(rig, "code=B&state=" + begin(rig));
  return deliver(rig, "code=C&state=");
}

std::string newer_of_two(const Maker& make) {
  Rig rig(make());
  (void)begin(rig);
  return deliver(rig, "code=C&state=" + begin(rig));
}

// Both queries come with the state of one login.
Ask twice(std::string first, std::string second) {
  return [first, second](const Maker& make) {
    Rig rig(make());
    const std::string state = "&state=" + begin(rig);
    const std::string before = deliver(rig, first + state);
    return before + ", " + deliver(rig, second + state);
  };
}

std::string three_times(const Maker& make) {
  Rig rig(make());
  const std::string query = "code=C&state=" + begin(rig);
  const std::string first = deliver(rig, query);
  const std::string second = deliver(rig, query);
  return first + ", " + second + ", " + deliver(rig, query);
}

Ask after(std::chrono::hours wait) {
  return [wait](const Maker& make) {
    Rig rig(make());
    const std::string state = begin(rig);
    rig.clock.advance(wait);
    return deliver(rig, "code=C&state=" + state);
  };
}

// The same callback again while the first one's code is being exchanged.
std::string during_the_exchange(const Maker& make) {
  Rig rig(make());
  const std::string url = std::string(kCallback) + "code=C&state=" + begin(rig);
  std::string second;
  rig.transport.answer_with([&](const HttpRequest&) {
    rig.transport.answer_with([](const HttpRequest&) { return tokens(2); });
    second = outcome(std::async(std::launch::async,
                                [&] { return rig.client.complete_login("alice", "GET", url); })
                         .get(),
                     "exchanged");
    return tokens(1);
  });
  (void)rig.client.complete_login("alice", "GET", url);
  return second + ", later " + outcome(rig.client.complete_login("alice", "GET", url), "exchanged");
}

std::string foreign_error_then_callback(const Maker& make) {
  Rig rig(make());
  const std::string state = begin(rig);
  (void)deliver(rig, "error=access_denied&state=foreign");
  return deliver(rig, "code=C&state=" + state);
}

std::string error_without_state_then_callback(const Maker& make) {
  Rig rig(make());
  const std::string state = begin(rig);
  (void)deliver(rig, "error=access_denied");
  return deliver(rig, "code=C&state=" + state);
}

Ask issuer_taken(std::string_view iss) {
  return [iss](const Maker& make) {
    client::Config config = client::testing::test_config();
    config.issuer = "https://issuer.example/a";
    return make().callback.issuer_matches(config, iss) ? "yes" : "no";
  };
}

std::string repeated_redirect(const Maker& make) {
  Rig rig(make());
  (void)deliver(rig, "code=C&redirect_uri=http%3A%2F%2Fevil&state=" + begin(rig));
  return body_value(rig.transport.sent().back(), "redirect_uri");
}

std::string exchanged_at(const Maker& make) {
  Rig rig(make());
  (void)deliver(rig, "code=C&token_endpoint=http%3A%2F%2F127.0.0.1%3A9%2Ft&state=" + begin(rig));
  return rig.transport.sent().back().url;
}

Ask token_used_after(std::string query) {
  return [query](const Maker& make) {
    Rig rig(make());
    (void)deliver(rig, replace_all(query, "$", begin(rig)));
    const auto record = rig.client.record("alice").value();
    return record ? record->access_token : "none";
  };
}

std::string paragraph(const Maker& make) {
  const std::string page =
      make().pages.render({false, "No", "<script>x</script><img src=x onerror=y>"});
  const std::size_t from = page.find("<p>");
  return page.substr(from, page.find("</p>") - from);
}

// What stands in the page from this text to the end of its tag.
std::string from_text(const std::string& page, std::string_view text) {
  const std::size_t from = page.find(text);
  if (from == std::string::npos) return "";
  return page.substr(from, page.find('>', from) + 1 - from);
}

Ask part_of_page(std::string_view text, std::string_view query) {
  return [=](const Maker& make) {
    const client::Seams seams = make();
    (void)seams.callback.read("/?" + std::string(query));
    return from_text(seams.pages.render({false, "No", "a\"b"}), text);
  };
}

Ask page_header(std::string_view name, std::string_view query) {
  return [=](const Maker& make) {
    const client::Seams seams = make();
    (void)seams.callback.read("/?" + std::string(query));
    return std::string(client::find_header(seams.pages.headers(), name).value_or("none"));
  };
}

std::string written_of_description(const Maker& make) {
  const client::Seams seams = make();
  client::CallbackParams params;
  params.error = "access_denied";
  params.error_description = "a\nb";
  ::testing::internal::CaptureStderr();
  (void)seams.callback.judge_error(params);
  return ::testing::internal::GetCapturedStderr();
}

std::string methods_that_end_a_login(const Maker& make) {
  const client::Seams seams = make();
  std::string methods;
  for (const char* method : {"GET", "HEAD", "POST"}) {
    if (seams.pages.ends_login(method)) methods.append(method).append(" ");
  }
  return methods;
}

Ask part_after_login(std::string_view text) {
  return [text](const Maker& make) {
    Rig rig(make());
    rig.log_in();
    return from_text(rig.client.seams().pages.render({true, "Yes", ""}), text);
  };
}

std::string cookie_of(const Rig& rig) {
  const client::Headers headers = rig.client.seams().pages.headers();
  return std::string(client::find_header(headers, "Set-Cookie").value_or("none"));
}

std::string header_after_login(const Maker& make) {
  Rig rig(make());
  rig.log_in();
  return cookie_of(rig);
}

std::string verifier_told(const Maker& make) {
  Rig rig(make());
  rig.log_in();
  const std::string verifier = body_value(rig.transport.sent().back(), "code_verifier");
  const std::string cookie = cookie_of(rig);
  return cookie.find(verifier) == std::string::npos ? "no" : "yes";
}

std::string long_code(const Maker& make) {
  Rig rig(make());
  const std::string text = deliver(rig, "code=" + std::string(4096, 'c') + "&state=" + begin(rig));
  return std::to_string(text.size() - std::string_view("exchanged ").size());
}

}  // namespace

std::vector<Row> callback_rows() {
  const std::string no = "state_mismatch";
  const std::string yes = "exchanged C";
  return {
      {"cm01-state-ignored", callback("code=C&state=any"), no, yes},
      {"cm01b-state-shape-only", callback_with_state(last_flipped), no, yes},
      {"cm01c-state-case-folded", callback_with_state(in_small_letters), no, yes},
      {"cm01d-state-first-16", callback_with_state(last_flipped), no, yes},
      {"cm01e-state-trimmed", callback_with_state(after_a_blank), no, yes},
      {"cm01f-state-decoded-twice", callback_with_state(encoded_twice), no, yes},
      {"cm01g-state-by-both-ends", callback_with_state(middle_flipped), no, yes},
      {"cm01h-state-by-its-hash", callback_with_state(hashed_alike), no, yes},
      {"cm02-state-optional", callback("code=C"), no, yes},
      {"cm02b-state-optional-when-empty", callback("code=C&state="), no, yes},
      {"cm03-state-empty-equal", unsolicited("code=C&state="), no, yes},
      {"cm03b-unsolicited-accepted", unsolicited("code=C&state=any"), no, yes},
      {"cm03c-state-variable-emptied", empty_after_login, no, yes},
      {"cm04-state-prefix-compare", callback_with_state(without_last), no, yes},
      {"cm04b-state-contained", callback_with_state(in_other_text), no, yes},
      {"cm04c-state-by-its-end", callback_with_state(without_first), no, yes},
      {"cm04d-state-up-to-nul", callback_with_state(with_nul), no, yes},
      {"cm04e-state-line-end", callback_with_state(with_line_end), no, yes},
      {"cm04f-state-slash", callback_with_state(with_slash), no, yes},
      {"cm06-state-global", from_another_session, no, yes},
      {"cm06b-one-login-for-all", from_another_session, no, yes},
      {"cm07-state-not-consumed", twice("code=C", "code=D"), yes + ", " + no,
       yes + ", exchanged D"},
      {"cm07b-state-kept-on-error", twice("error=access_denied", "code=C"), "access_denied, " + no,
       "access_denied, " + yes},
      {"cm07c-state-usable-twice", three_times, yes + ", " + no + ", " + no,
       yes + ", " + yes + ", " + no},
      {"cm07d-slot-never-emptied", twice("code=C", "code=D"), yes + ", " + no,
       yes + ", exchanged D"},
      {"cm61-pending-immortal", after(std::chrono::hours{24 * 365}), no, yes},
      {"cm61b-pending-a-week", after(std::chrono::hours{24}), no, yes},
      {"cm205-second-login-forgotten", newer_of_two, yes, no},
      {"cm29-error-xss", paragraph, "<p>&lt;script&gt;x&lt;/script&gt;&lt;img src=x onerror=y&gt;",
       "<p><script>x</script><img src=x onerror=y>"},
      {"cm29b-error-xss-blacklist", paragraph,
       "<p>&lt;script&gt;x&lt;/script&gt;&lt;img src=x onerror=y&gt;",
       "<p>>x</script><img src=x onerror=y>"},
      {"cm29c-error-xss-attribute", part_of_page("value=", ""), "", "value=\"a\"b\">"},
      {"cm29d-error-uri-link", part_of_page("href=", "error_uri=javascript:x"), "",
       "href=\"javascript:x\">"},
      {"cm29e-state-xss", part_of_page("Login ", "state=<b>"), "", "Login <b>"},
      {"cm207-log-injection", written_of_description, "", "login: a\nb\n"},
      {"cm207b-header-injection", page_header("X-Y", "error_description=a%0D%0AX-Y:%20z"), "none",
       "z"},
      {"cm210-open-redirect", page_header("Location", "next=https://evil.test"), "none",
       "https://evil.test"},
      {"cm211-any-method-ends-login", methods_that_end_a_login, "GET ", "GET HEAD POST "},
      {"cm211b-head-ends-login", methods_that_end_a_login, "GET ", "GET HEAD "},
      {"cm212-page-loads-from-elsewhere", part_of_page("src=", ""), "",
       "src=\"https://cdn.example/logo.png\">"},
      {"cm213-page-stored", page_header("Cache-Control", ""), "no-store", "none"},
      {"cm214-token-in-page", part_after_login("postMessage"), "", "postMessage('AT1')</script>"},
      {"cm214b-token-in-cookie", header_after_login, "none", "token=AT1; Path=/; SameSite=Lax"},
      {"cm215-verifier-in-cookie", verifier_told, "no", "yes"},
      {"cm30-error-ignored", callback("code=C&error=access_denied&state=$"), "access_denied", yes},
      {"cm30b-error-only-without-code", callback("code=C&error=access_denied&state=$"),
       "access_denied", yes},
      {"cm30d-error-behind-code", callback("code=C&error=access_denied&state=$"), "access_denied",
       yes},
      {"cm30c-unknown-error-is-success", callback("error=heygen_weird&state=$"), "invalid_callback",
       "exchanged "},
      {"cm30e-error-by-list", callback("code=C&error=heygen_weird&state=$"), "invalid_callback",
       yes},
      {"cm31-iss-ignored", callback("code=C&iss=http%3A%2F%2Fevil.test&state=$"),
       "invalid_callback", yes},
      {"cm31b-iss-over-https", callback("code=C&iss=https%3A%2F%2Fevil.test&state=$"),
       "invalid_callback", yes},
      {"cm31c-iss-by-its-start", issuer_taken("https://issuer.example/a.evil"), "no", "yes"},
      {"cm31d-iss-of-the-origin", issuer_taken("https://issuer.example/b"), "no", "yes"},
      {"cm32-callback-twice", twice("code=C", "code=C"), yes + ", " + no, yes + ", " + yes},
      {"cm32b-callback-race", during_the_exchange, no + ", later " + no, "exchanged, later " + no},
      {"cm73-iss-refused", callback("code=C&iss=http%3A%2F%2F127.0.0.1%3A8765&state=$"), yes,
       "invalid_callback"},
      {"cm74-iss-required", callback("code=C&state=$"), yes, "invalid_callback"},
      {"cm75-unknown-param-refused", callback("code=C&foo=bar&state=$"), yes, "invalid_callback"},
      {"cm209-parameters-by-order", callback("state=$&code=C"), yes, "invalid_callback"},
      {"cm76-error-before-state", foreign_error_then_callback, yes, no},
      {"cm76b-error-without-state", error_without_state_then_callback, yes, no},
      {"cm208-errors-all-alike", callback("error=server_error&state=$"), "invalid_callback",
       "access_denied"},
      {"cm77-missing-code-exchanged", callback("state=$"), "invalid_callback",
       "exchanged undefined"},
      {"cm77b-empty-code-exchanged", callback("code=&state=$"), "invalid_callback", "exchanged "},
      {"cm78-code-cut", long_code, "4096", "1024"},
      {"cm78b-code-decoded-twice", callback("code=a%252Bb&state=$"), "exchanged a%2Bb",
       "exchanged a+b"},
      {"cm78c-code-not-decoded", callback("code=a%2Bb&state=$"), "exchanged a+b",
       "exchanged a%2Bb"},
      {"cm78d-code-filtered", callback("code=a%2Bb~c&state=$"), "exchanged a+b~c", "exchanged abc"},
      {"cm79-duplicate-code-joined", callback("code=C&code=D&state=$"), "invalid_callback",
       "exchanged C,D"},
      {"cm79b-duplicate-code-last", callback("code=C&code=D&state=$"), "invalid_callback",
       "exchanged D"},
      {"cm80-duplicate-state-last", callback("code=C&state=foreign&state=$"), "invalid_callback",
       yes},
      {"cm80b-duplicate-state-first", callback("code=C&state=$&state=foreign"), "invalid_callback",
       yes},
      {"cm80c-duplicate-state-any", callback("code=C&state=$&state=foreign"), "invalid_callback",
       yes},
      {"cm82-endpoint-from-callback", exchanged_at, "http://127.0.0.1:8765/v1/oauth/token",
       "http://127.0.0.1:9/t"},
      {"cm82b-redirect-from-callback", repeated_redirect, "http://127.0.0.1:4000/oauth/callback",
       "http://evil"},
      {"cm83-implicit-token-accepted", token_used_after("code=C&access_token=EVIL&state=$"), "AT1",
       "EVIL"},
      {"cm83b-implicit-fragment-accepted", token_used_after("code=C&state=$#access_token=EVIL"),
       "AT1", "EVIL"},
  };
}

}  // namespace heygen::conformance::testing
