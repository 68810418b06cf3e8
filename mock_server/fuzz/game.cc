#include "mock_server/fuzz/game.h"

#include <algorithm>
#include <array>
#include <span>

#include "mock_server/core/authorize.h"
#include "mock_server/core/bearer.h"
#include "mock_server/core/crypto.h"
#include "mock_server/core/token.h"
#include "tests/fuzz/target.h"

namespace heygen::mock::game {
namespace {

using fuzz::take_byte;
using std::chrono::seconds;

constexpr std::array<std::string_view, 3> kClients{"cli", "other", "web"};
constexpr std::string_view kSecretClient = "web";
constexpr std::array<std::string_view, 2> kRedirects{"http://127.0.0.1:1/cb",
                                                     "http://127.0.0.1:2/cb"};
// The first two are well-formed.
constexpr std::array<std::string_view, 4> kVerifiers{"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                                                     "0000000000000000000000000000000000000000000",
                                                     "short", ""};
constexpr std::array<std::int64_t, 12> kSteps{1,      29,     30,      299,     300,  3600,
                                              863999, 864000, 8640000, -864000, -300, -1};
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kChoices{{
    {"rotation", "rotate"},
    {"rotation", "reuse"},
    {"rotation", "omit"},
    {"reuse", "reject"},
    {"reuse", "revoke-family"},
    {"reuse", "ignore"},
    {"old_access", "revoke"},
    {"old_access", "keep"},
    {"stray_verifier", "refuse"},
}};
constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kNumbers{{
    {"reuse_grace_s", 0},
    {"reuse_grace_s", 30},
    {"refresh_ttl_s", 0},
    {"refresh_ttl_s", 3600},
    {"access_ttl_s", 60},
    {"access_ttl_s", 864000},
    {"code_ttl_s", 300},
    {"code_ttl_s", 1},
}};

template <typename Range>
std::string one_of(const Range& range, std::string_view& bytes) {
  return std::string{range[take_byte(bytes) % range.size()]};
}

}  // namespace

Game::Game(Store& store, Profile profile) : store_(store), policy_(profile_policy(profile)) {
  // What the model knows nothing of stays out of the way.
  policy_.pkce = policy_.pkce_confidential = PkcePolicy::if_sent;
  policy_.stray_verifier = StrayVerifierPolicy::refuse;
  policy_.challenge = ChallengePolicy::any;
  for (const auto id : kClients) {
    Client client{std::string{id}, {"http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"}, {}, {}};
    if (id == kSecretClient) client.secret = "s3cret";
    store_.put_client(std::move(client));
  }
}

Context Game::context() { return {store_, random_, clock_.now(), policy_, "https://issuer.test"}; }

void Game::law(bool holds, const char* name) {
  if (!holds && broken_.empty()) broken_ = move_ + ": " + name;
}

std::string Game::pick(const std::vector<std::string>& from, std::string_view& bytes) const {
  const unsigned chosen = take_byte(bytes);
  if (from.empty() || chosen == 0xFF) return "never-issued";
  // Late ones more often: they are the live ones.
  return from[from.size() - 1 - chosen % std::min<std::size_t>(from.size(), 16)];
}

void Game::expect_new(const std::string& value) {
  law(!model_.tokens.contains(value) && !model_.codes.contains(value), "a value is given out once");
}

void Game::authorize(std::string_view& bytes) {
  AuthorizeParams params;
  params.response_type = "code";
  params.client_id = one_of(kClients, bytes);
  params.redirect_uri = one_of(kRedirects, bytes);
  const std::string verifier = kVerifiers[std::array{0, 1, 3}[take_byte(bytes) % 3]].data();
  if (!verifier.empty()) {
    params.code_challenge = base64url(sha256(verifier));
    params.code_challenge_method = "S256";
  }
  const auto outcome = check_authorize(context(), params);
  const auto* const request = std::get_if<AuthorizeRequest>(&outcome);
  law(request != nullptr, "a sound request is taken");
  if (request == nullptr) return;
  const Approved approved = approve(context(), *request, "ann");
  law(!model_.codes.contains(approved.code), "a code is given out once");
  law(approved.location.starts_with(*params.redirect_uri + "?code="), "it goes where it was asked");
  model_.add_code(approved.code, {*params.client_id, *params.redirect_uri, verifier,
                                  saturating_add(clock_.now(), policy_.code_ttl)});
  code_values_.push_back(approved.code);
}

void Game::redeem(std::string_view& bytes) {
  const std::string code = pick(code_values_, bytes);
  // Right in everything half of the time.
  const auto known = model_.codes.find(code);
  const bool right = known != model_.codes.end() && take_byte(bytes) % 2 == 0;
  const std::string client = right ? known->second.client : one_of(kClients, bytes);
  const std::string redirect = right ? known->second.redirect : one_of(kRedirects, bytes);
  const std::string verifier = right ? known->second.verifier : one_of(kVerifiers, bytes);
  const auto registered = store_.find_client(client);
  CodeGrantParams params{code, redirect, std::nullopt};
  if (!verifier.empty()) params.code_verifier = verifier;
  const bool expected = model_.may_redeem(code, client, redirect, verifier, clock_.now());
  const auto given = mock::redeem(context(), *registered, params);
  law(given.ok() == expected,
      expected ? "a sound redemption succeeds" : "no tokens without a sound, unspent, living code");
  if (!given) return model_.not_redeemed(code, client, redirect, clock_.now());
  law(given->refresh.has_value(), "a login brings both tokens");
  expect_new(given->access.value);
  if (!expected) return;
  model_.redeemed(code, *given);
  token_values_.push_back(given->access.value);
  if (given->refresh) token_values_.push_back(given->refresh->value);
}

void Game::refresh(std::string_view& bytes) {
  const std::string token = pick(take_byte(bytes) % 16 == 0 ? code_values_ : token_values_, bytes);
  const auto known = model_.tokens.find(token);
  const bool right = known != model_.tokens.end() && take_byte(bytes) % 4 != 0;
  const std::string client =
      right ? model_.grants[static_cast<std::size_t>(known->second.grant)].client
            : one_of(kClients, bytes);
  const auto expected = model_.may_refresh(token, client, policy_, clock_.now());
  const auto given = mock::refresh(context(), *store_.find_client(client), {token, std::nullopt});
  law(given.ok() == (expected != Model::Refresh::refused),
      given.ok() ? "no tokens for a refresh token that is dead, spent or another's"
                 : "a living refresh token brings tokens");
  if (!given) return model_.not_refreshed(token, client, policy_, clock_.now());
  if (expected == Model::Refresh::again) {
    law(given->access.value == known->second.next_access &&
            given->refresh->value == known->second.next_refresh,
        "in the grace window the same answer comes again");
    return;
  }
  if (expected == Model::Refresh::refused) return;
  expect_new(given->access.value);
  law(given->refresh.has_value() == (policy_.rotation != RotationPolicy::omit),
      "the rotation policy says whether a refresh token comes");
  if (policy_.rotation == RotationPolicy::reuse) {
    law(given->refresh->value == token, "reuse repeats the token");
  }
  model_.refreshed(token, *given, policy_, clock_.now());
  token_values_.push_back(given->access.value);
  if (policy_.rotation == RotationPolicy::rotate && given->refresh) {
    token_values_.push_back(given->refresh->value);
  }
}

void Game::revoke(std::string_view& bytes) {
  const std::string token = pick(token_values_, bytes);
  const std::size_t who = take_byte(bytes) % (kClients.size() + 1);
  const auto client =
      who < kClients.size() ? store_.find_client(kClients[who]) : std::shared_ptr<const Client>{};
  Revocation expected = Revocation::unknown;
  if (const auto known = model_.tokens.find(token); known != model_.tokens.end()) {
    const auto& owner = model_.grants[static_cast<std::size_t>(known->second.grant)].client;
    expected = Revocation::revoked;
    if (client && client->id != owner) expected = Revocation::of_another_client;
    if (!client && owner == kSecretClient) expected = Revocation::needs_authentication;
  }
  law(mock::revoke(context(), client.get(), token) == expected,
      "a token dies for its client alone");
  if (expected == Revocation::revoked) model_.revoked(token);
}

void Game::turn_the_clock(std::string_view& bytes) {
  clock_.advance(seconds{kSteps[take_byte(bytes) % kSteps.size()]});
}

void Game::change_a_policy(std::string_view& bytes) {
  const std::size_t chosen = take_byte(bytes) % (kChoices.size() + kNumbers.size());
  const auto refused =
      chosen < kChoices.size()
          ? set_policy(policy_, kChoices[chosen].first, std::string{kChoices[chosen].second})
          : set_policy(policy_, kNumbers[chosen - kChoices.size()].first,
                       kNumbers[chosen - kChoices.size()].second);
  law(!refused, "a policy can be set");
}

void Game::control(std::string_view& bytes) {
  const unsigned what = take_byte(bytes) % 3;
  const std::string token = pick(token_values_, bytes);
  const bool known = model_.tokens.contains(token);
  if (what == 0) {
    law(store_.revoke_by_id(fingerprint(token)) == known, "control revokes what there is");
    if (known) model_.revoked(token);
  } else if (what == 1) {
    law(store_.expire_by_id(fingerprint(token), clock_.now()) == known,
        "control expires what there is");
    if (known) model_.expired(token, clock_.now());
  } else {
    law(store_.tokens(clock_.now()).size() == model_.tokens.size(), "control lists every token");
  }
}

void Game::look_at_everything() {
  for (const auto& [value, facts] : model_.tokens) {
    const auto found = store_.find_token(value, clock_.now());
    law(found.has_value(), "no token is forgotten");
    if (!found) return;
    law(found->state == model_.state(value, clock_.now()), "each token is in the model's state");
    const std::string field = "Bearer " + value;
    const AccessCredentials brought{field, 1, std::nullopt, false, false};
    const bool opens = check_access(context(), brought, {}).ok();
    law(opens == model_.opens_the_api(value, clock_.now()), "the API opens to living tokens alone");
  }
}

void Game::move(std::string_view& bytes) {
  struct Kind {
    const char* name;
    void (Game::*play)(std::string_view&);
  };
  static constexpr std::array<Kind, 12> kKinds{{{"authorize", &Game::authorize},
                                                {"authorize", &Game::authorize},
                                                {"redeem", &Game::redeem},
                                                {"redeem", &Game::redeem},
                                                {"redeem", &Game::redeem},
                                                {"refresh", &Game::refresh},
                                                {"refresh", &Game::refresh},
                                                {"revoke", &Game::revoke},
                                                {"clock", &Game::turn_the_clock},
                                                {"policy", &Game::change_a_policy},
                                                {"control", &Game::control},
                                                {"device", &Game::device}}};
  const Kind& kind = kKinds[take_byte(bytes) % kKinds.size()];
  move_ = kind.name;
  (this->*kind.play)(bytes);
}

std::string Game::play(std::string_view bytes) {
  for (int i = 1; !bytes.empty() && broken_.empty(); ++i) {
    move(bytes);
    move_ += " (move " + std::to_string(i) + ")";
    if (broken_.empty()) look_at_everything();
  }
  return broken_;
}

}  // namespace heygen::mock::game
