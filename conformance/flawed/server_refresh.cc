// Servers whose refresh tokens last too long, or serve too many.

#include <array>
#include <chrono>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

// Rotates as `change` says, whatever the policy is.
class OtherRotation final : public mock::MemoryStore {
 public:
  explicit OtherRotation(void (*change)(mock::Rotation&)) : change_(change) {}

  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    mock::Rotation other = how;
    change_(other);
    return MemoryStore::rotate_refresh(value, tokens, other, now);
  }

 private:
  void (*const change_)(mock::Rotation&);
};

void rotate(ServerSeams& seams, void (*change)(mock::Rotation&)) {
  seams.store = store_of<OtherRotation>(change);
}

// The refresh token that was given for this one; nothing when there is none.
std::optional<mock::TokenView> successor(const mock::Store& store, std::string_view value,
                                         mock::TimePoint now) {
  for (const auto& token : store.tokens(now)) {
    if (token.kind == mock::TokenKind::refresh && token.parent == mock::fingerprint(value)) {
      return token;
    }
  }
  return std::nullopt;
}

class KeepsAccess final : public mock::MemoryStore {
 public:
  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    mock::Rotation mild = how;
    mild.reuse = mock::ReusePolicy::reject;
    auto outcome = MemoryStore::rotate_refresh(value, tokens, mild, now);
    if (!std::holds_alternative<mock::RefreshReused>(outcome)) return outcome;
    const auto reused = find_token(value, now);
    for (const auto& token : MemoryStore::tokens(now)) {
      if (token.grant == reused->grant && token.kind == mock::TokenKind::refresh) {
        (void)expire_by_id(token.id, now);
      }
    }
    return mock::RefreshReused{true};
  }
};

// Looks one generation back, and no further.
class ShortMemory final : public mock::MemoryStore {
 public:
  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    mock::Rotation other = how;
    const auto next = successor(*this, value, now);
    if (next && next->state == mock::TokenState::used) other.reuse = mock::ReusePolicy::reject;
    return MemoryStore::rotate_refresh(value, tokens, other, now);
  }
};

// A spent token whose successor was never used counts as one whose answer was lost.
class Forgives final : public mock::MemoryStore {
 public:
  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    mock::Rotation other = how;
    const auto next = successor(*this, value, now);
    if (next && next->state == mock::TokenState::active) other.reuse = mock::ReusePolicy::ignore;
    return MemoryStore::rotate_refresh(value, tokens, other, now);
  }
};

// Reads, decides, writes: three steps, and another request between them.
class ToctouRefresh final : public mock::MemoryStore {
 public:
  mock::RotateOutcome rotate_refresh(std::string_view value, const mock::TokenSet& tokens,
                                     const mock::Rotation& how, mock::TimePoint now) override {
    const auto seen = find_token(value, now);
    mock::Rotation other = how;
    if (seen && seen->state == mock::TokenState::active) {
      window_.wait_for_another();
      other.reuse = mock::ReusePolicy::ignore;
    }
    return MemoryStore::rotate_refresh(value, tokens, other, now);
  }

 private:
  Window window_;
};

