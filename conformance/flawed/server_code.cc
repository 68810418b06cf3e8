// Servers whose codes live too long, or serve too many.

#include <algorithm>
#include <array>
#include <atomic>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

// Gives tokens for a code that was spent, when `again` says so.
class Reusable : public mock::MemoryStore {
 public:
  [[nodiscard]] std::optional<mock::StoredCode> find_code(std::string_view value) const override {
    auto code = MemoryStore::find_code(value);
    if (code && code->spent && code->failures == 0) code->spent = !again(*code);
    return code;
  }
  mock::RedeemOutcome redeem_code(std::string_view value, const mock::TokenSet& tokens,
                                  mock::TimePoint now) override {
    const auto code = MemoryStore::find_code(value);
    if (!code || !code->spent || !again(*code)) {
      note_first(value, now);
      return MemoryStore::redeem_code(value, tokens, now);
    }
    return mock::Redeemed{MemoryStore::put_grant(code->client_id, code->user, code->scope, tokens)};
  }

 protected:
  [[nodiscard]] virtual bool again(const mock::StoredCode&) const { return true; }
  virtual void note_first(std::string_view, mock::TimePoint) {}
};

// Notices the first replay, and forgets that the code was used.
class Forgetful final : public Reusable {
 public:
 protected:
  [[nodiscard]] bool again(const mock::StoredCode& code) const override {
    const std::lock_guard lock(mutex_);
    return ++asked_[code.value] > 2;  // two looks belong to one redemption that is refused
  }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, int> asked_;
};

// Reads, decides, writes: three steps, and another request between them.
class Toctou final : public mock::MemoryStore {
 public:
  mock::RedeemOutcome redeem_code(std::string_view value, const mock::TokenSet& tokens,
                                  mock::TimePoint now) override {
    const auto code = MemoryStore::find_code(value);
    if (!code || code->spent) return MemoryStore::redeem_code(value, tokens, now);
    window_.wait_for_another();
    if (std::holds_alternative<mock::Redeemed>(MemoryStore::redeem_code(value, tokens, now))) {
      return mock::Redeemed{};
    }
    return mock::Redeemed{MemoryStore::put_grant(code->client_id, code->user, code->scope, tokens)};
  }

 private:
  Window window_;
};

class NoRevocation final : public mock::MemoryStore {
 public:
  mock::RedeemOutcome redeem_code(std::string_view value, const mock::TokenSet& tokens,
                                  mock::TimePoint now) override {
    const auto code = MemoryStore::find_code(value);
    if (code && code->spent) return mock::AlreadyRedeemed{0};
    return MemoryStore::redeem_code(value, tokens, now);
  }
};

class RevokesAccessAlone final : public mock::MemoryStore {
 public:
  mock::RedeemOutcome redeem_code(std::string_view value, const mock::TokenSet& tokens,
                                  mock::TimePoint now) override {
    const auto code = MemoryStore::find_code(value);
    if (!code || !code->spent) return MemoryStore::redeem_code(value, tokens, now);
    for (const auto& token : MemoryStore::tokens(now)) {
      if (token.kind == mock::TokenKind::access && token.parent == mock::fingerprint(value)) {
        (void)expire_by_id(token.id, now);
      }
    }
    return mock::AlreadyRedeemed{1};
  }
};

class Immortal final : public mock::MemoryStore {
 public:
  void put_code(mock::Code code) override {
    code.expires_at = mock::kNever;
    MemoryStore::put_code(std::move(code));
  }
};

class AnyRedirect final : public mock::MemoryStore {
 public:
  [[nodiscard]] std::optional<mock::StoredCode> find_code(std::string_view value) const override {
    auto code = MemoryStore::find_code(value);
    if (code) code->redirect_uri.clear();
    return code;
  }
};

// The redirect_uri of the code, where the one that came is close enough.
void close_enough(ServerSeams& seams,
                  bool (*close)(const std::string& sent, const std::string& right)) {
  const auto notes = std::make_shared<Notes>();
  seams.store = noting_codes(notes);
  seams.front.push_back(before(at_redeem, [notes, close](Request& request) {
    const auto right = notes->get("redirect " + in_body(request, "code"));
    Fields fields = body_fields(request);
    if (!right || !close(in_body(request, "redirect_uri"), *right)) return;
    if (std::ranges::count(fields, "redirect_uri", &Fields::value_type::first) > 1) return;
    put(fields, "redirect_uri", *right);
    set_body(request, fields);
  }));
}

