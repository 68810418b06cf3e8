// login: the browser and a listener on loopback (RFC 8252), or another device (RFC 8628).
#include <ostream>
#include <utility>

#include "client_under_test/cli/browser.h"
#include "client_under_test/cli/commands.h"
#include "client_under_test/lib/callback_page.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/lib/loopback_listener.h"

namespace heygen::client {
namespace {

// One login: answers the listener's requests until one of them decides it.
class BrowserLogin {
 public:
  explicit BrowserLogin(Client& client) : client_(client) {}

  PageResponse handle(const PageRequest& request) {
    if (outcome_) {
      return page_response(client_, 400,
                           {false, "The login has ended", "You can close this window."});
    }
    CallbackPage answer = answer_callback(client_, kSession, request);
    outcome_ = answer.ended;
    answer.response.last = outcome_.has_value();
    return std::move(answer.response);
  }

  [[nodiscard]] const std::optional<Result<void>>& outcome() const { return outcome_; }

 private:
  Client& client_;
  std::optional<Result<void>> outcome_;
};

void print_url(const CommandContext& context, const std::string& url) {
  if (context.options.json) {
    context.terminal.out << JsonWriter().string("authorize_url", url).str() << std::endl;
  } else {
    context.terminal.out << "Open this address in a browser:\n" << url << std::endl;
  }
}

int print_logged_in(const CommandContext& context) {
  if (context.options.json) {
    JsonWriter line;
    line.boolean("ok", true).string("state", name_of(LoginState::logged_in));
    context.terminal.out << line.str() << std::endl;
  } else {
    context.terminal.out << "logged in" << std::endl;
  }
  return kExitOk;
}

Error timed_out() {
  return Error{ErrorKind::transport, "no callback came in time; try again, or raise --timeout"};
}

}  // namespace

int run_login(const CommandContext& context) {
  Result<LoopbackListener> listener = LoopbackListener::open(context.options.callback_port);
  if (!listener) return report(context, listener.error());
  Config config = context.options.config;
  config.redirect_uri =
      "http://127.0.0.1:" + std::to_string(listener->port()) + context.options.callback_path;
  Client client(std::move(config), context.services, context.seams);
  const Result<std::string> url = client.begin_login(kSession);
  if (!url) return report(context, url.error());

  std::optional<BrowserProcess> browser;
  if (context.options.browser) {
    browser = BrowserProcess::start(browser_commands(context.environment, *url));
  }
  if (!browser) print_url(context, *url);

  BrowserLogin login(client);
  const ListenerHooks hooks{[&](const PageRequest& request) { return login.handle(request); },
                            [&] {
                              if (browser && browser->has_failed()) print_url(context, *url);
                            }};
  const Result<bool> served = listener->serve(hooks, context.options.timeout);
  if (!served) return report(context, served.error());
  if (!login.outcome()) return report(context, timed_out());
  if (!*login.outcome()) return report(context, login.outcome()->error());
  return print_logged_in(context);
}

int run_device_login(const CommandContext& context) {
  Client client(context.options.config, context.services, context.seams);
  const Result<DeviceGrant> grant = client.request_device_grant();
  if (!grant) return report(context, grant.error());
  if (context.options.json) {
    JsonWriter line;
    line.string("user_code", grant->user_code).string("verification_uri", grant->verification_uri);
    context.terminal.out << line.str() << std::endl;
  } else {
    context.terminal.out << "Open " << grant->verification_uri << "\nand enter the code "
                         << grant->user_code << std::endl;
  }
  const Result<void> done = client.finish_device_login(kSession, *grant, {});
  if (!done) return report(context, done.error());
  return print_logged_in(context);
}

}  // namespace heygen::client
