#include "client_under_test/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

namespace heygen::client {
namespace {

using Text = std::optional<std::string>;

// What the flags said, before the environment is asked.
struct Flags {
  Text base_url, authorize_url, token_url, refresh_url, revoke_url, device_url, api_url;
  Text client_id, client_secret, client_auth, scope, issuer, store_dir, ca_file;
  Text timeout, http_timeout, callback_port;
};

struct Endpoint {
  Text Flags::*flag;
  std::string_view variable;
  std::string Config::*member;
};
constexpr std::array<Endpoint, 6> kEndpoints{{
    {&Flags::authorize_url, "HEYGEN_AUTHORIZE_URL", &Config::authorize_url},
    {&Flags::token_url, "HEYGEN_TOKEN_URL", &Config::token_url},
    {&Flags::refresh_url, "HEYGEN_REFRESH_URL", &Config::refresh_url},
    {&Flags::revoke_url, "HEYGEN_REVOKE_URL", &Config::revoke_url},
    {&Flags::device_url, "HEYGEN_DEVICE_URL", &Config::device_url},
    {&Flags::api_url, "HEYGEN_API_URL", &Config::api_url},
}};

Error wrong(std::string message) { return Error{ErrorKind::bad_request, std::move(message)}; }

void add_common(CLI::App& app, Flags& flags, Options& options) {
  app.add_option("--base-url", flags.base_url,
                 "One origin that serves all endpoints, like a mock (HEYGEN_BASE_URL)");
  app.add_option("--authorize-url", flags.authorize_url, "HEYGEN_AUTHORIZE_URL");
  app.add_option("--token-url", flags.token_url, "HEYGEN_TOKEN_URL");
  app.add_option("--refresh-url", flags.refresh_url, "HEYGEN_REFRESH_URL");
  app.add_option("--revoke-url", flags.revoke_url, "HEYGEN_REVOKE_URL");
  app.add_option("--device-url", flags.device_url, "HEYGEN_DEVICE_URL");
  app.add_option("--api-url", flags.api_url, "HEYGEN_API_URL");
  app.add_option("--client-id", flags.client_id, "The application's id (HEYGEN_CLIENT_ID)");
  app.add_option("--client-secret", flags.client_secret,
                 "For confidential clients; HEYGEN_CLIENT_SECRET keeps it off the process list");
  app.add_option("--client-auth", flags.client_auth,
                 "How the secret is sent: post (default) or basic (HEYGEN_CLIENT_AUTH)");
  app.add_option("--scope", flags.scope, "Space-delimited; default: none (HEYGEN_SCOPE)");
  app.add_option("--issuer", flags.issuer, "The only iss to accept (HEYGEN_ISSUER)");
  app.add_option("--store-dir", flags.store_dir, "Where the login is kept (HEYGEN_STORE_DIR)");
  app.add_option("--ca-file", flags.ca_file, "CA certificates, PEM (SSL_CERT_FILE)");
  app.add_option("--http-timeout", flags.http_timeout,
                 "Longest HTTP exchange, at most 30s, the default (HEYGEN_HTTP_TIMEOUT)");
  app.add_flag("--json", options.json, "Print JSON");
}

void add_login(CLI::App& login, Flags& flags, Options& options, bool& no_browser) {
  login.add_flag("--device", options.device, "Log in on another device (RFC 8628)");
  login.add_flag("--no-browser", no_browser, "Print the address instead of opening it");
  login.add_option("--timeout", flags.timeout, "Wait at most so long, like 90s or 5m (5m)");
  login.add_option("--callback-port", flags.callback_port, "Port on 127.0.0.1 (0: any free one)");
  login.add_option("--callback-path", options.callback_path, "Path of the redirect URI")
      ->capture_default_str();
}

// RFC 8252 wants a state directory of the user's own; XDG says where.
Result<std::string> default_store_dir(const Environment& environment) {
  if (const Text state = environment("XDG_STATE_HOME"); state && state->starts_with('/')) {
    return *state + "/heygen-client";
  }
  if (const Text home = environment("HOME")) return *home + "/.local/state/heygen-client";
  return wrong("no home directory to keep the login in: give --store-dir");
}

void resolve_endpoints(const Flags& flags, const Environment& environment, Config& config) {
  if (!flags.base_url) {
    if (const Text base = environment("HEYGEN_BASE_URL")) use_base_url(config, *base);
    for (const Endpoint& endpoint : kEndpoints) {
      if (const Text value = environment(endpoint.variable)) config.*endpoint.member = *value;
    }
  } else {
    use_base_url(config, *flags.base_url);
  }
  for (const Endpoint& endpoint : kEndpoints) {
    if (const Text& value = flags.*endpoint.flag) config.*endpoint.member = *value;
  }
}

Result<std::chrono::milliseconds> duration_of(const Text& text, std::chrono::milliseconds fallback,
                                              const std::string& name) {
  if (!text) return fallback;
  const std::optional<std::chrono::milliseconds> span = parse_duration(*text);
  if (!span || span->count() == 0) return wrong(name + ": must be like 500ms, 30s or 5m");
  return *span;
}

Result<void> resolve_client(const Flags& flags, const Environment& environment, Options& options) {
  const auto either = [&](const Text& flag, std::string_view variable) {
    return flag ? flag : environment(variable);
  };
  Config& config = options.config;
  resolve_endpoints(flags, environment, config);
  config.client_id = either(flags.client_id, "HEYGEN_CLIENT_ID").value_or("");
  config.client_secret = either(flags.client_secret, "HEYGEN_CLIENT_SECRET");
  config.scope = either(flags.scope, "HEYGEN_SCOPE").value_or("");
  config.issuer = either(flags.issuer, "HEYGEN_ISSUER");
  const std::string auth = either(flags.client_auth, "HEYGEN_CLIENT_AUTH").value_or("post");
  if (auth != "post" && auth != "basic") return wrong("--client-auth: must be post or basic");
  config.client_auth = auth == "basic" ? ClientAuth::basic : ClientAuth::post;
  if (config.client_id.empty()) {
    return wrong("no client id: give --client-id or set HEYGEN_CLIENT_ID");
  }
  const Text store_dir = either(flags.store_dir, "HEYGEN_STORE_DIR");
  const Result<std::string> directory =
      store_dir ? Result<std::string>(*store_dir) : default_store_dir(environment);
  if (!directory) return directory.error();
  options.store_dir = *directory;
  return {};
}

Result<void> resolve_transport(const Flags& flags, const Environment& environment,
                               TransportOptions& transport) {
  const Text ca_file = flags.ca_file ? flags.ca_file : environment("SSL_CERT_FILE");
  transport.ca_file = ca_file.value_or("");
  const Text longest = flags.http_timeout ? flags.http_timeout : environment("HEYGEN_HTTP_TIMEOUT");
  const auto span = duration_of(longest, transport.longest, "--http-timeout");
  if (!span) return span.error();
  transport.longest = std::min(*span, transport.longest);
  return {};
}

Result<void> resolve_login(const Flags& flags, Options& options) {
  const auto span = duration_of(flags.timeout, options.timeout, "--timeout");
  if (!span) return span.error();
  options.timeout = *span;
  if (flags.callback_port &&
      !CLI::detail::lexical_cast(*flags.callback_port, options.callback_port)) {
    return wrong("--callback-port: must be a number from 0 to 65535");
  }
  const std::string& path = options.callback_path;
  const bool plain = path.starts_with('/') && path.find_first_of("?# ") == std::string::npos;
  if (!plain) return wrong("--callback-path: must start with \"/\" and have no query");
  options.config.redirect_uri =
      "http://127.0.0.1:" + std::to_string(options.callback_port) + options.callback_path;
  return {};
}

Result<void> resolve(const Flags& flags, const Environment& environment, Options& options) {
  if (Result<void> good = resolve_transport(flags, environment, options.transport); !good) {
    return good;
  }
  if (options.command == Command::adapter) return {};  // is configured line by line
  if (Result<void> good = resolve_client(flags, environment, options); !good) return good;
  if (Result<void> good = resolve_login(flags, options); !good) return good;
  return check_config(options.config);
}

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::variant<Options, Usage> parse_options(int argc, const char* const* argv,
                                           const Environment& environment,
                                           std::string_view version) {
  Options options;
  Flags flags;
  bool no_browser = false;
  CLI::App app("A reference OAuth client for the HeyGen API.", "heygen-client");
  app.set_version_flag("--version", "heygen-client " + std::string(version));
  app.require_subcommand(1);
  add_common(app, flags, options);
  const auto add = [&](const char* name, Command command, const char* help) {
    CLI::App* const sub = app.add_subcommand(name, help);
    sub->fallthrough()->callback([&options, command] { options.command = command; });
    return sub;
  };
  add_login(*add("login", Command::login, "Log in with the browser"), flags, options, no_browser);
  add("status", Command::status, "Say whether there is a login (exit 4: none)");
  CLI::App* const call = add("call", Command::call, "Call the API and print what it answers");
  call->add_option("path", options.path, "Path of the API, like /v3/users/me")->required();
  call->add_option("--method", options.method, "GET, or POST when there is data");
  call->add_option("--data", options.data, "The body, JSON");
  add("refresh", Command::refresh, "Refresh the access token now");
  add("logout", Command::logout, "Revoke the login and forget it");
  add("adapter", Command::adapter, "Be driven by a conformance suite: JSON lines on stdin");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Usage{0, app.help()};
  } catch (const CLI::CallForVersion& call_for_version) {
    return Usage{0, std::string(call_for_version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return Usage{2, "heygen-client: " + first_line(error.what()) + " (see --help)\n"};
  }
  options.browser = !no_browser;
  if (options.method.empty()) options.method = options.data ? "POST" : "GET";
  if (const Result<void> good = resolve(flags, environment, options); !good) {
    return Usage{2, "heygen-client: " + good.error().message + "\n"};
  }
  return options;
}

}  // namespace heygen::client
