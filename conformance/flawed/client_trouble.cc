// Flaws that show when something is out of order: no answer, a store that is damaged or cannot be
// written, a response at the wrong place, a header in an odd notation.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "client_under_test/lib/callback_params.h"
#include "client_under_test/lib/json.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::ApiRules;
using client::CallbackRules;
using client::Config;
using client::DeviceRules;
using client::EndpointRules;
using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::Page;
using client::RefreshFailure;
using client::RefreshRules;
using client::Result;
using client::Seams;
using client::StoreRules;
using client::TokenRecord;
using client::TokenRules;
using client::Transport;

// --- no answer ---------------------------------------------------------------------------------

bool is_timeout(const Error& error) {
  return error.kind == ErrorKind::transport &&
         error.message.find("Timeout was reached") != std::string::npos;
}

Result<HttpResponse> send_without_timeout(Transport& transport, HttpRequest request) {
  request.timeout = std::chrono::hours{1};
  return client::send_once(transport, request);
}

Result<HttpResponse> no_timeout(Transport& transport, const HttpRequest& request) {
  return send_without_timeout(transport, request);
}

Result<HttpResponse> no_timeout_for_refresh(Transport& transport, const HttpRequest& request) {
  return has_grant(request, "refresh_token") ? send_without_timeout(transport, request)
                                             : client::send_once(transport, request);
}

// Each time-out is one more reason to ask again.
Result<HttpResponse> timeout_is_no_end(Transport& transport, const HttpRequest& request) {
  constexpr int kMost = 20;
  Result<HttpResponse> response = client::send_once(transport, request);
  for (int sent = 1; sent < kMost && !response && is_timeout(response.error()); ++sent) {
    response = client::send_once(transport, request);
  }
  return response;
}

RefreshFailure a_timeout_is_final(const Error& error) {
  return is_timeout(error) ? RefreshFailure::terminal : client::classify_refresh_failure(error);
}

std::chrono::seconds no_answer_keeps_pace(std::chrono::seconds interval, const Error& failure) {
  return failure.kind == ErrorKind::transport ? interval : client::next_interval(interval, failure);
}

// --- the refresh request -----------------------------------------------------------------------

// An interceptor adds the token to whatever is sent.
void bearer_on_refresh(Seams& seams) {
  const Kept<std::string> current;
  seams.token.read_access_token = [current](const client::JsonValue* member) {
    Result<std::string> token = client::read_access_token(member);
    if (token) current.set(*token);
    return token;
  };
  seams.endpoint.build_refresh_request = [current](const Config& config, std::string_view token) {
    HttpRequest request = client::build_refresh_request(config, token);
    request.headers.emplace_back("Authorization", "Bearer " + current.get());
    return request;
  };
}

// --- the place of the response -----------------------------------------------------------------

bool anywhere(const Config& /*config*/, std::string_view /*url*/) { return true; }

bool below_the_path(const Config& config, std::string_view url) {
  return client::path_of(url).starts_with(client::path_of(config.redirect_uri));
}

bool path_alone(const Config& config, std::string_view url) {
  return client::path_of(url) == client::path_of(config.redirect_uri);
}

// --- headers and numbers -----------------------------------------------------------------------

// Matches the header as one server writes it.
int challenge_by_pattern(const HttpResponse& response) {
  constexpr int kOdd = 499;
  if (response.status != 401) return response.status;
  const auto challenge = client::find_header(response.headers, "WWW-Authenticate").value_or("");
  const bool known = challenge.starts_with("Bearer ") &&
                     challenge.find("error=\"invalid_token\"") != std::string_view::npos;
  return known ? response.status : kOdd;
}

// As where a point stands between thousands.
std::optional<std::int64_t> point_between_thousands(const client::JsonValue* member) {
  if (member == nullptr || member->kind != client::JsonValue::Kind::number) {
    return client::read_lifetime(member);
  }
  const std::string digits = replace_all(member->text, ".", "");
  if (digits.find_first_not_of("0123456789") != std::string::npos) {
    return client::read_lifetime(member);
  }
  return std::stoll(digits.substr(0, 15));
}

// --- the store ---------------------------------------------------------------------------------

std::optional<TokenRecord> throw_on_damage(std::string_view text, const Config& config) {
  if (!client::parse_json_object(text)) throw std::runtime_error("unexpected end of JSON input");
  return client::deserialize(text, config);
}

// Whoever refreshes writes the file, so the logout that comes next leaves it alone.
void logout_leaves_refreshed(Seams& seams) {
  const Kept<bool> refreshed;
  class Gate final : public client::RefreshGate {
   public:
    explicit Gate(Kept<bool> refreshed) : refreshed_(std::move(refreshed)) {}
    Result<TokenRecord> refresh(const TokenRecord& seen,
                                const client::RefreshSteps& steps) override {
      refreshed_.set(true);
      return gate_->refresh(seen, steps);
    }

   private:
    const Kept<bool> refreshed_;
    const std::unique_ptr<client::RefreshGate> gate_ = client::make_single_flight_gate();
  };
  seams.refresh.make_gate = [refreshed] { return std::make_unique<Gate>(refreshed); };
  seams.logout.wipe = [refreshed](client::TokenStore& store, std::string_view session) {
    const bool leave = refreshed.with([](bool& value) { return std::exchange(value, false); });
    return leave ? Result<void>() : client::wipe_login(store, session);
  };
}

// --- what is shown -----------------------------------------------------------------------------

