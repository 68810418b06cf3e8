// The rules that can be judged by looking. Each says in its message which request it means by its
// number in the order of their arrival.

#include <set>

#include "conformance/watch/watched.h"
#include "mock_server/core/pkce.h"

namespace heygen::conformance {
namespace {

// Every one of them, the first that is wrong; nothing to judge when there is none.
template <typename Rule>
Verdict each(const std::vector<Seen>& all, std::string_view what, Rule rule) {
  if (all.empty()) return not_applicable("no " + std::string(what) + " was seen");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string wrong = rule(all[i]);
    if (!wrong.empty()) {
      return failed(std::string(what) + " " + std::to_string(i + 1) + ": " + wrong);
    }
  }
  return passed("judged by " + std::to_string(all.size()));
}

template <typename Rule>
Verdict each_authorization(const Watched& watched, Rule rule) {
  return each(watched.authorizations(), "authorization request", rule);
}
template <typename Rule>
Verdict each_exchange(const Watched& watched, Rule rule) {
  return each(watched.exchanges(), "code exchange", rule);
}

std::string unless(bool good, std::string_view wrong) {
  return good ? std::string() : std::string(wrong);
}

Verdict response_type(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    return unless(seen.param("response_type") == "code", "its response_type is not code");
  });
}

Verdict no_duplicates(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    std::set<std::string> names;
    for (const auto& [name, value] : seen.query().fields) {
      if (!names.insert(name).second) return "a parameter occurs twice: " + name;
    }
    return std::string();
  });
}

Verdict no_secret(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    for (const char* name :
         {"client_secret", "code_verifier", "refresh_token", "access_token", "api_key"}) {
      if (seen.has_param(name)) return std::string("its URL has ") + name;
    }
    return std::string();
  });
}

Verdict state_present(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    return unless(!seen.param("state").empty(), "it has no state, or an empty one");
  });
}

// A reload of the same URL is the user's.
Verdict fresh(const Watched& watched, std::string_view param) {
  std::set<std::string> targets;
  std::set<std::string> values;
  std::size_t judged = 0;
  for (const Seen& seen : watched.authorizations()) {
    const std::string value = seen.param(param);
    if (value.empty() || !targets.insert(seen.request().target).second) continue;
    ++judged;
    if (!values.insert(value).second) {
      return failed("a " + std::string(param) + " was used for two authorization requests");
    }
  }
  if (judged < 2) return not_applicable("it takes two authorization requests");
  return passed("judged by " + std::to_string(judged));
}

Verdict state_unique(const Watched& watched) { return fresh(watched, "state"); }
Verdict challenge_unique(const Watched& watched) { return fresh(watched, "code_challenge"); }

Verdict challenge_present(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    return unless(!seen.param("code_challenge").empty(), "it has no code_challenge");
  });
}

Verdict method_s256(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    return unless(seen.param("code_challenge_method") == "S256",
                  "its code_challenge_method is not S256");
  });
}

Verdict challenge_shape(const Watched& watched) {
  return each_authorization(watched, [](const Seen& seen) {
    const std::string challenge = seen.param("code_challenge");
    return unless(
        challenge.empty() || mock::is_well_formed_challenge(challenge, mock::ChallengeMethod::s256),
        "its code_challenge is not 43 characters of base64url");
  });
}

Verdict challenge_correct(const Watched& watched) {
  return each_exchange(watched, [&watched](const Seen& seen) {
    const Seen* const origin = watched.origin_of(seen);
    const std::string verifier = seen.param("code_verifier");
    if (origin == nullptr || verifier.empty()) return std::string();
    return unless(origin->param("code_challenge") == mock::s256(verifier),
                  "the code_challenge is not the S256 challenge of its verifier");
  });
}

Verdict verifier_present(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    return unless(!seen.param("code_verifier").empty(), "it has no code_verifier");
  });
}

Verdict verifier_length(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    const std::size_t length = seen.param("code_verifier").size();
    return unless(length == 0 || (length >= 43 && length <= 128),
                  "its code_verifier has " + std::to_string(length) + " characters");
  });
}

Verdict verifier_alphabet(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    return unless(seen.param("code_verifier").find_first_not_of(kUnreserved) == std::string::npos,
                  "its code_verifier has a character that is not unreserved");
  });
}

Verdict exchange_post(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    return unless(seen.request().method == "POST", "its method is not POST");
  });
}

Verdict exchange_form(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    return unless(mock::wire::is_form(seen.request()) && !seen.form().error, "its body is no form");
  });
}

