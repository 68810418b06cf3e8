// A world for tests of the surface: no sockets, no sandbox, a clock that stands and randomness that
// counts.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "mock_server/core/testing.h"
#include "mock_server/routes/surface.h"
#include "mock_server/store/memory.h"
#include "mock_server/webhooks/book.h"

namespace heygen::mock::testing {

// The verifier and the challenge of RFC 7636 Appendix B.
inline constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct World {
  explicit World(Profile profile = Profile::heygen) : policy(profile_policy(profile)) {
    config.profile = profile;
    config.users.push_back({"15ebafd83a8521f0b8d56a14c8a4bd72", "ann@example.com", "Ann", "Lee"});
    config.users.push_back({"25ebafd83a8521f0b8d56a14c8a4bd72", "bob@example.com", "Bob", "Roe"});
    config.api_keys.emplace_back("key-1");
    store.put_client({"demo", {"http://127.0.0.1/*"}, std::nullopt, {}});
    store.put_client({"web", {"https://app.test/cb?keep=1"}, "s3cret", {}});
    store.put_client({"other", {"https://other.test/cb"}, std::nullopt, {}});
  }

  // A policy by its name in the contract.
  World& set(std::string_view name, const PolicyValue& value) {
    if (set_policy(policy, name, value)) throw std::invalid_argument(std::string{name});
    return *this;
  }

  Answer answer(const wire::Request& request) {
    const Context context{store, random, clock.now(), policy, "https://issuer.test"};
    return surface.answer(surface.read(request), Visit{context, config, base, &webhooks});
  }

  Answer get(std::string target, wire::Headers headers = {}) {
    wire::Request request;
    request.method = "GET";
    request.target = std::move(target);
    request.headers = std::move(headers);
    return answer(request);
  }

  Answer post(std::string target, std::string form, wire::Headers headers = {}) {
    wire::Request request;
    request.method = "POST";
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (!request.headers.has("Content-Type")) {
      request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    }
    request.body = std::move(form);
    return answer(request);
  }

  MemoryStore store;
  ScriptedRandom random;
  ManualClock clock;
  Policy policy;
  SandboxConfig config;
  std::string base = "http://127.0.0.1:8765";
  WebhookBook webhooks;
  Surface surface;
};

// The value of a parameter in a URL's query, decoded; "" when absent.
inline std::string query_of(std::string_view url, std::string_view name) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  const wire::Form form = wire::parse_form(url.substr(mark + 1, url.find('#') - mark - 1));
  const std::string* const value = form.find(name);
  return value == nullptr ? std::string{} : *value;
}

// A member of a flat JSON object, as text: R"({"a":"x"})" and "a" give "x"; "" when absent.
inline std::string json_text(std::string_view body, std::string_view name) {
  const std::string key = "\"" + std::string{name} + "\":\"";
  const auto at = body.find(key);
  if (at == std::string_view::npos) return {};
  const auto start = at + key.size();
  return std::string{body.substr(start, body.find('"', start) - start)};
}

}  // namespace heygen::mock::testing
