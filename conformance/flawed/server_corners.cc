// Servers that are right where one looks first, and wrong in a corner: at the second address, with
// a client that has a secret, at the second try.

#include <array>
#include <map>
#include <mutex>
#include <set>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

bool at_refresh_route(const Request& request) {
  return vendor_path(request) == "/v1/oauth/refresh_token";
}
bool by_http_basic(const Request& request) {
  return at_token(request) && request.headers.has("Authorization");
}
bool refresh_or_revocation(const Request& request) {
  return at_refresh(request) || at_revoke(request);
}

// A client's secret, once it was right, is put in where it is missing.
void fill_in_secrets(ServerSeams& seams, Where where) {
  const auto notes = std::make_shared<Notes>();
  seams.front.push_back(after(at_redeem, [notes](const Request& request, Response& response) {
    if (response.status != 200) return;
    notes->put("secret " + in_body(request, "client_id"), in_body(request, "client_secret"));
  }));
  seams.front.push_back(before(where, [notes](Request& request) {
    const auto secret = notes->get("secret " + in_body(request, "client_id"));
    if (!secret || secret->empty()) return;
    Fields fields = body_fields(request);
    put(fields, "client_secret", *secret);
    set_body(request, fields);
  }));
}

void refresh_tokens_in_any_case(ServerSeams& seams) {
  const auto notes = std::make_shared<Notes>();
  seams.front.push_back(after(at_token, [notes](const Request&, Response& response) {
    const std::string token = text_of(response, "refresh_token");
    if (!token.empty()) notes->put(lowered(token), token);
  }));
  seams.front.push_back(before(at_refresh, [notes](Request& request) {
    const auto token = notes->get(lowered(in_body(request, "refresh_token")));
    if (!token) return;
    Fields fields = body_fields(request);
    put(fields, "refresh_token", *token);
    set_body(request, fields);
  }));
}

// The answer says what the policy says; the token dies after an hour.
class ShortSuccessors final : public mock::MemoryStore {
 public:
  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    mock::TokenSet brief = tokens;
    brief.access.expires_at = now + std::chrono::hours{1};
    auto outcome = MemoryStore::rotate_refresh(value, brief, how, now);
    if (auto* const rotated = std::get_if<mock::Rotated>(&outcome)) {
      rotated->given.access.expires_at = tokens.access.expires_at;
    }
    return outcome;
  }
};

class AnybodysDevice final : public mock::MemoryStore {
 public:
  bool put_device(mock::DeviceRequest request) override {
    {
      const std::lock_guard lock(owners_mutex_);
      owners_[request.device_code] = request.client_id;
    }
    return MemoryStore::put_device(std::move(request));
  }
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    std::string owner(client_id);
    {
      const std::lock_guard lock(owners_mutex_);
      const auto found = owners_.find(std::string(device_code));
      if (found != owners_.end()) owner = found->second;
    }
    return MemoryStore::poll_device(device_code, owner, tokens, now);
  }

 private:
  std::mutex owners_mutex_;
  std::map<std::string, std::string> owners_;
};

// Looks at the time only as long as the user has not decided.
class PatientDevice final : public mock::MemoryStore {
 public:
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    auto poll = MemoryStore::poll_device(device_code, client_id, tokens, now);
    if (!std::holds_alternative<mock::DeviceExpired>(poll)) return poll;
    auto then =
        MemoryStore::poll_device(device_code, client_id, tokens, now - std::chrono::minutes{10});
    return std::holds_alternative<mock::DeviceGranted>(then) ? then : poll;
  }
};

// Reads that the device has had nothing, and gives: two steps, and another poll between them.
class ToctouDevice final : public mock::MemoryStore {
 public:
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    const bool unspent = !is_spent(device_code);
    if (unspent) window_.wait_for_another();
    auto poll = MemoryStore::poll_device(device_code, client_id, tokens, now);
    if (std::holds_alternative<mock::DeviceGranted>(poll)) {
      const std::lock_guard lock(spent_mutex_);
      spent_.emplace(device_code);
    }
    if (!unspent || !std::holds_alternative<mock::DeviceSpent>(poll)) return poll;
    return mock::DeviceGranted{MemoryStore::put_grant(client_id, "", "", tokens)};
  }

 private:
  bool is_spent(std::string_view device_code) {
    const std::lock_guard lock(spent_mutex_);
    return spent_.contains(std::string(device_code));
  }

  Window window_;
  std::mutex spent_mutex_;
  std::set<std::string> spent_;
};

// A poll in time makes good what slow_down did to the interval.
class ForgivingInterval final : public mock::MemoryStore {
 public:
  mock::DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                               const mock::TokenSet& tokens, mock::TimePoint now) override {
    constexpr std::chrono::seconds kInterval{5};
    auto poll = MemoryStore::poll_device(device_code, client_id, tokens, now);
    const std::lock_guard lock(forgiven_mutex_);
    const std::string code(device_code);
    const auto before = forgiven_.find(code);
    const bool forgiven = before != forgiven_.end() && now >= before->second + kInterval;
    if (std::holds_alternative<mock::DeviceSlowDown>(poll)) {
      if (forgiven) return mock::DevicePending{};
      forgiven_.erase(code);
    } else if (std::holds_alternative<mock::DevicePending>(poll)) {
      forgiven_[code] = now;
    }
    return poll;
  }

 private:
  std::mutex forgiven_mutex_;
  std::map<std::string, mock::TimePoint> forgiven_;
};

