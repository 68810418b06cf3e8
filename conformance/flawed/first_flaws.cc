// One flaw at each of five seams, to read first.

#include <stdexcept>

#include "client_under_test/lib/crypto.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Seams;

// The oldest login that waits, whatever the state says.
void ignore_state(Seams& seams) {
  seams.pending.select = [](std::span<const client::PendingLogin> candidates,
                            const client::CallbackParams&) -> std::optional<client::PendingLogin> {
    if (candidates.empty()) return std::nullopt;
    return candidates.back();
  };
}

void pad_challenge(Seams& seams) {
  seams.login.make_challenge = [](std::string_view verifier, std::string_view last_error) {
    client::Challenge challenge = client::make_challenge(verifier, last_error);
    challenge.value += "=";
    return challenge;
  };
}

void hash_hex_digest(Seams& seams) {
  seams.login.make_challenge = [](std::string_view verifier, std::string_view) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string hex;
    for (const std::byte byte : client::sha256(verifier)) {
      hex += kHex[std::to_integer<unsigned>(byte) >> 4];
      hex += kHex[std::to_integer<unsigned>(byte) & 0xF];
    }
    const std::span text{reinterpret_cast<const std::byte*>(hex.data()), hex.size()};
    return client::Challenge{client::base64url(text), "S256"};
  };
}

void throw_on_text_lifetime(Seams& seams) {
  seams.token.read_lifetime = [](const client::JsonValue* member) {
    if (member != nullptr && member->kind == client::JsonValue::Kind::string) {
      throw std::invalid_argument("expires_in is no number");
    }
    return client::read_lifetime(member);
  };
}

void forget_old_refresh_token(Seams& seams) {
  seams.refresh.merge = [](const std::optional<std::string>&, std::optional<std::string> received) {
    return received;
  };
}

class OpenGate final : public client::RefreshGate {
 public:
  client::Result<client::TokenRecord> refresh(const client::TokenRecord& seen,
                                              const client::RefreshSteps& steps) override {
    return steps.spend(seen);
  }
};

void refresh_without_gate(Seams& seams) {
  seams.refresh.make_gate = [] { return std::make_unique<OpenGate>(); };
}

constexpr Flaw kFlaws[] = {
    {.id = "cm01-state-ignored",
     .summary = "accepts any state in the callback",
     .intended = {"callback.state.mismatch-rejected"},
     .plant = &ignore_state},
    {.id = "cm16-challenge-padded",
     .summary = "the challenge keeps its '='",
     .intended = {"pkce.challenge.shape"},
     .plant = &pad_challenge},
    {.id = "cm17-challenge-hex",
     .summary = "the challenge encodes the hex text of the digest",
     .intended = {"pkce.challenge.correct"},
     .plant = &hash_hex_digest},
    {.id = "cm37-expires-string-crash",
     .summary = "throws when expires_in is a string",
     .intended = {"response.expires-in.string"},
     .plant = &throw_on_text_lifetime},
    {.id = "cm43-refresh-drops-old",
     .summary = "a refresh answer without refresh_token erases the old one",
     .intended = {"refresh.rotation.keeps-old"},
     .plant = &forget_old_refresh_token},
    {.id = "cm45-no-single-flight",
     .summary = "each concurrent call refreshes",
     .intended = {"refresh.single-flight"},
     .plant = &refresh_without_gate},
};

}  // namespace

std::span<const Flaw> first_flaws() { return kFlaws; }

}  // namespace heygen::conformance
