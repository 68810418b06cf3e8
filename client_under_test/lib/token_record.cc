#include "client_under_test/lib/token_record.h"

#include <cmath>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

std::string issuing_origin(const Config& config) {
  const std::optional<Url> url = parse_url(config.token_url);
  return url ? origin_of(*url) : config.token_url;
}

std::optional<std::int64_t> integer(const JsonObject& object, std::string_view name) {
  const std::optional<double> value = object.number(name);
  // Whole numbers up to 2^53 survive a double; nothing this program writes is larger.
  if (!value || std::abs(*value) > 9007199254740992.0) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

Instant from_ms(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

}  // namespace

TokenRecord to_record(TokenAnswer answer, std::string requested_scope) {
  TokenRecord record;
  record.access_token = std::move(answer.access_token);
  record.refresh_token = std::move(answer.refresh_token);
  // RFC 6749 §5.1: left out when it is what was asked for.
  record.scope = std::move(answer.scope).value_or(std::move(requested_scope));
  record.received_at = answer.received_at;
  record.lifetime = answer.lifetime;
  record.expires_at = answer.expires_at;
  return record;
}

std::string serialize(const TokenRecord& record, const Config& config) {
  JsonWriter out;
  out.number("version", 1)
      .string("client_id", config.client_id)
      .string("issued_by", issuing_origin(config))
      .string("access_token", record.access_token);
  if (record.refresh_token) out.string("refresh_token", *record.refresh_token);
  out.string("scope", record.scope)
      .number("received_at", record.received_at.time_since_epoch().count());
  if (record.lifetime) out.number("lifetime", *record.lifetime);
  if (record.expires_at) out.number("expires_at", record.expires_at->time_since_epoch().count());
  return out.str() + "\n";
}

std::optional<TokenRecord> deserialize(std::string_view text, const Config& config) {
  const std::optional<JsonObject> object = parse_json_object(text);
  if (!object || object->number("version") != 1.0) return std::nullopt;
  if (object->string("client_id") != config.client_id) return std::nullopt;
  if (object->string("issued_by") != issuing_origin(config)) return std::nullopt;
  const std::optional<std::string> access_token = object->string("access_token");
  const std::optional<std::int64_t> received_at = integer(*object, "received_at");
  if (!access_token || !received_at) return std::nullopt;
  TokenRecord record;
  record.access_token = *access_token;
  record.refresh_token = object->string("refresh_token");
  record.scope = object->string("scope").value_or("");
  record.received_at = from_ms(*received_at);
  record.lifetime = integer(*object, "lifetime");
  if (const auto expires_at = integer(*object, "expires_at")) {
    record.expires_at = from_ms(*expires_at);
  }
  return record;
}

std::string fingerprint(std::string_view token) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const Sha256Digest digest = sha256(token);
  std::string out;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = std::to_integer<unsigned>(digest[i]);
    out.push_back(kHex[byte >> 4U]);
    out.push_back(kHex[byte & 15U]);
  }
  return out;
}

}  // namespace heygen::client