constexpr std::array kServerRefreshFlaws{
    Flaw{"sm23-no-rotation",
         "gives the same refresh token again",
         {"server.refresh.rotation"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) { how.rotation = mock::RotationPolicy::reuse; });
         }},
    Flaw{"sm23b-old-lives",
         "gives a new refresh token, and lets the old one live",
         {"server.refresh.rotation"},
         "sm23-no-rotation",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) { how.reuse = mock::ReusePolicy::ignore; });
         }},
    Flaw{"sm23c-no-replacement",
         "brings no refresh token with a refresh",
         {"server.refresh.rotation"},
         "sm23-no-rotation",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) { how.rotation = mock::RotationPolicy::omit; });
         }},
    Flaw{"sm24-reuse-undetected",
         "refuses a spent refresh token, and lets its family live",
         {"server.refresh.reuse-revokes-family"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) { how.reuse = mock::ReusePolicy::reject; });
         }},
    Flaw{"sm24b-reuse-keeps-access",
         "ends the refresh tokens of a family at a reuse, not its access token",
         {"server.refresh.reuse-revokes-family"},
         "sm24-reuse-undetected",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<KeepsAccess>(); }},
    Flaw{"sm24c-reuse-of-the-last-alone",
         "notices the reuse of the last spent token, not of older ones",
         {"server.refresh.reuse-revokes-family"},
         "sm24-reuse-undetected",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ShortMemory>(); }},
    Flaw{"sm25-refresh-toctou",
         "checks a refresh token and spends it in two steps",
         {"server.refresh.atomic"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<ToctouRefresh>(); }},
    Flaw{"sm26-grace-new-successor",
         "makes another successor within the grace window",
         {"server.refresh.grace"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) {
             if (how.grace.count() > 0) how.reuse = mock::ReusePolicy::ignore;
           });
         }},
    Flaw{"sm26b-grace-endless",
         "lets the grace window stay open",
         {"server.refresh.grace"},
         "sm26-grace-new-successor",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) {
             if (how.grace.count() > 0) how.grace = std::chrono::hours{24};
           });
         }},
    Flaw{"sm26c-grace-ends-detection",
         "notices no reuse once there is a grace window",
         {"server.refresh.grace"},
         "sm26-grace-new-successor",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rotate(seams, [](mock::Rotation& how) {
             if (how.grace.count() > 0) how.reuse = mock::ReusePolicy::reject;
           });
         }},
    Flaw{"sm27-refresh-any-client",
         "lets any client refresh with a token",
         {"server.refresh.bound-client"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { any_client(seams, &at_refresh); }},
    Flaw{"sm27b-refresh-any-confidential",
         "lets a confidential client refresh with a public one's token",
         {"server.refresh.bound-client"},
         "sm27-refresh-any-client",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { any_client(seams, &at_refresh, "conformance-confidential"); }},
    Flaw{"sm28-access-refreshes",
         "refreshes with an access token",
         {"server.refresh.at-is-not-rt"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.front.push_back(noting_tokens(notes));
           seams.front.push_back(before(at_refresh, [notes](Request& request) {
             const auto real = notes->get("refresh " + in_body(request, "refresh_token"));
             if (!real) return;
             Fields fields = body_fields(request);
             put(fields, "refresh_token", *real);
             set_body(request, fields);
           }));
         }},
    Flaw{"sm28b-scope-widened",
         "does not look at the scope of a refresh",
         {"server.refresh.scope"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_refresh, [](Request& request) {
             Fields fields = body_fields(request);
             if (in_body(request, "scope").empty()) return;
             drop(fields, "scope");
             set_body(request, fields);
           }));
         }},
    Flaw{"sm28c-no-refresh-route",
         "has no second address for refreshes",
         {"server.refresh.happy"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_token, [](const Request& request) {
             return vendor_path(request) == "/v1/oauth/refresh_token"
                        ? std::optional(answer(404, "{\"error\":\"not_found\"}"))
                        : std::optional<Response>();
           }));
         }},
    Flaw{"sm28d-old-access-again",
         "answers a refresh at its second address with the access token that the code brought",
         {"server.refresh.happy"},
         "sm28c-no-refresh-route",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.front.push_back(
               after(at_refresh, [notes](const Request& request, Response& response) {
                 const auto old = notes->get("access " + in_body(request, "refresh_token"));
                 if (response.status == 200 && old) {
                   patch(response, "access_token", "\"" + *old + "\"");
                 }
               }));
           seams.front.push_back(noting_tokens(notes));
         }},
    Flaw{"sm28e-lost-answer-forgiven",
         "takes a spent token whose successor was never used for one whose answer was lost",
         {"server.refresh.commit-before-reply"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Forgives>(); }},
};

}  // namespace

std::span<const Flaw> server_refresh_flaws() { return kServerRefreshFlaws; }

}  // namespace heygen::conformance
