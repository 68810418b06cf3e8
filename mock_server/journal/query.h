// Which entries of a journal are asked for: GET /_mock/journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/journal/journal.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {

// What is absent matches anything.
struct JournalQuery {
  std::uint64_t after = 0;
  std::size_t limit = 1000;  // the oldest of those that match
  std::optional<Endpoint> endpoint;
  std::optional<std::string> client_id;
  std::optional<std::string> outcome;
  std::optional<std::string> grant_type;
  std::optional<std::string> path;  // exact; a final '*' matches more
};

// From "?after=…&limit=…&endpoint=…&client_id=…&outcome=…&grant_type=…&path=…". Throws BadInput:
// for other names, for one given twice, for values that are none.
JournalQuery parse_journal_query(const wire::Form& query);

// By all but `after` and `limit`.
bool matches(const JournalQuery& query, const Entry& entry);
std::vector<Journal::EntryPtr> select(const Journal& journal, const JournalQuery& query);

// What a refusal says of an endpoint's name.
inline constexpr std::string_view kEndpointForm =
    "write one of authorize, token, refresh, revoke, device, api, metadata, registration, none";

bool path_matches(std::string_view pattern, std::string_view path) noexcept;

}  // namespace heygen::mock
