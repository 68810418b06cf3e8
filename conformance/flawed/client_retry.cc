// Flaws in the request after a refresh, and in whose token it carries.
#include <array>
#include <map>
#include <thread>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::HttpRequest;
using client::Result;
using client::Seams;
using Token = std::optional<std::string>;

// What the second request of a call is made of: `build` gets the call, the token and what was sent
// before. A call stays on its thread.
template <typename Build>
void build_retry_by(Seams& seams, Build build) {
  struct Last {
    std::string token{};
    bool refused = false;
  };
  const Kept<std::map<std::thread::id, Last>> last;
  seams.refresh.after_answer = [last](int status, int retries) {
    const bool again = client::refresh_after_answer(status, retries);
    last.with([&](auto& by_thread) { by_thread[std::this_thread::get_id()].refused = again; });
    return again;
  };
  seams.api.build = [last, build](const client::ApiCall& call, std::string_view token) {
    return last.with([&](auto& by_thread) {
      Last& mine = by_thread[std::this_thread::get_id()];
      const bool retry = std::exchange(mine.refused, false);
      if (retry) return build(call, token, mine.token);
      mine.token = token;
      return client::build_api_request(call, token);
    });
  };
}

void retry_with_old_token(Seams& seams) {
  build_retry_by(seams, [](const client::ApiCall& call, std::string_view, const std::string& old) {
    return client::build_api_request(call, old);
  });
}

void retry_without_body(Seams& seams) {
  build_retry_by(seams, [](client::ApiCall call, std::string_view token, const std::string&) {
    call.body.reset();
    return client::build_api_request(call, token);
  });
}

void retry_as_get(Seams& seams) {
  build_retry_by(seams, [](client::ApiCall call, std::string_view token, const std::string&) {
    call.method = "GET";
    return client::build_api_request(call, token);
  });
}

// The token is looked up where the last login or refresh of anybody left it.
void one_token_for_all(Seams& seams) {
  const Kept<std::string> current;
  seams.token.read_access_token = [current](const client::JsonValue* member) {
    Result<std::string> token = client::read_access_token(member);
    if (token) current.set(*token);
    return token;
  };
  seams.api.build = [current](const client::ApiCall& call, std::string_view token) {
    const std::string newest = current.get();
    return client::build_api_request(call, newest.empty() ? token : newest);
  };
}

// A browser's habit: whatever the server gave goes back to it.
void refresh_token_at_api(Seams& seams) {
  const Kept<std::string> current;
  seams.token.read_refresh_token = [current](const client::JsonValue* member) {
    Token token = client::read_refresh_token(member);
    if (token) current.set(*token);
    return token;
  };
  seams.api.build = [current](const client::ApiCall& call, std::string_view token) {
    HttpRequest request = client::build_api_request(call, token);
    request.headers.emplace_back("Cookie", "refresh_token=" + current.get());
    return request;
  };
}

constexpr std::array kClientRetryFlaws{
    Flaw{.id = "cm105-retry-without-body",
         .summary = "the request after a refresh lacks its body",
         .intended = {"refresh.on-401.body-replayed"},
         .plant = retry_without_body},
    Flaw{.id = "cm105b-retry-as-get",
         .summary = "the request after a refresh is a GET",
         .intended = {"refresh.on-401.body-replayed"},
         .variant_of = "cm105-retry-without-body",
         .plant = retry_as_get},
    Flaw{.id = "cm106-retry-with-old-token",
         .summary = "the request after a refresh carries the old token",
         .intended = {"refresh.uses-new-token", "refresh.on-401"},
         .plant = retry_with_old_token},
    Flaw{.id = "cm107-one-token-for-all",
         .summary = "all sessions send the token that was got last",
         .intended = {"refresh.user-isolation"},
         .plant = one_token_for_all},
    Flaw{.id = "cm116-refresh-token-at-api",
         .summary = "sends the refresh token to the API, as a cookie",
         .intended = {"refresh.token-endpoint-only"},
         .plant = refresh_token_at_api},
};

}  // namespace

std::span<const Flaw> retry_flaws() { return kClientRetryFlaws; }

}  // namespace heygen::conformance