// Another value stands for the one that the mock made, in what it says and in what it is asked.
void alias(ServerSeams& seams, const char* what, std::string (*make)(std::size_t number)) {
  const auto notes = std::make_shared<Notes>();
  const auto made = std::make_shared<std::atomic<std::size_t>>(0);
  const auto stand_in = [notes, made, make](const std::string& real) {
    const std::string name = make(++*made);
    notes->put(name, real);
    return name;
  };
  const std::string param = what;
  if (param == "code") {
    seams.front.push_back(after(at_authorize, [stand_in](const Request&, Response& response) {
      redirected(response, [&](CallbackUrl& url) {
        if (url.has("code")) url.set("code", stand_in(url.get("code")));
      });
    }));
  } else {
    seams.front.push_back(after(at_token, [stand_in, param](const Request&, Response& response) {
      const std::string real = text_of(response, param);
      if (!real.empty()) patch(response, param, "\"" + stand_in(real) + "\"");
    }));
  }
  seams.front.push_back(before(at_token, [notes, param](Request& request) {
    Fields fields = body_fields(request);
    bool changed = false;
    for (auto& [name, value] : fields) {
      const auto real = notes->get(value);
      if (name != param || !real) continue;
      value = *real;
      changed = true;
    }
    if (changed) set_body(request, fields);
  }));
}

std::string numbered(std::size_t number) {
  const std::string digits = std::to_string(100000 + number);
  return "authorization-code-of-the-example-server-" + digits;
}

std::string sixteen_digits(std::size_t number) {
  return mock::hex(mock::sha256(std::to_string(number))).substr(0, 16);
}

std::string repeating(std::size_t number) {
  const std::string seed = std::to_string(number % 300 == 0 ? number - 1 : number);
  return mock::base64url(mock::sha256("token " + seed));
}

constexpr std::array kServerCodeFlaws{
    Flaw{"sm13-code-reusable",
         "gives tokens for a code as often as it comes",
         {"server.code.single-use"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Reusable>(); }},
    Flaw{"sm13b-used-codes-forgotten",
         "forgets after the first replay that a code was used",
         {"server.code.single-use"},
         "sm13-code-reusable",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Forgetful>(); }},
    Flaw{"sm14-code-toctou",
         "checks a code and spends it in two steps",
         {"server.code.atomic"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Toctou>(); }},
    Flaw{"sm15-code-reuse-no-revoke",
         "lets the tokens of a replayed code live",
         {"server.code.reuse-revokes"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<NoRevocation>(); }},
    Flaw{"sm15b-reuse-revokes-access-alone",
         "ends the access token of a replayed code, not the refresh token",
         {"server.code.reuse-revokes"},
         "sm15-code-reuse-no-revoke",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<RevokesAccessAlone>(); }},
    Flaw{"sm16-code-immortal",
         "lets codes live for ever",
         {"server.code.expiry"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<Immortal>(); }},
    Flaw{"sm16b-code-lives-an-hour",
         "lets codes live for an hour",
         {"server.code.expiry"},
         "sm16-code-immortal",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("code_ttl_s", std::int64_t{3600}); }},
    Flaw{"sm17-code-any-client",
         "gives a code's tokens to any client",
         {"server.code.bound-client"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.store = noting_codes(notes);
           seams.front.push_back(before(at_redeem, [notes](Request& request) {
             const auto owner = notes->get("client " + in_body(request, "code"));
             const std::string client = in_body(request, "client_id");
             if (!owner || client.starts_with("nobody") || client.empty()) return;
             if (client == *owner) return;
             Fields fields = body_fields(request);
             put(fields, "client_id", *owner);
             drop(fields, "client_secret");
             set_body(request, fields);
           }));
         }},
    Flaw{"sm18-code-any-redirect",
         "does not compare the redirect_uri at the token endpoint",
         {"server.code.bound-redirect"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<AnyRedirect>(); }},
    Flaw{"sm18b-redirect-missing-ok",
         "compares the redirect_uri only when one is sent",
         {"server.code.bound-redirect"},
         "sm18-code-any-redirect",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           close_enough(seams,
                        [](const std::string& sent, const std::string&) { return sent.empty(); });
         }},
    Flaw{"sm18c-redirect-port-free",
         "forgives another port at the token endpoint too",
         {"server.code.bound-redirect"},
         "sm18-code-any-redirect",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           close_enough(seams, [](const std::string& sent, const std::string& right) {
             const auto host = [](const std::string& uri) {
               const std::string origin = origin_of(uri);
               return origin.substr(0, origin.rfind(':'));
             };
             return host(sent) == host(right) && target_of(sent) == target_of(right);
           });
         }},
    Flaw{"sm18d-redirect-prefix",
         "takes a redirect_uri that begins with the right one",
         {"server.code.bound-redirect"},
         "sm18-code-any-redirect",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           close_enough(seams, [](const std::string& sent, const std::string& right) {
             return sent.starts_with(right);
           });
         }},
    Flaw{"sm45-codes-counted",
         "counts its codes",
         {"server.code.entropy"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { alias(seams, "code", &numbered); }},
    Flaw{"sm45b-codes-short",
         "makes codes of 64 bits",
         {"server.code.entropy"},
         "sm45-codes-counted",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { alias(seams, "code", &sixteen_digits); }},
    Flaw{"sm45c-token-repeats",
         "gives one refresh token in three hundred twice",
         {"server.code.entropy"},
         "sm45-codes-counted",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { alias(seams, "refresh_token", &repeating); }},
};

}  // namespace

std::span<const Flaw> server_code_flaws() { return kServerCodeFlaws; }

}  // namespace heygen::conformance