// A program that sends the body would have it on its command line; it lives as long as the request.
Result<HttpResponse> body_on_command_line(Transport& transport, const HttpRequest& request) {
  std::string script = "read -r line";
  std::string body = request.body;
  std::string shell = "sh";
  std::string flag = "-c";
  std::array<char*, 5> arguments{shell.data(), flag.data(), script.data(), body.data(), nullptr};
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return client::send_once(transport, request);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[0], 0);
  pid_t child = 0;
  const bool started =
      ::posix_spawn(&child, "/bin/sh", &actions, nullptr, arguments.data(), environ) == 0;
  ::posix_spawn_file_actions_destroy(&actions);
  Result<HttpResponse> response = client::send_once(transport, request);
  ::close(pipe[0]);
  ::close(pipe[1]);
  if (started) ::waitpid(child, nullptr, 0);
  return response;
}

void code_in_error_page(Seams& seams) {
  const Kept<std::string> sent;
  seams.endpoint.send = [sent](Transport& transport, const HttpRequest& request) {
    sent.set(request.body);
    return client::send_once(transport, request);
  };
  seams.pages.render = [sent](const Page& page) {
    if (page.success) return client::render_page(page);
    return replace_all(client::render_page(page), "</main>",
                       "<pre>" + client::html_escape(sent.get()) + "</pre></main>");
  };
}

bool any_uri(std::string_view /*uri*/) { return true; }
bool all_but_scripts(std::string_view uri) { return !uri.starts_with("javascript:"); }

constexpr std::array kClientTroubleFlaws{
    Flaw{.id = "cm220-no-timeout",
         .summary = "waits for the token endpoint for ever",
         .intended = {"token.timeout"},
         .plant = replace<&EndpointRules::send, no_timeout>},
    Flaw{.id = "cm220b-no-timeout-for-refresh",
         .summary = "a refresh has no time-out, an exchange has",
         .intended = {"token.timeout"},
         .variant_of = "cm220-no-timeout",
         .plant = replace<&EndpointRules::send, no_timeout_for_refresh>},
    Flaw{.id = "cm220c-timeout-asked-again",
         .summary = "sends the request again after each time-out",
         .intended = {"token.timeout"},
         .variant_of = "cm220-no-timeout",
         .plant = replace<&EndpointRules::send, timeout_is_no_end>},
    Flaw{.id = "cm48g-timeout-logout",
         .summary = "drops tokens when its own refresh request times out",
         .intended = {"refresh.transient-keeps-token"},
         .variant_of = "cm48-network-logout",
         .plant = replace<&RefreshRules::classify, a_timeout_is_final>},
    Flaw{.id = "cm221-refresh-with-bearer",
         .summary = "sends the old access token along with a refresh",
         .intended = {"refresh.request.shape"},
         .plant = bearer_on_refresh},
    Flaw{.id = "cm222-callback-anywhere",
         .summary = "takes an authorization response at any URL",
         .intended = {"callback.redirect-uri.exact"},
         .plant = replace<&CallbackRules::is_at_redirect_uri, anywhere>},
    Flaw{.id = "cm222b-callback-below",
         .summary = "takes an authorization response at longer paths, too",
         .intended = {"callback.redirect-uri.exact"},
         .variant_of = "cm222-callback-anywhere",
         .plant = replace<&CallbackRules::is_at_redirect_uri, below_the_path>},
    Flaw{.id = "cm222c-callback-at-any-host",
         .summary = "looks at the path of the response's URL, not at its host",
         .intended = {"callback.redirect-uri.exact"},
         .variant_of = "cm222-callback-anywhere",
         .plant = replace<&CallbackRules::is_at_redirect_uri, path_alone>},
    Flaw{.id = "cm223-challenge-by-pattern",
         .summary = "knows a dead token by WWW-Authenticate as one server writes it",
         .intended = {"bearer.www-authenticate-parse"},
         .plant = replace<&ApiRules::status_of, challenge_by_pattern>},
    Flaw{.id = "cm224-damaged-store-throws",
         .summary = "an exception when the file of tokens is no JSON",
         .intended = {"store.corrupt-tolerated"},
         .plant = replace<&StoreRules::read, throw_on_damage>},
    Flaw{.id = "cm226-secrets-in-argv",
         .summary = "starts a program with the form on its command line",
         .intended = {"process.no-secrets-argv"},
         .plant = replace<&EndpointRules::send, body_on_command_line>},
    Flaw{.id = "cm227-request-in-error-page",
         .summary = "the page of a failed login shows the request that failed",
         .intended = {"error-page.no-secrets"},
         .plant = code_in_error_page},
    Flaw{.id = "cm228-logout-leaves-refreshed",
         .summary = "a logout that comes during a refresh, or after one, leaves the file of tokens",
         .intended = {"logout.during-refresh"},
         .plant = logout_leaves_refreshed},
    Flaw{.id = "cm229-timeout-keeps-pace",
         .summary = "polls on in the same interval after a poll without an answer",
         .intended = {"device.poll.timeout-backoff"},
         .plant = replace<&DeviceRules::next_interval, no_answer_keeps_pace>},
    Flaw{.id = "cm230-any-verification-uri",
         .summary = "sends the user to whatever verification_uri says",
         .intended = {"device.uri.safe"},
         .plant = replace<&DeviceRules::is_safe_uri, any_uri>},
    Flaw{.id = "cm230b-scripts-alone-refused",
         .summary = "refuses a verification_uri of javascript: alone",
         .intended = {"device.uri.safe"},
         .variant_of = "cm230-any-verification-uri",
         .plant = replace<&DeviceRules::is_safe_uri, all_but_scripts>},
    Flaw{.id = "cm231-expires-by-locale",
         .summary = "takes the point in expires_in for one between thousands",
         .intended = {"response.expires-in.float-exp"},
         .plant = replace<&TokenRules::read_lifetime, point_between_thousands>},
};

}  // namespace

std::span<const Flaw> trouble_flaws() { return kClientTroubleFlaws; }

}  // namespace heygen::conformance
