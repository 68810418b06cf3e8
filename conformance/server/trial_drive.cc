// Sending: requests of a client, and the way of its user's browser.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "client_under_test/lib/form.h"
#include "client_under_test/lib/url.h"
#include "conformance/server/html_form.h"
#include "conformance/server/raw.h"
#include "conformance/server/trial.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr int kMostHops = 10;

Seen seen_of(const HttpRequest& request, mock::wire::Response response) {
  mock::Entry entry;
  entry.request.method = request.method;
  entry.request.target = target_of(request.url);
  entry.request.headers = request.headers;
  entry.request.body = request.body;
  entry.response = std::move(response);
  return Seen(std::make_shared<const mock::Entry>(std::move(entry)));
}

Step step_to(std::string from, const HttpRequest& request, std::string status, std::string note) {
  const std::string_view target = target_of(request.url);
  return {std::move(from),
          "server",
          request.method,
          std::string(target.substr(0, target.find('?'))),
          {},
          std::move(status),
          std::move(note)};
}

struct PipeClose {
  void operator()(FILE* pipe) const noexcept { (void)::pclose(pipe); }
};

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The last line that it printed.
std::string last_line_of(const std::string& command) {
  const std::unique_ptr<FILE, PipeClose> pipe(::popen(command.c_str(), "re"));
  std::string text;
  std::array<char, 4096> chunk{};
  while (pipe && std::fgets(chunk.data(), static_cast<int>(chunk.size()), pipe.get()) != nullptr) {
    text += chunk.data();
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text.substr(text.find_last_of("\r\n") + 1);
}

}  // namespace

// --- sending ---

Reply ServerTrial::note(const HttpRequest& request, Outcome<mock::wire::Response> response,
                        bool by_browser) {
  const std::string from = by_browser ? "browser" : "suite";
  if (!response) {
    remember({by_browser ? "browser" : "suite",
              "server",
              request.method,
              std::string(target_of(request.url).substr(0, request.url.find('?'))),
              {},
              "no answer",
              response.failure().message});
    give_up(response.failure().message);
  }
  const Seen seen = seen_of(request, std::move(response).value());
  if (quiet_) return Reply(seen);
  learn_from(seen);
  Reply reply(seen);
  Step step = step_of(from, "server", seen);
  step.note = reply.describe().substr(std::to_string(reply.status()).size());
  step.note.erase(0, step.note.find_first_not_of(' '));
  if (const std::string box = "/s/" + name_; step.path.starts_with(box + "/")) {
    step.path.erase(0, box.size());
  }
  remember(std::move(step));
  return reply;
}

// Of a check of a thousand exchanges what led to the verdict is at the end.
void ServerTrial::remember(Step step) {
  constexpr std::size_t kMost = 100;
  if (steps_.size() == kMost) steps_.pop_front();
  steps_.push_back(std::move(step));
}

void ServerTrial::learn_from(const Seen& seen) {
  for (const auto* form : {&seen.query(), &seen.form()}) {
    for (const auto& [name, value] : form->fields) {
      if (name == "code") secrets_.add(SecretKind::code, value);
      if (name == "code_verifier") secrets_.add(SecretKind::verifier, value);
    }
  }
  const auto location = query_of(seen.response().headers.get("Location"));
  if (const auto* code = location.find("code")) secrets_.add(SecretKind::code, *code);
  secrets_.add(SecretKind::access_token, json_text(seen.response(), "access_token"));
  secrets_.add(SecretKind::refresh_token, json_text(seen.response(), "refresh_token"));
  secrets_.add(SecretKind::device_code, json_text(seen.response(), "device_code"));
}

Reply ServerTrial::send(const HttpRequest& request) {
  check_still_wanted();
  return note(request, http_.send(request), false);
}

std::vector<Reply> ServerTrial::send_at_once(const std::vector<HttpRequest>& requests) {
  check_still_wanted();
  auto answers = conformance::send_at_once(requests, options_);
  std::vector<Reply> replies;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    replies.push_back(note(requests[i], std::move(answers[i]), false));
  }
  return replies;
}

// Not by libcurl, which sends again what a connection that it kept has lost.
void ServerTrial::send_and_lose(const HttpRequest& request) {
  check_still_wanted();
  auto connection = RawConnection::open(request.url, options_);
  if (!connection) give_up(connection.failure().message);
  require((*connection)->send(to_bytes(request)), "a request could not be sent");
  auto answer = (*connection)->receive();
  if (answer) {
    (void)note(request, std::move(answer), false);
  } else {
    remember(step_to("suite", request, "no answer", answer.failure().message));
  }
}

