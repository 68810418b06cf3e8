#include "conformance/cli/app_probe.h"

#include <memory>
#include <utility>

#include "conformance/runner/scratch.h"
#include "conformance/trial.h"

namespace heygen::conformance {
namespace {

Verdict log_in_and_refresh(Trial& trial) {
  trial.login();
  if (!trial.has(Capability::call_api)) return passed();
  const auto refreshed = trial.refresh();
  return refreshed ? passed() : warned(refreshed.failure().message);
}

constexpr Check kProbe{.id = "app.probe",
                       .title = "A good login",
                       .clause = "",
                       .provokes = "a login, a call, and an access token that dies",
                       .requires_ = "",
                       .mend = "",
                       .run = &log_in_and_refresh};

// The app is who it says it is, unless somebody knows better.
void adopt(Setup& setup, const std::string& authorize_url, bool client_is_given) {
  const Begun begun{"", authorize_url};
  const std::string client = begun.param("client_id");
  const std::string redirect = begun.param("redirect_uri");
  if (!client_is_given && !client.empty()) setup.client_id = client;
  // Host and port may be written in another way than the person wrote them; the path may not.
  const auto path_of = [](std::string_view url) {
    return target_of(url).substr(0, target_of(url).find('?'));
  };
  if (!redirect.empty() && path_of(redirect) == path_of(setup.redirect_uri)) {
    setup.redirect_uri = redirect;
  }
}

}  // namespace

AppFindings probe_app(std::shared_ptr<const App> app, mock::Server& server, Setup setup,
                      bool client_is_given, const CommandContext& context) {
  AppFindings findings;
  findings.setup = std::move(setup);
  findings.origin = server.url();
  if (app->options().start_url.empty()) return findings;
  AppFactory factory(app);
  const auto subject = factory.start();
  const auto begun = subject.value()->begin_login("probe").wait();
  if (!begun) {
    findings.trouble = begun.failure().message;
    return findings;
  }
  adopt(findings.setup, *begun, client_is_given);
  findings.origin = origin_of(*begun);
  const Scratch scratch;
  Stage stage{server, factory, scratch.path()};
  stage.timeout = app->options().timeout;
  stage.stop = context.stop;
  stage.world = FixedWorld{findings.origin, app->options().sandbox, findings.setup};
  Trial trial(kProbe, stage, *subject.value());
  const Verdict verdict = trial.judge();
  findings.refreshes = verdict.result == Result::pass;
  findings.logs_in = findings.refreshes || verdict.result == Result::warn;
  if (!findings.logs_in) findings.trouble = verdict.message;
  return findings;
}

}  // namespace heygen::conformance
