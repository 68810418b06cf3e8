// Flaws in refreshing by the clock, and in where and what for a refresh is sent.
#include <array>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Config;
using client::EndpointRules;
using client::Fields;
using client::HttpRequest;
using client::HttpResponse;
using client::Instant;
using client::RefreshRules;
using client::Result;
using client::Seams;
using client::TokenRecord;
using client::Transport;
using TokenType = std::optional<std::string_view>;

// Five minutes early, also for a token that lives one.
bool five_minutes_early(const TokenRecord& record, Instant now, int refreshes) {
  if (refreshes > 0 || !record.refresh_token || !record.expires_at) return false;
  return now >= *record.expires_at - std::chrono::minutes{5};
}

// Time that has run backwards is not trusted again.
auto refresh_while_time_is_odd() {
  return [latest = Kept<std::optional<Instant>>()](const TokenRecord& record, Instant now,
                                                   int refreshes) {
    const bool odd = latest.with([&](std::optional<Instant>& seen) {
      if (!seen || now > *seen) seen = now;
      return now + std::chrono::hours{1} < *seen;
    });
    if (odd && record.refresh_token) return refreshes == 0;
    return client::refresh_before_call(record, now, refreshes);
  };
}

HttpRequest with_more_scope(const Config& config, std::string_view refresh_token) {
  HttpRequest request = client::build_refresh_request(config, refresh_token);
  Fields fields = fields_of(request);
  fields.emplace_back("scope", "openid profile email admin");
  return with_fields(std::move(request), fields);
}

std::optional<HttpRequest> follow_refresh(const HttpRequest& request,
                                          const HttpResponse& response) {
  const auto location = client::find_header(response.headers, "Location");
  const bool keeps_body = response.status == 307 || response.status == 308;
  if (!location || !keeps_body || !has_grant(request, "refresh_token")) return std::nullopt;
  HttpRequest next = request;
  next.url = *location;
  return next;
}

void type_checked_at_login_only(Seams& seams) {
  const Kept<bool> refreshing;
  seams.endpoint.send = [refreshing](Transport& transport, const HttpRequest& request) {
    refreshing.set(has_grant(request, "refresh_token"));
    return client::send_once(transport, request);
  };
  seams.token.accepts_token_type = [refreshing](TokenType type) {
    return refreshing.get() || client::is_bearer(type);
  };
}

constexpr std::array kClientRenewalFlaws{
    Flaw{.id = "cm36d-token-type-at-login-only",
         .summary = "looks at token_type when it logs in, not when it refreshes",
         .intended = {"response.token-type.unknown"},
         .variant_of = "cm36-token-type-any",
         .plant = type_checked_at_login_only},
    Flaw{.id = "cm146-refresh-five-minutes-early",
         .summary = "refreshes five minutes before the end, however long a token lives",
         .intended = {"refresh.skew.sane"},
         .plant = replace<&RefreshRules::before_call, five_minutes_early>},
    Flaw{.id = "cm147-refresh-while-time-is-odd",
         .summary = "after the clock was set back refreshes before each call",
         .intended = {"refresh.clock-jump-back"},
         .plant = replace_made<&RefreshRules::before_call, refresh_while_time_is_odd>},
    Flaw{.id = "cm148-refresh-widens-scope",
         .summary = "asks for more scope at a refresh than was granted",
         .intended = {"refresh.scope.not-widened"},
         .plant = replace<&EndpointRules::build_refresh_request, with_more_scope>},
    Flaw{.id = "cm149-refresh-follows-redirect",
         .summary = "follows 307 and 308 of the refresh endpoint",
         .intended = {"refresh.no-redirect-follow"},
         .plant = replace<&EndpointRules::next_hop, follow_refresh>},
};

}  // namespace

std::span<const Flaw> renewal_flaws() { return kClientRenewalFlaws; }

}  // namespace heygen::conformance