Outcome<Reply> ServerTrial::send_raw(std::string_view bytes, const std::string& url) {
  check_still_wanted();
  auto connection = RawConnection::open(url, options_);
  if (!connection) give_up(connection.failure().message);
  // A server that refuses early may well close before it has read all.
  (void)(*connection)->send(bytes);
  auto answer = (*connection)->receive();
  if (!answer) return answer.failure();
  return Reply(seen_of({"RAW", url, {}, ""}, std::move(answer).value()));
}

Reply ServerTrial::post(const std::string& url, const Params& form, mock::wire::Headers headers) {
  headers.set("Content-Type", std::string(kForm));
  return send({"POST", url, std::move(headers), form.encoded()});
}

Reply ServerTrial::api_as(std::string_view authorization) {
  HttpRequest request{"GET", target_.api_url, {}, ""};
  if (!authorization.empty()) request.headers.add("Authorization", std::string(authorization));
  return send(request);
}

Reply ServerTrial::revoke(const ServerClient& client, std::string_view token,
                          std::string_view hint) {
  Params form{{"token", std::string(token)}, {"client_id", client.id}};
  if (client.secret) form.add("client_secret", *client.secret);
  if (!hint.empty()) form.add("token_type_hint", hint);
  return post(target_.revoke_url, form);
}

// --- the browser ---

Asked ServerTrial::ask(const ServerClient& client) {
  Asked asked{client, random(64), {}};
  asked.params = {{"response_type", "code"},
                  {"client_id", client.id},
                  {"redirect_uri", client.redirect_uri},
                  {"state", random(32)},
                  {"code_challenge", challenge_of(asked.verifier)},
                  {"code_challenge_method", "S256"}};
  if (!target_.scope.empty()) asked.params.add("scope", target_.scope);
  if (quiet_) return asked;
  secrets_.add(SecretKind::verifier, asked.verifier);
  secrets_.add(SecretKind::state, asked.params.get("state"));
  return asked;
}

Reply ServerTrial::open(const Params& params, const mock::wire::Headers& headers) {
  check_still_wanted();
  HttpRequest request{"GET", with_query(target_.authorize_url, params), headers, ""};
  if (!headers.has("Accept")) {
    request.headers.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
  }
  return note(request, browser_.send(request), true);
}

Outcome<Reply> ServerTrial::open_raw(const Params& params) {
  const std::string url = with_query(target_.authorize_url, params);
  return send_raw(to_bytes({"GET", url, {{"Accept", "text/html"}, {"Connection", "close"}}, ""}),
                  url);
}

Reply ServerTrial::browse(std::string_view url) {
  return browse_on({"GET", std::string(url), {{"Accept", "text/html,*/*;q=0.8"}}, ""},
                   Decision::approve);
}

// RFC 6749 lets the server do with its own pages what it likes: redirects to itself are followed,
// forms are sent, until the browser would leave the server.
Reply ServerTrial::browse_on(HttpRequest request, Decision decision) {
  const std::string home = origin_of(target_.authorize_url);
  for (int hop = 0; hop < kMostHops; ++hop) {
    check_still_wanted();
    const Reply reply = note(request, browser_.send(request), true);
    if (reply.redirects()) {
      const auto next = client::resolve_url(request.url, reply.location());
      if (!next || origin_of(*next) != home) return reply;
      request = {"GET", *next, {{"Accept", "text/html,*/*;q=0.8"}}, ""};
      continue;
    }
    if (consent_ != Consent::form || !reply.ok() || !reply.is_html()) return reply;
    const auto form = find_form(reply.body());
    if (!form || !form->post) return reply;
    const auto values = form->filled(decision == Decision::approve, target_.form_fields);
    if (!values) give_up("the consent page has no button that denies");
    const auto action = client::resolve_url(request.url, form->action);
    if (!action) give_up("the consent page's form leads nowhere");
    request = {"POST",
               *action,
               {{"Accept", "text/html,*/*;q=0.8"}, {"Content-Type", std::string(kForm)}},
               client::form_encode(*values)};
  }
  give_up("the server's pages lead in circles");
}

