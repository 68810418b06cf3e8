#include "client_under_test/cli/commands.h"

#include <array>
#include <cstdio>
#include <ostream>

#include "client_under_test/lib/json.h"
#include "client_under_test/lib/text.h"

namespace heygen::client {

std::string to_iso(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text.data();
}

int report(const CommandContext& context, const Error& error) {
  if (context.options.json) {
    JsonWriter inner;
    inner.string("kind", name_of(error.kind)).string("message", error.message);
    context.terminal.out << JsonWriter().boolean("ok", false).raw("error", inner.str()).str()
                         << std::endl;
  } else {
    context.terminal.err << "heygen-client: " << one_line(error.message, 500) << std::endl;
  }
  switch (error.kind) {
    case ErrorKind::login_required:
      return kExitLoginRequired;
    case ErrorKind::bad_request:
      return kExitUsage;
    default:
      return kExitFailed;
  }
}

int run_status(const CommandContext& context) {
  Client client(context.options.config, context.services, context.seams);
  const Result<std::optional<TokenRecord>> record = client.record(kSession);
  if (!record) return report(context, record.error());
  std::ostream& out = context.terminal.out;
  if (!*record) {
    if (context.options.json) {
      out << JsonWriter().string("state", name_of(LoginState::login_required)).str() << std::endl;
    } else {
      out << "not logged in" << std::endl;
    }
    return kExitLoginRequired;
  }
  const TokenRecord& login = **record;
  const std::string expires = login.expires_at ? to_iso(*login.expires_at) : "";
  if (context.options.json) {
    JsonWriter line;
    line.string("state", name_of(LoginState::logged_in));
    if (login.expires_at) line.string("expires_at", expires);
    line.string("scope", login.scope)
        .boolean("refreshable", login.refresh_token.has_value())
        .string("access_token_fingerprint", fingerprint(login.access_token));
    out << line.str() << std::endl;
    return kExitOk;
  }
  const bool expired = is_expired(login, context.services.clock.now());
  out << "logged in\n  access token: " << (expired ? "expired " : "expires ")
      << (expires.empty() ? "at a time the server did not say" : expires) << " (fingerprint "
      << fingerprint(login.access_token)
      << ")\n  refresh token: " << (login.refresh_token ? "yes" : "none")
      << "\n  scope: " << (login.scope.empty() ? "as the server chose" : one_line(login.scope))
      << std::endl;
  return kExitOk;
}

int run_call(const CommandContext& context) {
  const Options& options = context.options;
  Client client(options.config, context.services, context.seams);
  const Result<HttpResponse> response =
      client.call(kSession, options.method, options.path, options.data);
  if (!response) return report(context, response.error());
  if (options.json) {
    JsonWriter line;
    line.number("status", response->status).string("body", response->body);
    context.terminal.out << line.str() << std::endl;
  } else {
    context.terminal.out << response->body;
    if (!response->body.ends_with('\n')) context.terminal.out << '\n';
    context.terminal.out << std::flush;
    context.terminal.err << "heygen-client: the API answered " << response->status << std::endl;
  }
  return response->status >= 200 && response->status < 300 ? kExitOk : kExitFailed;
}

int run_refresh(const CommandContext& context) {
  Client client(context.options.config, context.services, context.seams);
  const Result<TokenRecord> fresh = client.refresh(kSession);
  if (!fresh) return report(context, fresh.error());
  const std::string expires = fresh->expires_at ? to_iso(*fresh->expires_at) : "";
  if (context.options.json) {
    JsonWriter line;
    line.boolean("ok", true);
    if (!expires.empty()) line.string("expires_at", expires);
    context.terminal.out << line.str() << std::endl;
  } else {
    context.terminal.out << "refreshed" << (expires.empty() ? "" : ", expires " + expires)
                         << std::endl;
  }
  return kExitOk;
}

int run_logout(const CommandContext& context) {
  Client client(context.options.config, context.services, context.seams);
  const Result<void> done = client.logout(kSession);
  if (!done) return report(context, done.error());
  if (context.options.json) {
    context.terminal.out << JsonWriter().boolean("ok", true).str() << std::endl;
  } else {
    context.terminal.out << "logged out" << std::endl;
  }
  return kExitOk;
}

}  // namespace heygen::client