Verdict exchange_url(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    return unless(seen.query().fields.empty(), "its URL has parameters");
  });
}

Verdict exchange_params(const Watched& watched) {
  return each_exchange(watched, [](const Seen& seen) {
    for (const char* name : {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}) {
      // A confidential client may say who it is in a header.
      const bool by_header =
          std::string_view(name) == "client_id" && !seen.header("Authorization").empty();
      if (seen.form().count(name) != 1 && !by_header) {
        return std::string(name) + " is not once in its form";
      }
    }
    return std::string();
  });
}

Verdict redirect_identical(const Watched& watched) {
  return each_exchange(watched, [&watched](const Seen& seen) {
    const Seen* const origin = watched.origin_of(seen);
    return unless(origin == nullptr || origin->param("redirect_uri") == seen.param("redirect_uri"),
                  "its redirect_uri differs from that of the authorization request");
  });
}

Verdict once(const Watched& watched) {
  std::set<std::string> codes;
  return each_exchange(watched, [&codes](const Seen& seen) {
    return unless(codes.insert(seen.param("code")).second, "its code was sent before");
  });
}

Verdict refresh_rotation(const Watched& watched) {
  std::set<std::string> replaced;
  return each(watched.refreshes(), "refresh", [&replaced](const Seen& seen) {
    const std::string sent = seen.param("refresh_token");
    const bool old = replaced.contains(sent);
    const std::string next = json_text(seen.response(), "refresh_token");
    if (!next.empty() && next != sent) replaced.insert(sent);
    return unless(!old, "it sent a refresh token that had been replaced");
  });
}

Verdict bearer_header(const Watched& watched) {
  return each(watched.calls(), "API request", [](const Seen& seen) {
    const bool other_way = seen.header("Authorization").empty();
    return unless(other_way || seen.bearer(), "its Authorization is no Bearer");
  });
}

Verdict bearer_query(const Watched& watched) {
  std::set<std::string> tokens;
  for (const Seen& seen : watched.exchanges()) {
    tokens.insert(json_text(seen.response(), "access_token"));
  }
  for (const Seen& seen : watched.refreshes()) {
    tokens.insert(json_text(seen.response(), "access_token"));
  }
  tokens.erase("");
  return each(watched.calls(), "API request", [&tokens](const Seen& seen) {
    for (const std::string& token : tokens) {
      if (seen.request().target.find(token) != std::string::npos) {
        return std::string("its URL has an access token");
      }
    }
    return std::string();
  });
}

Verdict with_api_key(const Watched& watched) {
  return each(watched.calls(), "API request", [](const Seen& seen) {
    return unless(seen.header("Authorization").empty() || seen.header("X-API-KEY").empty(),
                  "it has a bearer token and an API key");
  });
}

Verdict revocation_shape(const Watched& watched) {
  return each(watched.revocations(), "revocation", [](const Seen& seen) {
    return unless(seen.request().method == "POST" && seen.form().count("token") == 1 &&
                      seen.query().fields.empty(),
                  "it is no POST of a form with one token, and nothing in the URL");
  });
}

constexpr PassiveRule kRules[] = {
    {"authorize.response-type.code", &response_type},
    {"authorize.no-duplicate-params", &no_duplicates},
    {"authorize.no-secret", &no_secret},
    {"state.present", &state_present},
    {"state.unique-per-request", &state_unique},
    {"pkce.challenge.present", &challenge_present},
    {"pkce.method.s256", &method_s256},
    {"pkce.challenge.shape", &challenge_shape},
    {"pkce.challenge.correct", &challenge_correct},
    {"pkce.verifier.present", &verifier_present},
    {"pkce.verifier.length", &verifier_length},
    {"pkce.verifier.alphabet", &verifier_alphabet},
    {"pkce.verifier.unique", &challenge_unique},
    {"token.method.post", &exchange_post},
    {"token.content-type.form", &exchange_form},
    {"token.no-secrets-in-url", &exchange_url},
    {"token.params.required", &exchange_params},
    {"token.redirect-uri.identical", &redirect_identical},
    {"token.exactly-once", &once},
    {"refresh.rotation.replaces", &refresh_rotation},
    {"bearer.header", &bearer_header},
    {"bearer.not-in-query", &bearer_query},
    {"bearer.not-with-api-key", &with_api_key},
    {"logout.revoke.shape", &revocation_shape},
};

}  // namespace

std::span<const PassiveRule> passive_rules() { return kRules; }

}  // namespace heygen::conformance