Reply ServerTrial::run_command(const std::string& url, Decision decision) {
  const std::string& command =
      decision == Decision::approve ? target_.approve_command : target_.deny_command;
  mock::wire::Response response;
  response.status = 302;
  response.headers.add("Location", last_line_of("AUTHORIZE_URL=" + shell_quoted(url) +
                                                "; export AUTHORIZE_URL; " + command));
  if (origin_of(response.headers.get("Location")).empty()) {
    give_up("the consent command printed no URL that the browser was sent to");
  }
  return note({"GET", url, {}, ""}, std::move(response), true);
}

Reply ServerTrial::visit(const Params& params, Decision decision) {
  check_still_wanted();
  const std::string url = with_query(target_.authorize_url, params);
  if (consent_ == Consent::command) return run_command(url, decision);
  return browse_on({"GET", url, {{"Accept", "text/html,*/*;q=0.8"}}, ""}, decision);
}

Reply ServerTrial::decide(const Reply& page, Decision decision,
                          const std::vector<std::pair<std::string, std::string>>& changed) {
  const auto form = find_form(page.body());
  require(form && form->post, "the consent page has no form that is sent by POST");
  HtmlForm::Values given = changed;
  given.insert(given.end(), target_.form_fields.begin(), target_.form_fields.end());
  const auto values = form->filled(decision == Decision::approve, given);
  require(values.has_value(), "the consent page has no such button");
  const auto action = client::resolve_url(target_.authorize_url, form->action);
  require(action.has_value(), "the consent page's form leads nowhere");
  check_still_wanted();
  const HttpRequest request{"POST",
                            *action,
                            {{"Accept", "text/html"}, {"Content-Type", std::string(kForm)}},
                            client::form_encode(*values)};
  return note(request, browser_.send(request), true);
}

// --- forms of the token endpoint ---

Params ServerTrial::redemption(const Asked& asked, std::string_view code) const {
  Params form{{"grant_type", "authorization_code"},
              {"code", std::string(code)},
              {"redirect_uri", asked.params.get("redirect_uri")},
              {"client_id", asked.client.id},
              {"code_verifier", asked.verifier}};
  if (asked.client.secret) form.add("client_secret", *asked.client.secret);
  return form;
}

Params ServerTrial::good_redemption() {
  const Asked asked = ask();
  return redemption(asked, code(asked));
}

Params ServerTrial::refreshing(const ServerClient& client, std::string_view token) const {
  Params form{{"grant_type", "refresh_token"},
              {"refresh_token", std::string(token)},
              {"client_id", client.id}};
  if (client.secret) form.add("client_secret", *client.secret);
  return form;
}

// --- what must work ---

std::string ServerTrial::code(const Asked& asked) {
  const Reply reply = visit(asked.params);
  std::string code = reply.param("code");
  if (!reply.redirects() || code.empty()) {
    give_up("a good authorize request brought no code: " + reply.describe());
  }
  return code;
}

Tokens ServerTrial::login(const ServerClient& client) {
  const Asked asked = ask(client);
  const std::string given = code(asked);
  const Reply reply = token(redemption(asked, given));
  if (!reply.ok() || reply.access_token().empty()) {
    give_up("a good token request brought no tokens: " + reply.describe());
  }
  return {client, given, reply.access_token(), reply.refresh_token(),
          reply.number("expires_in").value_or(0)};
}

std::vector<Tokens> ServerTrial::logins(std::size_t n) {
  std::vector<Tokens> all;
  quiet_ = true;
  while (all.size() < n) all.push_back(login());
  quiet_ = false;
  return all;
}

Tokens ServerTrial::refreshable(const ServerClient& client) {
  Tokens tokens = login(client);
  if (tokens.refresh.empty()) pass_over("the server gives no refresh token");
  return tokens;
}

Tokens ServerTrial::refreshed(const Tokens& tokens, const std::string& url) {
  const Reply reply = refresh_at(url, tokens.client, tokens.refresh);
  if (!reply.ok() || reply.access_token().empty()) {
    give_up("a good refresh brought no tokens: " + reply.describe());
  }
  const std::string fresh = reply.refresh_token();
  return {tokens.client, tokens.code, reply.access_token(), fresh.empty() ? tokens.refresh : fresh,
          reply.number("expires_in").value_or(0)};
}

}  // namespace heygen::conformance
