// One exchange as it happened: raw, with its secrets. It leaves the process by render.h alone,
// which redacts; C++ callers in the same process (tests, the conformance suite) read it as it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/endpoint.h"
#include "mock_server/core/store.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

struct Entry {
  std::uint64_t seq = 0;  // given by the journal: 1, 2, 3, … in the order the answers were decided
  TimePoint time;         // the sandbox's
  TimePoint wall;         // the machine's
  Endpoint endpoint = Endpoint::none;
  wire::Request request;
  std::string client_id;    // as named in the request, verified or not
  std::string grant_type;   // "" where there is none
  wire::Response response;  // as decided; what a delivery made of it is in response.delivery
  std::string outcome;      // "ok", an OAuth error code, or "fault"
  std::string why;          // one sentence for a person; may be empty when the outcome is "ok"
  std::string fault_id;     // of the rule that fired, else ""
  std::vector<std::string> tokens_used;    // fingerprints (TokenView::id)
  std::vector<std::string> tokens_issued;  // fingerprints
};

// Whether the entry's reason is a store's: none of the request's words are in it, and the store
// that would know a secret cannot be asked.
inline bool is_store_trouble(const Entry& entry) {
  return entry.fault_id.empty() && entry.outcome == "temporarily_unavailable" &&
         entry.why.starts_with(kStoreTrouble);
}

}  // namespace heygen::mock
