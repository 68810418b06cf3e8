#include "conformance/server/expect.h"

#include <algorithm>
#include <array>

#include "conformance/browser/html.h"
#include "conformance/server/challenge.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

std::string listed(Errors errors) {
  std::string text;
  for (const std::string_view error : errors) {
    text += (text.empty() ? "" : " or ") + std::string(error);
  }
  return text;
}

Verdict wrong(std::string_view expected, const Reply& reply, std::string_view after) {
  return failed(std::string(expected) + " for " + std::string(after), reply.describe());
}

// A script that sets the page's address, and names that host.
bool leads_to(const HtmlTag& script, std::string_view host) {
  const std::string code = lowered(script.text);
  constexpr std::array kWays{"location.replace", "location.assign", "location.href",
                             "location=",        "location =",      "window.open"};
  return code.find(lowered(host)) != std::string::npos &&
         std::ranges::any_of(kWays,
                             [&](const char* way) { return code.find(way) != std::string::npos; });
}

// Without a Location field a page can still lead away.
bool leads_away(const Reply& reply, std::string_view host) {
  if (reply.seen().response().headers.has("Refresh")) return true;
  if (!reply.is_html()) return false;
  return read_html(reply.body()).refresh ||
         (!host.empty() && std::ranges::any_of(read_tags(reply.body()), [&](const HtmlTag& tag) {
           return leads_to(tag, host);
         }));
}

bool goes_to_client(const Reply& reply, const Asked& asked) {
  const std::string wanted = asked.params.get("redirect_uri");
  const std::string to = reply.location();
  if (!reply.redirects() || !to.starts_with(wanted)) return false;
  const std::string_view rest = std::string_view(to).substr(wanted.size());
  return rest.starts_with(wanted.find('?') == std::string::npos ? '?' : '&');
}

}  // namespace

Verdict expect_token_error(const Reply& reply, Errors errors, std::string_view after) {
  const bool about_client = reply.status() == 401 && reply.error() == "invalid_client";
  if (!reply.access_token().empty()) return wrong(listed(errors), reply, after);
  if ((reply.status() == 400 || about_client) && reply.has_error(errors)) return passed();
  return wrong("400 " + listed(errors), reply, after);
}

Verdict expect_no_token(const Reply& reply, std::string_view after) {
  if (!reply.access_token().empty()) return wrong("no token", reply, after);
  return reply.status() / 100 == 4 ? passed() : wrong("a 4xx answer", reply, after);
}

Verdict expect_tokens(const Reply& reply, std::string_view after) {
  return reply.status() == 200 && !reply.access_token().empty() ? passed()
                                                                : wrong("tokens", reply, after);
}

Verdict expect_error_redirect(const Reply& reply, const Asked& asked, Errors errors,
                              std::string_view after) {
  const std::string wanted = "a redirect to the client with error=" + listed(errors);
  if (!goes_to_client(reply, asked) || reply.count("code") != 0) return wrong(wanted, reply, after);
  if (reply.count("error") != 1 || !reply.has_error(errors)) return wrong(wanted, reply, after);
  if (reply.count("state") != 1 || reply.param("state") != asked.params.get("state")) {
    return wrong(wanted + " and the state", reply, after);
  }
  return passed();
}

Verdict expect_authorize_error(const Reply& reply, const Asked& asked, Errors errors,
                               std::string_view after) {
  if (reply.redirects()) {
    const bool told = goes_to_client(reply, asked) && reply.has_error(errors);
    return told && reply.count("code") == 0 ? passed()
                                            : wrong("error=" + listed(errors), reply, after);
  }
  return expect_error_page(reply, after);
}

Verdict expect_error_page(const Reply& reply, std::string_view after, std::string_view host) {
  if (reply.status() / 100 != 4 || reply.seen().response().headers.has("Location")) {
    return wrong("an error page with a 4xx, and no redirect", reply, after);
  }
  return leads_away(reply, host) ? wrong("a page that does not lead away", reply, after) : passed();
}

Verdict expect_code(const Reply& reply, const Asked& asked, std::string_view after) {
  if (reply.status() != 302 && reply.status() != 303) {
    return wrong("a redirect with 302 or 303", reply, after);
  }
  if (!goes_to_client(reply, asked) || reply.count("code") != 1 || reply.param("code").empty()) {
    return wrong("a redirect to the client's redirect_uri with one code", reply, after);
  }
  const std::string state = asked.params.get("state");
  if (state.empty() ? reply.count("state") == 0 : reply.count("state") == 1) {
    if (reply.param("state") == state) return passed();
  }
  return wrong(state.empty() ? "no state" : "the state as it was sent", reply, after);
}

Verdict expect_api_takes(const Reply& reply, std::string_view after) {
  return reply.ok() ? passed() : wrong("a 2xx answer of the API", reply, after);
}

bool challenges_with(const Reply& reply, std::string_view error) {
  if (!reply.seen().response().headers.has("WWW-Authenticate")) return true;
  const auto challenge = bearer_challenge(reply);
  return challenge && challenge->find("error") == error;
}

Verdict expect_api_refuses(const Reply& reply, std::string_view error, std::string_view after) {
  if (reply.status() != 401) return wrong("401", reply, after);
  const auto challenge = bearer_challenge(reply);
  if (!challenge) return wrong("WWW-Authenticate: Bearer", reply, after);
  const auto named = challenge->find("error");
  if (error.empty()) {
    return named ? wrong("a challenge without an error code", reply, after) : passed();
  }
  return named == error
             ? passed()
             : wrong("error=\"" + std::string(error) + "\" in WWW-Authenticate", reply, after);
}

}  // namespace heygen::conformance
