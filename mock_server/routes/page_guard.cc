#include "mock_server/routes/page_guard.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/page.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

// The name holds the id, so that two logins in two tabs do not take each other's cookie.
std::string cookie_name(std::string_view id) { return "heygen-consent-" + std::string{id}; }

std::string cookie_attributes(const Visit& visit, std::string_view path) {
  std::string attributes = "; Path=";
  attributes.append(base_path(visit.base)).append(path).append("; HttpOnly; SameSite=Strict");
  if (visit.base.starts_with("https:")) attributes += "; Secure";
  return attributes;
}

bool has_cookie(const wire::Request& request, std::string_view name, std::string_view value) {
  for (const auto& [field, text] : request.headers) {
    if (!wire::iequals(field, "Cookie")) continue;
    std::string_view rest = text;
    while (!rest.empty()) {
      auto pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      if (constant_time_equal(pair.substr(equals + 1), value)) return true;
    }
  }
  return false;
}

// Browsers say where a form comes from. "null" says nothing: with Referrer-Policy no-referrer a
// form of our own is sent with it.
bool from_elsewhere(const wire::Request& request) {
  const auto site = request.headers.get("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  const auto origin = request.headers.get("Origin");
  if (origin.empty() || origin == "null") return false;
  return !wire::iequals(origin, request.scheme + "://" + std::string{request.headers.get("Host")});
}

}  // namespace

PendingConsent open_page(const Visit& visit, PendingConsent decision, std::chrono::seconds ttl) {
  decision.id = random_alphanumeric(visit.context.random, 24);
  decision.csrf = random_alphanumeric(visit.context.random, 32);
  decision.expires_at = saturating_add(visit.context.now, ttl);
  visit.context.store.put_consent(decision);
  return decision;
}

void bind_page(wire::Response& response, const PendingConsent& decision, const Visit& visit,
               std::string_view path) {
  response.headers.add("Set-Cookie", cookie_name(decision.id) + "=" + decision.csrf +
                                         cookie_attributes(visit, path));
}

void release_page(wire::Response& response, std::string_view id, const Visit& visit,
                  std::string_view path) {
  response.headers.add("Set-Cookie",
                       cookie_name(id) + "=" + cookie_attributes(visit, path) + "; Max-Age=0");
}

Result<PendingConsent> check_page(const Call& call, const Visit& visit) {
  const auto id = param(call.form, "consent").value_or("");
  const auto gone = [](std::string why) {
    return make_error(ErrorId::authorize_consent_gone, std::move(why));
  };
  auto known = visit.context.store.find_consent(id);
  if (!known) return gone("no such decision is pending: it was taken, or forgotten by a reset");
  if (visit.context.now >= known->expires_at) {
    (void)visit.context.store.take_consent(id);
    return gone("nobody decided in time (policy pending_ttl_s)");
  }
  if (from_elsewhere(call.request)) {
    return make_error(ErrorId::page_forged, "the form was sent from another origin");
  }
  if (!constant_time_equal(param(call.form, "csrf").value_or(""), known->csrf)) {
    return make_error(ErrorId::page_forged, "the form's token is not the page's");
  }
  if (!has_cookie(call.request, cookie_name(id), known->csrf)) {
    return make_error(ErrorId::page_forged, "the browser did not send the page's cookie along");
  }
  return std::move(*known);
}

std::optional<OAuthError> take_page(const PendingConsent& decision, const Visit& visit) {
  if (visit.context.store.take_consent(decision.id)) return std::nullopt;
  return make_error(ErrorId::authorize_consent_gone, "the decision was taken at the same moment");
}

Result<Choice> read_choice(const Call& call, const SandboxConfig& config) {
  constexpr std::array<std::string_view, 4> kPageGuardOnce{"consent", "csrf", "decision", "user"};
  if (auto error = check_body(call, kPageGuardOnce)) return std::move(*error);
  const auto decision = param(call.form, "decision").value_or("");
  if (decision != "approve" && decision != "deny") {
    return make_error(ErrorId::page_decision_missing, "decision must be approve or deny");
  }
  Choice choice{decision == "approve", config.users.front().id};
  if (const auto named = param(call.form, "user")) {
    const auto user = std::ranges::find(config.users, *named, &User::id);
    if (user == config.users.end()) {
      return make_error(ErrorId::page_decision_missing, "no such user in the configuration");
    }
    choice.user = user->id;
  }
  return choice;
}

}  // namespace heygen::mock
