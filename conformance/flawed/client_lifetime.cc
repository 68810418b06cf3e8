// Flaws in reading expires_in.
#include <array>
#include <limits>
#include <stdexcept>

#include "client_under_test/lib/retry_after.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Instant;
using client::JsonValue;
using client::RefreshRules;
using client::Seams;
using client::TokenRecord;
using client::TokenRules;
using Kind = JsonValue::Kind;
using Lifetime = std::optional<std::int64_t>;

bool is_string(const JsonValue* member) {
  return member != nullptr && member->kind == Kind::string;
}

Lifetime numbers_only(const JsonValue* member) {
  if (is_string(member)) throw std::invalid_argument("expires_in is no number");
  return client::read_lifetime(member);
}

constexpr std::int64_t kNotANumber = std::numeric_limits<std::int64_t>::min();

// A string counts as no seconds at all, and the token as one that has ended already.
void string_is_expired(Seams& seams) {
  seams.token.read_lifetime = [](const JsonValue* member) {
    return is_string(member) ? Lifetime(kNotANumber) : client::read_lifetime(member);
  };
  seams.token.expiry_of = [](Instant received_at, Lifetime lifetime) {
    return lifetime == kNotANumber ? std::optional(received_at)
                                   : client::expiry_of(received_at, lifetime);
  };
}

// "For ever" is 25 times here, so that a run ends.
constexpr int kForEver = 25;

bool refresh_while_zero(const TokenRecord& record, Instant now, int refreshes) {
  if (record.lifetime == 0 && record.refresh_token) return refreshes < kForEver;
  return client::refresh_before_call(record, now, refreshes);
}

bool refresh_while_negative(const TokenRecord& record, Instant now, int refreshes) {
  if (record.lifetime && *record.lifetime < 0 && record.refresh_token) return refreshes < kForEver;
  return client::refresh_before_call(record, now, refreshes);
}

Instant at_second(std::int32_t second) { return Instant{std::chrono::seconds{second}}; }

std::optional<Instant> expiry_in_int32(Instant received_at, Lifetime lifetime) {
  if (!lifetime || *lifetime <= 0) return std::nullopt;
  const auto now = std::chrono::floor<std::chrono::seconds>(received_at).time_since_epoch().count();
  return at_second(static_cast<std::int32_t>(static_cast<std::uint32_t>(now + *lifetime)));
}

std::optional<Instant> milliseconds_in_int32(Instant received_at, Lifetime lifetime) {
  if (!lifetime || *lifetime <= 0) return std::nullopt;
  const auto span = static_cast<std::int32_t>(static_cast<std::uint32_t>(*lifetime * 1000));
  return received_at + std::chrono::milliseconds{span};
}

std::optional<Instant> absent_is_expired(Instant received_at, Lifetime lifetime) {
  return lifetime ? client::expiry_of(received_at, lifetime) : received_at;
}

auto absent_inherits_expiry() {
  return [kept = Kept<std::optional<Instant>>()](Instant received_at, Lifetime lifetime) {
    return kept.with([&](std::optional<Instant>& last) {
      if (lifetime) last = client::expiry_of(received_at, lifetime);
      return last;
    });
  };
}

Lifetime integers_only(const JsonValue* member) {
  const bool fraction = member != nullptr && member->kind == Kind::number &&
                        member->text.find_first_of(".eE") != std::string::npos;
  if (fraction) throw std::invalid_argument("expires_in is no integer");
  return client::read_lifetime(member);
}

// The lifetime counts from the server's idea of now.
void counts_from_date_header(Seams& seams) {
  const Kept<std::optional<Instant>> sent_at;
  seams.endpoint.send = [sent_at](client::Transport& transport,
                                  const client::HttpRequest& request) {
    client::Result<client::HttpResponse> response = client::send_once(transport, request);
    const auto date = response ? client::find_header(response->headers, "Date") : std::nullopt;
    constexpr Instant kLate{std::chrono::sys_days{std::chrono::year{9000} / 1 / 1}};
    sent_at.set(date ? client::parse_retry_after(*date, kLate) : std::nullopt);
    return response;
  };
  seams.token.expiry_of = [sent_at](Instant received_at, Lifetime lifetime) {
    return client::expiry_of(sent_at.get().value_or(received_at), lifetime);
  };
}

constexpr std::array kClientLifetimeFlaws{
    Flaw{.id = "cm37-expires-string-crash",
         .summary = "throws on expires_in as string",
         .intended = {"response.expires-in.string"},
         .plant = replace<&TokenRules::read_lifetime, numbers_only>},
    Flaw{.id = "cm37b-expires-string-expired",
         .summary = "takes a token whose expires_in is a string for expired",
         .intended = {"response.expires-in.string"},
         .variant_of = "cm37-expires-string-crash",
         .plant = string_is_expired},
    Flaw{.id = "cm38-expires-zero-loop",
         .summary = "expires_in 0 -> refresh before each send for ever",
         .intended = {"response.expires-in.zero"},
         .plant = replace<&RefreshRules::before_call, refresh_while_zero>},
    Flaw{.id = "cm38b-expires-negative-loop",
         .summary = "a negative expires_in -> refresh before each send for ever",
         .intended = {"response.expires-in.negative"},
         .variant_of = "cm38-expires-zero-loop",
         .plant = replace<&RefreshRules::before_call, refresh_while_negative>},
    Flaw{.id = "cm39-expires-int32",
         .summary = "int32 overflow of expires_in",
         .intended = {"response.expires-in.huge"},
         .plant = replace<&TokenRules::expiry_of, expiry_in_int32>},
    Flaw{.id = "cm39b-expires-int32-milliseconds",
         .summary = "int32 overflow of expires_in in milliseconds",
         .intended = {"response.expires-in.huge"},
         .variant_of = "cm39-expires-int32",
         .plant = replace<&TokenRules::expiry_of, milliseconds_in_int32>},
    Flaw{.id = "cm150-expires-integers-only",
         .summary = "throws on an expires_in with a fraction or an exponent",
         .intended = {"response.expires-in.float-exp"},
         .plant = replace<&TokenRules::read_lifetime, integers_only>},
    Flaw{.id = "cm151-expiry-by-date-header",
         .summary = "counts the lifetime from the answer's Date header",
         .intended = {"response.expires-in.relative-clock"},
         .plant = counts_from_date_header},
    Flaw{.id = "cm102-expires-absent-expired",
         .summary = "takes a token without expires_in for expired",
         .intended = {"response.expires-in.absent"},
         .plant = replace<&TokenRules::expiry_of, absent_is_expired>},
    Flaw{.id = "cm102b-expires-absent-inherited",
         .summary = "without expires_in the last expiry goes on to count",
         .intended = {"response.expires-in.absent"},
         .variant_of = "cm102-expires-absent-expired",
         .plant = replace_made<&TokenRules::expiry_of, absent_inherits_expiry>},
};

}  // namespace

std::span<const Flaw> lifetime_flaws() { return kClientLifetimeFlaws; }

}  // namespace heygen::conformance
