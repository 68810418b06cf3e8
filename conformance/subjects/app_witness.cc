#include "conformance/subjects/app_witness.h"

#include <charconv>

#include "conformance/seen.h"
#include "conformance/url.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

// The port of an origin, said or meant; 0 when there is none.
std::uint16_t port_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return 0;
  const std::size_t colon = origin.rfind(':');
  if (colon <= scheme || origin.ends_with(']')) return origin.starts_with("https") ? 443 : 80;
  std::uint16_t port = 0;
  std::from_chars(origin.data() + colon + 1, origin.data() + origin.size(), port);
  return port;
}

}  // namespace

std::uint64_t AppWitness::mark() const {
  const auto box = server_.sandboxes().find(sandbox_);
  return box ? box->journal().last_seq() : 0;
}

AppWitness::Calls AppWitness::calls(std::uint64_t since) const {
  Calls calls;
  const auto box = server_.sandboxes().find(sandbox_);
  if (!box) return calls;
  for (const auto& entry : box->journal().after(since)) {
    const Seen seen(entry);
    if (entry->endpoint != mock::Endpoint::api || seen.header("Authorization").empty()) continue;
    ++calls.made;
    if (is_good(seen.status())) ++calls.answered;
    calls.last_status = seen.status();
    calls.last_bearer = seen.bearer().value_or("");
  }
  return calls;
}

AppWitness::Exchange AppWitness::exchanged(std::uint64_t since) const {
  const auto box = server_.sandboxes().find(sandbox_);
  if (!box) return {};
  for (const auto& entry : box->journal().after(since)) {
    const Seen seen(entry);
    if (entry->endpoint == mock::Endpoint::token && is_good(seen.status()) &&
        !json_text(seen.response(), "access_token").empty()) {
      return {true, !entry->fault_id.empty()};
    }
  }
  return {};
}

bool AppWitness::refreshed(std::uint64_t since) const {
  const auto box = server_.sandboxes().find(sandbox_);
  if (!box) return false;
  for (const auto& entry : box->journal().after(since)) {
    if (entry->endpoint == mock::Endpoint::refresh) return true;
  }
  return false;
}

bool AppWitness::expire(std::string_view access_token) const {
  const auto box = server_.sandboxes().find(sandbox_);
  if (!box || access_token.empty()) return false;
  const std::string id = mock::fingerprint(access_token);
  for (const auto& token : box->store().tokens(box->clock().now())) {
    if (token.id != id) continue;
    box->store().expire_by_id(token.id, box->clock().now());
    return true;
  }
  return false;
}

bool AppWitness::is_mock(std::string_view url) const {
  return port_of(origin_of(url)) == server_.port();
}

bool AppWitness::is_authorize(std::string_view url) const {
  const std::string_view target = target_of(url);
  return is_mock(url) && target.substr(0, target.find('?')).ends_with("/oauth/authorize");
}

}  // namespace heygen::conformance
