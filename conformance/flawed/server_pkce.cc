// Servers whose PKCE proves nothing, or not enough.

#include <algorithm>
#include <array>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

std::string s256(std::string_view verifier) { return mock::base64url(mock::sha256(verifier)); }

// The code's challenge is noted, and the mock is told that there was none.
class Challenges final : public mock::MemoryStore {
 public:
  explicit Challenges(std::shared_ptr<Notes> notes) : notes_(std::move(notes)) {}

  void put_code(mock::Code code) override {
    notes_->put(code.value, code.challenge.value);
    notes_->put("known " + code.challenge.value, "");
    code.challenge = {};
    MemoryStore::put_code(std::move(code));
  }

 private:
  const std::shared_ptr<Notes> notes_;
};

// "" stands for a verifier that is missing.
using Accepts = bool (*)(const std::string& verifier, const std::string& challenge, const Notes&);

// A proof of the flaw's own in place of the mock's. What it accepts goes on without a verifier;
// what it refuses goes on with one that the mock refuses, since it knows of no challenge.
void replace_proof(ServerSeams& seams, Accepts accepts) {
  const auto notes = std::make_shared<Notes>();
  seams.store = store_of<Challenges>(notes);
  seams.front.push_back(before(at_redeem, [notes, accepts](Request& request) {
    const auto challenge = notes->get(in_body(request, "code"));
    if (!challenge || challenge->empty()) return;
    Fields fields = body_fields(request);
    // What is sent twice is left for the mock to count.
    if (std::ranges::count(fields, "code_verifier", &Fields::value_type::first) > 1) return;
    const std::string verifier = in_body(request, "code_verifier");
    drop(fields, "code_verifier");
    if (!accepts(verifier, *challenge, *notes)) {
      put(fields, "code_verifier", std::string(43, 'x'));
    }
    set_body(request, fields);
  }));
}

bool well_formed(const std::string& verifier) { return mock::is_well_formed_verifier(verifier); }

class Unbounded final : public mock::MemoryStore {
 public:
  bool fail_code(std::string_view, int) override { return false; }
};

void rewrite_method(ServerSeams& seams, void (*change)(const Request&, Fields&)) {
  seams.front.push_back(before(at_authorize, [change](Request& request) {
    Fields fields = query_fields(request);
    change(request, fields);
    set_query(request, fields);
  }));
}

constexpr std::array kServerPkceFlaws{
    Flaw{"sm08-pkce-optional",
         "gives public clients a code without a challenge",
         {"server.authorize.pkce-required"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("pkce", "if-sent"); }},
    Flaw{"sm08b-empty-challenge",
         "takes an empty code_challenge for one",
         {"server.authorize.pkce-required"},
         "sm08-pkce-optional",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.policies.emplace_back("pkce", "if-sent");
           seams.front.push_back(instead(at_authorize, [](const Request& request) {
             if (has_in_query(request, "code_challenge") ||
                 in_query(request, "redirect_uri").empty()) {
               return std::optional<Response>();
             }
             CallbackUrl url(in_query(request, "redirect_uri"));
             url.append("error", "invalid_request").append("state", in_query(request, "state"));
             return std::optional(redirect_to(url.str()));
           }));
           // Whether a code came with a challenge is not asked either, or the code were useless.
           rewrite_method(seams, [](const Request& request, Fields& fields) {
             if (in_query(request, "code_challenge").empty()) drop(fields, "code_challenge_method");
           });
         }},
    Flaw{"sm09-plain-accepted",
         "takes the method plain",
         {"server.authorize.pkce-plain-refused"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("plain", "allowed"); }},
    Flaw{"sm09e-plain-of-right-shape",
         "takes the method plain for a challenge of 43 characters",
         {"server.authorize.pkce-plain-refused"},
         "sm09-plain-accepted",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rewrite_method(seams, [](const Request& request, Fields& fields) {
             if (in_query(request, "code_challenge_method") == "plain" &&
                 in_query(request, "code_challenge").size() == 43) {
               put(fields, "code_challenge_method", "S256");
             }
           });
         }},
    Flaw{"sm09b-method-any-case",
         "takes s256 for S256",
         {"server.authorize.pkce-plain-refused"},
         "sm09-plain-accepted",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rewrite_method(seams, [](const Request& request, Fields& fields) {
             if (in_query(request, "code_challenge_method") == "s256") {
               put(fields, "code_challenge_method", "S256");
             }
           });
         }},
    Flaw{"sm09c-method-assumed",
         "takes a challenge without a method for S256",
         {"server.authorize.pkce-plain-refused"},
         "sm09-plain-accepted",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           rewrite_method(seams, [](const Request& request, Fields& fields) {
             if (!in_query(request, "code_challenge").empty() &&
                 in_query(request, "code_challenge_method").empty()) {
               put(fields, "code_challenge", s256("anything"));
               put(fields, "code_challenge_method", "S256");
             }
           });
         }},
    Flaw{"sm09d-challenge-any",
         "takes any text for a code_challenge",
         {"server.authorize.pkce-bad-challenge"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("challenge", "any"); }},
    Flaw{"sm10-verifier-unchecked",
         "takes any verifier",
         {"server.token.verifier-checked"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           replace_proof(seams, [](const std::string& verifier, const std::string&, const Notes&) {
             return !verifier.empty();
           });
         }},
    Flaw{"sm10b-challenge-as-verifier",
         "takes the challenge itself for its verifier",
         {"server.token.verifier-checked"},
         "sm10-verifier-unchecked",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           replace_proof(seams, [](const std::string& verifier, const std::string& challenge,
                                   const Notes&) {
             return well_formed(verifier) && (verifier == challenge || s256(verifier) == challenge);
           });
         }},
    Flaw{"sm10c-malformed-verifier",
         "takes a verifier of any form when its hash fits",
         {"server.token.verifier-checked"},
         "sm10-verifier-unchecked",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           replace_proof(seams, [](const std::string& verifier, const std::string& challenge,
                                   const Notes&) { return s256(verifier) == challenge; });
         }},
    Flaw{"sm10d-any-logins-verifier",
         "takes the verifier of any login that it knows",
         {"server.token.verifier-checked"},
         "sm10-verifier-unchecked",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           replace_proof(seams,
                         [](const std::string& verifier, const std::string&, const Notes& notes) {
                           return well_formed(verifier) && notes.has("known " + s256(verifier));
                         });
         }},
    Flaw{"sm11-verifier-missing-ok",
         "compares the verifier only when one is sent",
         {"server.token.verifier-checked"},
         "sm10-verifier-unchecked",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           replace_proof(
               seams, [](const std::string& verifier, const std::string& challenge, const Notes&) {
                 return verifier.empty() || (well_formed(verifier) && s256(verifier) == challenge);
               });
         }},
    Flaw{"sm12-downgrade",
         "overlooks a verifier for a code without a challenge",
         {"server.token.pkce-downgrade"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("stray_verifier", "ignore"); }},
    Flaw{"sm47-guesses-unbounded",
         "lets a verifier be guessed for ever",
         {"server.token.failed-verifier-consumes"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Unbounded>(); }},
};

}  // namespace

std::span<const Flaw> server_pkce_flaws() { return kServerPkceFlaws; }

}  // namespace heygen::conformance
