#include "mock_server/core/token.h"

#include <algorithm>
#include <string>

namespace heygen::mock {
namespace {

// RFC 6749 §10.10 wants guessing bounded; a client that is merely wrong fails far fewer times.
constexpr int kMaxFailedProofs = 10;

OAuthError bad_code(std::string why) { return make_error(ErrorId::code_invalid, std::move(why)); }

// RFC 7636 §4.6 and RFC 9700 §4.8.2. The error, or nothing.
std::optional<OAuthError> check_proof(const Context& context, const Policy& policy,
                                      const Client& client, const StoredCode& code,
                                      std::optional<std::string_view> verifier) {
  const PkcePolicy pkce = client.is_public() ? policy.pkce : policy.pkce_confidential;
  if (pkce == PkcePolicy::off) return std::nullopt;
  if (code.challenge.method == ChallengeMethod::none) {
    if (!verifier || policy.stray_verifier == StrayVerifierPolicy::ignore) return std::nullopt;
    return make_error(ErrorId::verifier_wrong,
                      "a code_verifier was sent, but the authorize request had no code_challenge");
  }
  if (!verifier) {
    return make_error(ErrorId::verifier_missing,
                      "the authorize request had a code_challenge; send its code_verifier");
  }
  if (!is_well_formed_verifier(*verifier)) {
    return make_error(ErrorId::verifier_malformed, diagnose_verifier(code.challenge, *verifier));
  }
  if (verify_challenge(code.challenge, *verifier)) return std::nullopt;
  return make_error(ErrorId::verifier_wrong,
                    diagnose_mismatch(code.challenge, *verifier, [&](std::string_view challenge) {
                      return context.store.has_challenge(challenge);
                    }));
}

}  // namespace

Result<TokenSet> redeem(const Context& context, const Client& client,
                        const CodeGrantParams& params) {
  if (!params.code) return make_error(ErrorId::code_missing, "code is missing");
  const auto code = context.store.find_code(*params.code);
  if (!code) return bad_code("no such code: never issued here, or forgotten by a reset");
  // RFC 6749 §4.1.3: bound to the client it was issued to. Another's attempt must not be able to
  // revoke anything, so this stands before the replay check.
  if (code->client_id != client.id) return bad_code("the code was issued to another client");
  const Policy policy = policy_for(context, client);
  const TokenSet tokens = new_tokens(context, policy);
  const auto replayed = [](const AlreadyRedeemed& r) {
    return bad_code("the code was used before; " + std::to_string(r.revoked) +
                    " tokens that it had given are revoked now (RFC 6749 §4.1.2)");
  };
  if (code->spent) {
    const auto outcome = context.store.redeem_code(*params.code, tokens, context.now);
    if (code->failures >= kMaxFailedProofs) {
      return bad_code("the code was burnt by " + std::to_string(code->failures) +
                      " redemptions that failed");
    }
    if (const auto* const again = std::get_if<AlreadyRedeemed>(&outcome)) return replayed(*again);
    return bad_code("the code was used before");
  }
  if (context.now >= code->expires_at) return bad_code("the code has expired");
  if (!code->redirect_uri.empty() && params.redirect_uri != code->redirect_uri) {
    const bool missing = !params.redirect_uri && policy.errors == ErrorsPolicy::rfc;
    return make_error(
        missing ? ErrorId::redirect_uri_missing : ErrorId::redirect_uri_mismatch,
        "redirect_uri must repeat the authorize request's byte for byte: " + code->redirect_uri);
  }
  if (auto error = check_proof(context, policy, client, *code, params.code_verifier)) {
    if (context.store.fail_code(*params.code, kMaxFailedProofs)) {
      error->why += "; after " + std::to_string(kMaxFailedProofs) + " failures the code is burnt";
    }
    return std::move(*error);
  }
  const auto outcome = context.store.redeem_code(*params.code, tokens, context.now);
  if (std::holds_alternative<Redeemed>(outcome)) return tokens;
  if (const auto* const again = std::get_if<AlreadyRedeemed>(&outcome)) return replayed(*again);
  return bad_code("the code has expired, or was forgotten by a reset just now");
}

Result<TokenSet> refresh(const Context& context, const Client& client,
                         const RefreshGrantParams& params) {
  if (!params.refresh_token) {
    return make_error(ErrorId::refresh_token_missing, "refresh_token is missing");
  }
  const auto fail = [](std::string why) {
    return make_error(ErrorId::refresh_token_invalid, std::move(why));
  };
  const auto token = context.store.find_token(*params.refresh_token, context.now);
  if (!token) return fail("no such refresh token: never issued here, or forgotten by a reset");
  if (token->kind != TokenKind::refresh) return fail("this is an access token");
  if (token->client_id != client.id) return fail("the token was issued to another client");
  if (params.scope && *params.scope != token->scope) {
    // RFC 6749 §6: no scope that was not granted.
    std::string_view rest = *params.scope;
    while (!rest.empty()) {
      const auto word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      const std::string granted = " " + token->scope + " ";
      if (granted.find(" " + std::string{word} + " ") == std::string::npos) {
        return make_error(ErrorId::scope_exceeds_grant, "the scope is wider than what was granted");
      }
    }
  }
  const Policy policy = policy_for(context, client);
  const auto outcome = context.store.rotate_refresh(
      *params.refresh_token, new_tokens(context, policy),
      {policy.rotation, policy.reuse, policy.reuse_grace, policy.old_access}, context.now);
  if (const auto* const rotated = std::get_if<Rotated>(&outcome)) return rotated->given;
  if (const auto* const replay = std::get_if<GraceReplay>(&outcome)) return replay->given;
  if (const auto* const reused = std::get_if<RefreshReused>(&outcome)) {
    return fail(reused->family_revoked
                    ? "the refresh token was used before: its whole family is revoked now"
                    : "the refresh token was used before; use the one its refresh brought");
  }
  if (std::holds_alternative<RefreshExpired>(outcome)) return fail("the refresh token has expired");
  // It may have been revoked, or forgotten, since it was looked at.
  const auto now = context.store.find_token(*params.refresh_token, context.now);
  if (!now) return fail("the refresh token was forgotten by a reset just now");
  return fail("the refresh token was revoked " + std::string{explain(now->revoked_by)});
}

Revocation revoke(const Context& context, const Client* client, std::string_view token) {
  const auto found = context.store.find_token(token, context.now);
  if (!found) return Revocation::unknown;
  // RFC 7009 §2.1: the token must have been issued to the client that asks.
  if (client != nullptr && found->client_id != client->id) return Revocation::of_another_client;
  if (client == nullptr) {
    const auto owner = context.store.find_client(found->client_id);
    if (owner && !owner->is_public()) return Revocation::needs_authentication;
  }
  return context.store.revoke(token) ? Revocation::revoked : Revocation::unknown;
}

}  // namespace heygen::mock