constexpr std::array kServerCornerFlaws{
    Flaw{"sm58-second-address-unbound",
         "compares no client at the refresh endpoint",
         {"server.refresh.bound-client"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { any_client(seams, &at_refresh_route); }},
    Flaw{"sm58b-second-address-200",
         "answers errors with 200 at the refresh endpoint",
         {"server.token.error-shape"},
         "sm58-second-address-unbound",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_refresh_route, [](const Request&, Response& response) {
             if (response.status == 400) response.status = 200;
           }));
         }},
    Flaw{"sm58c-second-address-get",
         "refreshes by GET at the refresh endpoint",
         {"server.token.method"},
         "sm58-second-address-unbound",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_refresh_route, [](Request& request) {
             if (request.method != "GET") return;
             request.method = "POST";
             set_body(request, query_fields(request));
           }));
         }},
    Flaw{"sm59-secret-not-at-refresh",
         "refreshes a confidential client's tokens without its secret",
         {"server.token.client-id"},
         "sm52d-secret-unchecked",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { fill_in_secrets(seams, &refresh_or_revocation); }},
    Flaw{"sm59b-secret-not-at-revocation",
         "revokes a confidential client's tokens without its secret",
         {"server.revoke.other-client"},
         "sm53-revoke-any-client",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { fill_in_secrets(seams, &at_revoke); }},
    Flaw{"sm60-secret-instead-of-verifier",
         "asks no verifier of a client that has a secret",
         {"server.token.verifier-checked"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("pkce_confidential", "off"); }},
    Flaw{"sm61-basic-refused",
         "refuses every client that comes by HTTP Basic",
         {"server.token.client-id"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(by_http_basic, [](const Request&) {
             Response response = answer(401, "{\"error\":\"invalid_client\"}");
             response.headers.set("WWW-Authenticate", "Basic realm=\"clients\"");
             return std::optional(response);
           }));
         }},
    Flaw{"sm61b-basic-challenged-by-bearer",
         "challenges who came by HTTP Basic to send a bearer token",
         {"server.token.client-id"},
         "sm52c-basic-no-challenge",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_token, [](const Request&, Response& response) {
             if (response.status != 401) return;
             response.headers.set("WWW-Authenticate", "Bearer realm=\"clients\"");
           }));
         }},
    Flaw{"sm62-charset-refused",
         "refuses a form that names its charset",
         {"server.token.content-type"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_token, [](const Request& request) {
             const bool named =
                 request.headers.get("Content-Type").find("charset") != std::string_view::npos;
             return named ? std::optional(oauth_error("invalid_request"))
                          : std::optional<Response>();
           }));
         }},
    Flaw{"sm62b-token-by-put",
         "gives tokens by PUT",
         {"server.token.method"},
         "sm19-get-token",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_token, [](Request& request) {
             if (request.method == "PUT") request.method = "POST";
           }));
         }},
    Flaw{"sm63-refresh-any-case",
         "finds refresh tokens without regard to case",
         {"server.refresh.at-is-not-rt"},
         "",
         Side::server,
         nullptr,
         &refresh_tokens_in_any_case},
    Flaw{"sm64-successors-die-early",
         "lets a refreshed access token live an hour, and says more",
         {"server.api.expired"},
         "sm29d-api-early",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ShortSuccessors>(); }},
    Flaw{"sm65-api-bare-token",
         "takes a token without a scheme",
         {"server.api.missing-token"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_api, [](Request& request) {
             const std::string field(request.headers.get("Authorization"));
             if (field.empty() || field.find(' ') != std::string::npos) return;
             request.headers.set("Authorization", "Bearer " + field);
           }));
         }},
    Flaw{"sm66-device-any-client",
         "gives a device's tokens to another client",
         {"server.device.lifecycle"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<AnybodysDevice>(); }},
    Flaw{"sm66b-device-approved-for-ever",
         "gives tokens for a device_code that was approved long ago",
         {"server.device.lifecycle"},
         "sm55c-expired-pending",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<PatientDevice>(); }},
    Flaw{"sm66c-device-toctou",
         "gives tokens to each of two polls at once",
         {"server.device.lifecycle"},
         "sm55-device-reusable",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ToctouDevice>(); }},
    Flaw{"sm66d-interval-forgiven",
         "shortens the interval again after a poll in time",
         {"server.device.slow-down"},
         "sm35b-interval-fixed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ForgivingInterval>(); }},
    Flaw{"sm67-device-of-nobody",
         "gives device codes to clients that it does not know",
         {"server.device.shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_device, [](Request& request) {
             if (!in_body(request, "client_id").starts_with("nobody")) return;
             Fields fields = body_fields(request);
             put(fields, "client_id", "conformance-client");
             set_body(request, fields);
           }));
         }},
};

}  // namespace

std::span<const Flaw> server_corner_flaws() { return kServerCornerFlaws; }

}  // namespace heygen::conformance
