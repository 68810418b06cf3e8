// A form that only the browser it was made for can send, and only once: its token stands in the
// page and in a cookie of that browser, and the decision is taken out of the store as a whole.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/core/result.h"
#include "mock_server/core/types.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// Gives the decision its id, its token and its end, by the sandbox's clock, and keeps it.
PendingConsent open_page(const Visit& visit, PendingConsent decision, std::chrono::seconds ttl);

// Sets the cookie that goes with the page. `path` is where the form is sent to, below the base.
void bind_page(wire::Response& response, const PendingConsent& decision, const Visit& visit,
               std::string_view path);
// Takes it away again.
void release_page(wire::Response& response, std::string_view id, const Visit& visit,
                  std::string_view path);

// What the person chose.
struct Choice {
  bool approved = false;
  std::string user;  // of the configuration; the default where none was named
};
// Also judges the form as a whole: called before check_page, so that a form that is malformed or
// undecided uses nothing up.
Result<Choice> read_choice(const Call& call, const SandboxConfig& config);

// The decision that a form was sent for, which is not used up by asking.
Result<PendingConsent> check_page(const Call& call, const Visit& visit);
// Uses it up, or says that somebody else has.
std::optional<OAuthError> take_page(const PendingConsent& decision, const Visit& visit);

}  // namespace heygen::mock
