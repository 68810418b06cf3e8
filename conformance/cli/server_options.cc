#include "conformance/cli/server_options.h"

#include <CLI/CLI.hpp>
#include <string>

namespace heygen::conformance {
namespace {

template <typename Client>
void add_client(CLI::App& app, const std::string& flag, Client& client, const std::string& help) {
  app.add_option_function<std::string>(
         flag,
         [flag, &client](const std::string& text) {
           auto parsed = parse_server_client(text);
           if (!parsed) {
             throw CLI::ValidationError(flag, "write ID=REDIRECT_URI or ID=REDIRECT_URI,secret=…");
           }
           client = std::move(*parsed);
         },
         help)
      ->type_name("ID=REDIRECT_URI[,secret=…]");
}

void add_urls(CLI::App& app, ServerTarget& target) {
  const auto url = [&app](const char* flag, std::string& value, const char* help) {
    app.add_option(flag, value, help)->type_name("URL");
  };
  url("--authorize-url", target.authorize_url, "Its authorization endpoint");
  url("--token-url", target.token_url, "Its token endpoint");
  url("--refresh-url", target.refresh_url, "A second endpoint for refreshes");
  url("--revoke-url", target.revoke_url, "Its revocation endpoint");
  url("--device-url", target.device_url, "Its device authorization endpoint");
  url("--api-url", target.api_url, "An API address that wants a bearer token, by GET");
  url("--control-url", target.control_url,
      "A heygen-mock-server's control API, ending in /_mock: a sandbox for each check, its clock "
      "and policies; the other URLs follow from it");
  app.add_option("--admin-token", target.control_token, "The control API's token")->type_name("T");
}

void add_consent(CLI::App& app, ServerTarget& target) {
  app.add_option_function<std::string>(
         "--consent",
         [&target](const std::string& how) {
           if (how != "auto" && how != "form") {
             throw CLI::ValidationError("--consent", "must be auto or form");
           }
           target.consent = how == "form" ? Consent::form : Consent::automatic;
         },
         "auto: it redirects at once (the default); form: the page's form is sent")
      ->type_name("HOW");
  app.add_option_function<std::vector<std::string>>(
         "--form-field",
         [&target](const std::vector<std::string>& fields) {
           for (const std::string& field : fields) {
             const std::size_t equals = field.find('=');
             if (equals == std::string::npos) {
               throw CLI::ValidationError("--form-field", "write NAME=VALUE");
             }
             target.form_fields.emplace_back(field.substr(0, equals), field.substr(equals + 1));
           }
         },
         "Fills a field of the page's form (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--consent-command",
         [&target](const std::string& command) {
           target.consent = Consent::command;
           target.approve_command = command;
         },
         "A line for /bin/sh: takes $AUTHORIZE_URL, prints where the browser was sent")
      ->type_name("CMD");
  app.add_option("--deny-command", target.deny_command, "The same for a user who denies")
      ->type_name("CMD");
}

}  // namespace

void add_server_flags(CLI::App& app, ServerTarget& target) {
  add_urls(app, target);
  add_client(app, "--client", target.client, "A public client that it knows");
  add_client(app, "--second-client", target.second, "Another, for what is bound to its client");
  add_client(app, "--confidential-client", target.confidential, "One with a secret");
  app.add_option("--scope", target.scope, "Asked for by every login")->type_name("SCOPE");
  add_consent(app, target);
  app.add_option("--ca", target.ca_file, "PEM: the CA of a server behind https")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
}

}  // namespace heygen::conformance
