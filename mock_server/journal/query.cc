#include "mock_server/journal/query.h"

#include <charconv>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

// An entry takes microseconds to unpack, and most are not asked for.
constexpr std::size_t kAtOnce = 64;

constexpr std::string_view kNames = "after, limit, endpoint, client_id, outcome, grant_type, path";

std::uint64_t whole_number(const std::string& name, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw BadInput{name, "write a whole number, 0 or more"};
  }
  return value;
}

Endpoint endpoint_named(const std::string& text) {
  if (const auto endpoint = parse_endpoint(text)) return *endpoint;
  throw BadInput{"endpoint", std::string{kEndpointForm}};
}

}  // namespace

JournalQuery parse_journal_query(const wire::Form& query) {
  if (query.error) throw BadInput{"", *query.error};
  JournalQuery out;
  for (const auto& [name, value] : query.fields) {
    if (query.count(name) > 1) throw BadInput{name, "give it once"};
    if (name == "after") {
      out.after = whole_number(name, value);
    } else if (name == "limit") {
      out.limit = static_cast<std::size_t>(whole_number(name, value));
    } else if (name == "endpoint") {
      out.endpoint = endpoint_named(value);
    } else if (name == "client_id") {
      out.client_id = value;
    } else if (name == "outcome") {
      out.outcome = value;
    } else if (name == "grant_type") {
      out.grant_type = value;
    } else if (name == "path") {
      out.path = value;
    } else {
      throw BadInput{name, "unknown; known here: " + std::string{kNames}};
    }
  }
  return out;
}

bool path_matches(std::string_view pattern, std::string_view path) noexcept {
  if (pattern.ends_with('*')) return path.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == path;
}

bool matches(const JournalQuery& query, const Entry& entry) {
  return (!query.endpoint || *query.endpoint == entry.endpoint) &&
         (!query.client_id || *query.client_id == entry.client_id) &&
         (!query.outcome || *query.outcome == entry.outcome) &&
         (!query.grant_type || *query.grant_type == entry.grant_type) &&
         (!query.path || path_matches(*query.path, entry.request.path()));
}

std::vector<Journal::EntryPtr> select(const Journal& journal, const JournalQuery& query) {
  std::vector<Journal::EntryPtr> out;
  const auto last = journal.last_seq();  // what comes meanwhile is no part of it, or it had no end
  for (auto seq = query.after; seq < last && out.size() < query.limit;) {
    auto some = journal.after(seq, kAtOnce);
    if (some.empty()) break;
    seq = some.back()->seq;
    for (auto& entry : some) {
      if (out.size() == query.limit || entry->seq > last) break;
      if (matches(query, *entry)) out.push_back(std::move(entry));
    }
  }
  return out;
}

}  // namespace heygen::mock
