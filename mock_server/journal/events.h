// The journal live, as server-sent events (WHATWG HTML §9.2).
//
//   id: 7
//   event: exchange
//   data: {…}                      as render_entry() writes it, in one line
//
//   event: gap
//   data: {"after":5,"next":900}   what lies between is no longer kept, or too much to send at
//                                  once: GET journal?after=5 has what is left of it
#pragma once

#include <cstdint>
#include <memory>

#include "mock_server/journal/journal.h"
#include "mock_server/journal/redact.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// What is kept after `after_seq`, the newest of it where it is much, then what comes, until the
// peer goes or reads too slowly, or the journal is destroyed: each ends the stream.
//
// The journal is held weakly; a sandbox's is named by an aliasing pointer, {sandbox,
// &sandbox->journal()}. The redactor is kept by the journal: its predicate may refer to the
// sandbox, and must not own it.
wire::Response stream_events(const std::shared_ptr<Journal>& journal, std::uint64_t after_seq,
                             Redactor redactor);

}  // namespace heygen::mock
