// The authorize endpoint: to whom nobody is sent.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"
#include "conformance/server/html_form.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

struct Parts {
  std::string scheme, host, path;  // "https", "app.example", "/cb"
};

Parts parts_of(const std::string& uri) {
  const std::string origin = origin_of(uri);
  const std::size_t slashes = origin.find("://");
  return {origin.substr(0, slashes), origin.substr(slashes + 3), std::string(target_of(uri))};
}

constexpr std::string_view kAttacker = "attacker.example";

std::string raised(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// "127.0.0.1:80" without ":80"; "[::1]".
std::string without_port(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  return has_port ? host.substr(0, colon) : host;
}

// "cb" as "%63b".
std::string escaped_first(const std::string& leaf) {
  if (leaf.empty()) return "%2e";
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto first = static_cast<unsigned char>(leaf.front());
  return std::string{'%'} + kHex[first >> 4U] + kHex[first & 0xFU] + leaf.substr(1);
}

// One deviation each, every one of which some server has let through.
std::vector<std::string> deviations_of(const std::string& uri, bool with_port) {
  const auto& [scheme, host, path] = parts_of(uri);
  const std::string origin = scheme + "://" + host;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const std::string leaf = path.substr(folder.size());
  std::vector<std::string> all{
      uri + "/",
      uri + "/evil",
      uri + "suffix",
      origin + swap_case(path),
      uri + (path.find('?') == std::string::npos ? "?" : "&") + "evil=1",
      scheme + "://user@" + host + path,
      origin + folder + "x/../" + leaf,
      origin + folder + "%2e%2e%2f" + leaf,
      origin + folder + "/" + leaf,
      (scheme == "https" ? "http" : "https") + ("://" + host) + path,
      scheme + "://" + host + ".attacker.example" + path,
      scheme + "://attacker.example/?u=" + uri,
      uri + "#fragment",
      uri + ";x=1",
      " " + uri,
      uri + " ",
      origin + "\\" + path.substr(1),
      origin + folder + escaped_first(leaf),
      scheme + "://attacker" + host + path,
      scheme + "://x." + host + path,
      scheme + "://" + host + "@attacker.example" + path,
      scheme + "://" + without_port(host) + ":x@attacker.example" + path,
      raised(scheme) + "://" + host + path,
  };
  if (raised(host) != host) all.push_back(scheme + "://" + raised(host) + path);
  if (with_port) all.push_back(origin + (scheme == "https" ? ":443" : ":80") + path);
  // RFC 8252 §7.3 lets the port of a loopback address vary, and nothing else.
  if (host.starts_with("127.0.0.1")) {
    const std::string port = host.substr(std::string_view("127.0.0.1").size());
    for (const char* const other : {"localhost", "127.0.0.2", "[::1]"}) {
      all.push_back(scheme + "://" + other + port + path);
    }
  }
  if (with_port) all.push_back(scheme + "://" + host + ":8443" + path);
  return all;
}

// Where the consent form carries the redirect URI, that is no better than the request's.
Verdict form_changed(ServerTrial& trial) {
  trial.ask_users();
  const Asked asked = trial.ask();
  const Reply page = trial.open(asked.params);
  const auto form = page.is_html() ? find_form(page.body()) : std::nullopt;
  if (!form || !form->post) return passed();
  HtmlForm::Values changed;
  for (const HtmlForm::Field& field : form->fields) {
    if (field.value == asked.client.redirect_uri) {
      changed.emplace_back(field.name, "https://" + std::string(kAttacker) + "/cb");
    }
  }
  if (changed.empty()) return passed();
  const Reply reply = trial.decide(page, Decision::approve, changed);
  return origin_of(reply.location()) == "https://" + std::string(kAttacker)
             ? failed("no redirect to the URI that the consent form was made to carry",
                      reply.describe())
             : passed();
}

Verdict redirect_exact(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge_one = [&](const ServerClient& client, const std::string& other) {
    Asked asked = trial.ask(client);
    asked.params.set("redirect_uri", other);
    const bool away = other.find(kAttacker) != std::string::npos;
    verdicts.push_back(expect_error_page(trial.visit(asked.params), "the redirect_uri " + other,
                                         away ? kAttacker : std::string_view()));
  };
  const auto judge = [&](const ServerClient& client, bool with_port) {
    for (const std::string& other : deviations_of(client.redirect_uri, with_port)) {
      judge_one(client, other);
    }
  };
  judge(trial.client(), /*with_port=*/false);
  for (const std::string end : {"\n", "\r\nX-Canary: 1"}) {
    const std::string other = trial.client().redirect_uri + end;
    const auto reply = trial.open_raw(trial.ask().params.with("redirect_uri", other));
    const std::string_view what = "the redirect_uri with a line's end behind it";
    if (!reply && reply.failure().origin != Failure::Origin::protocol) {
      trial.give_up(reply.failure().message);
    }
    verdicts.push_back(
        reply ? expect_error_page(*reply, what)
              : failed("an error page for " + std::string(what), reply.failure().message));
  }
  if (trial.has(Capability::clients)) {
    const auto web = trial.register_client("conformance-web", {"https://app.example/oauth/cb"});
    judge(web, true);
    const auto other = trial.register_client("conformance-web-2", {"https://two.example/oauth/cb"});
    judge_one(web, other.redirect_uri);
    judge_one(trial.client(), other.redirect_uri);
  }
  if (trial.has(Capability::form)) verdicts.push_back(form_changed(trial));
  return worst_of(std::move(verdicts));
}

Verdict loopback_port(ServerTrial& trial) {
  std::vector<ServerClient> clients{trial.client()};
  if (trial.has(Capability::clients)) {
    clients = {trial.register_client("conformance-v4", {"http://127.0.0.1/cb"}),
               trial.register_client("conformance-v6", {"http://[::1]/cb"})};
  }
  std::vector<Verdict> verdicts;
  for (const ServerClient& client : clients) {
    const std::string origin = origin_of(client.redirect_uri);
    const bool v6 = origin.starts_with("http://[::1]");
    if (!v6 && !origin.starts_with("http://127.0.0.1")) {
      trial.pass_over(
          "the client's redirect_uri is no loopback address, and the suite cannot "
          "register one (capability clients)");
    }
    Asked asked = trial.ask(client);
    asked.params.set("redirect_uri", (v6 ? "http://[::1]:49152" : "http://127.0.0.1:49152") +
                                         std::string(target_of(client.redirect_uri)));
    verdicts.push_back(expect_code(trial.visit(asked.params), asked, "another loopback port"));
  }
  return worst_of(std::move(verdicts));
}

Verdict bad_client(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const Params good = trial.ask().params;
  for (const Params& spoiled :
       {good.with("client_id", "nobody-" + trial.random(12)), good.without("client_id"),
        good.with("client_id", ""), good.with("client_id", swap_case(trial.client().id))}) {
    verdicts.push_back(expect_error_page(trial.visit(spoiled), "an unknown or missing client_id"));
  }
  return worst_of(std::move(verdicts));
}

Verdict missing_redirect(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_error_page(trial.visit(trial.ask().params.without("redirect_uri")),
                                       "no redirect_uri"));
  if (trial.has(Capability::clients)) {
    const auto several = trial.register_client(
        "conformance-several", {"http://127.0.0.1:53682/one", "http://127.0.0.1:53682/two"});
    verdicts.push_back(
        expect_error_page(trial.visit(trial.ask(several).params.without("redirect_uri")),
                          "no redirect_uri where several are registered"));
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerRedirectUriChecks{
    Check{.id = "server.authorize.redirect-exact",
          .title = "Only registered redirect URIs are redirected to",
          .clause = "RFC 9700 §2.1, §4.1.3; RFC 6749 §3.1.2.4",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "some 30 deviations of the redirect_uri: suffix, case, query, slash, userinfo, port, "
              "'..', encoded slash, scheme, host, line end; another client's; and one in the "
              "consent form",
          .requires_ = "An error page each time, and no redirect anywhere, by a page or its script "
                       "neither.",
          .mend = "Compare the redirect_uri with the registered ones as a string, byte for byte.",
          .motive = "OAuch RedirectUriFullyMatched, RedirectUriConfusion",
          .side = Side::server,
          .run_server = &redirect_exact},
    Check{.id = "server.authorize.loopback-port",
          .title = "A loopback redirect may use any port",
          .clause = "RFC 8252 §7.3; RFC 9700 §2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "registered is http://127.0.0.1/cb (and http://[::1]/cb), asked for is port "
                      "49152",
          .requires_ = "The request succeeds, and the redirect goes to that port.",
          .mend = "For http on a loopback IP leave the port out of the comparison.",
          .motive = "the vendor's command-line clients take a free port",
          .side = Side::server,
          .run_server = &loopback_port},
    Check{.id = "server.authorize.bad-client-no-redirect",
          .title = "Nobody is redirected for an unknown client",
          .clause = "RFC 6749 §4.1.2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request with an unknown, a missing, an empty client_id",
          .requires_ = "An error page, and no redirect.",
          .mend = "Look the client up first; until it and its redirect_uri are known, only show "
                  "pages.",
          .motive = "OAuch InvalidRedirect",
          .side = Side::server,
          .run_server = &bad_client},
    Check{.id = "server.authorize.missing-redirect",
          .title = "A request without redirect_uri is refused",
          .clause = "RFC 6749 §3.1.2.3, §3.1.2.4; the vendor's guide, step 1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request without redirect_uri; also where several are registered",
          .requires_ = "An error page, and no redirect. (With one registered URI it is the "
                       "vendor's guide that demands it.)",
          .mend = "Require the parameter; never guess which registered URI was meant.",
          .side = Side::server,
          .run_server = &missing_redirect},
};

}  // namespace

std::span<const Check> server_redirect_uri_checks() { return kServerRedirectUriChecks; }

}  // namespace heygen::conformance
