// The browser's callback: a code comes out for the state of a pending login of this session alone.
// The input is a callback URL; "{state}" stands for the right state.
#include <string>

#include "client_under_test/lib/callback.h"
#include "client_under_test/lib/form.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace client;

constexpr std::string_view kState = "s0-zQ8mW3xR7";

std::string with_state(std::string_view url) {
  std::string out{url};
  for (auto at = out.find("{state}"); at != std::string::npos; at = out.find("{state}", at)) {
    out.replace(at, 7, kState);
  }
  return out;
}

}  // namespace

void run(std::string_view input) {
  Config config;
  use_base_url(config, "http://127.0.0.1:8765");
  config.client_id = "demo";
  config.redirect_uri = "http://127.0.0.1:4000/cb";
  const Instant now{std::chrono::seconds{1767225600}};
  const std::string url = with_state(input);

  for (const std::string_view session : {"alice", "mallory"}) {
    PendingLogins pending;
    pending.add({"alice", std::string{kState}, "verifier", config.redirect_uri,
                 now + std::chrono::minutes{10}},
                now);
    const auto validated =
        validate_callback({session, "GET", url}, config, pending, CallbackRules{}, now);
    if (!validated) {
      require(validated.error().message.find_first_of("\r\n") == std::string::npos,
              "a refusal is one line");
      continue;
    }
    require(session == "alice", "another session's state opens nothing (RFC 6749 §10.12)");
    require(url.find(kState) != std::string::npos || url.find('%') != std::string::npos,
            "no code without the state");
    require(!validated->code().empty(), "a code is something");
    require(validated->login().verifier == "verifier", "the login is the pending one");
    const auto again =
        validate_callback({session, "GET", url}, config, pending, CallbackRules{}, now);
    require(!again, "a state works once");
  }
  for (const FormField& field : form_decode(input)) {
    if (field.malformed) continue;
    const auto back = form_decode(form_encode({{field.name, field.value}}));
    require(back.empty()
                ? field.name.empty() && field.value.empty()
                : back.size() == 1 && back[0].name == field.name && back[0].value == field.value,
            "a field is written and read again as the same");
  }
}

}  // namespace heygen::fuzz
