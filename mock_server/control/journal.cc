#include "mock_server/journal/journal.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "mock_server/control/export.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/control/secrets.h"
#include "mock_server/journal/curl.h"
#include "mock_server/journal/events.h"
#include "mock_server/journal/query.h"
#include "mock_server/journal/render.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock::control {
namespace {

// Null when it is not kept: not yet there, or pushed out.
Journal::EntryPtr find_entry(const Call& call) {
  std::uint64_t seq = 0;
  const auto* const end = call.id.data() + call.id.size();
  const auto [stop, error] = std::from_chars(call.id.data(), end, seq);
  if (error != std::errc{} || stop != end || seq == 0) return nullptr;
  const auto found = call.sandbox->journal().after(seq - 1, 1);
  return found.empty() || found.front()->seq != seq ? nullptr : found.front();
}

wire::Response no_such_entry() {
  return to_response({404, "no such exchange is kept; GET /_mock/journal lists them by seq", "id"});
}

// WHATWG HTML §9.2: a browser that comes back repeats the id of the last event it saw.
std::optional<std::uint64_t> last_event_id(const wire::Request& request) {
  const std::string* const text = request.headers.find("Last-Event-ID");
  if (text == nullptr || text->empty()) return std::nullopt;
  std::uint64_t seq = 0;
  const auto* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, seq);
  if (error != std::errc{} || stop != end) {
    throw BadInput{"Last-Event-ID", "send the id of an event, or leave it out"};
  }
  return seq;
}

}  // namespace

wire::Response list_journal(const Call& call) {
  const Journal& journal = call.sandbox->journal();
  const JournalQuery query = parse_journal_query(call.query.form());
  const Redactor redactor{secrets_of(call.sandbox)};
  // Read before the entries: whoever goes on after it misses none.
  const auto last_seq = journal.last_seq();
  auto entries = nlohmann::ordered_json::array();
  for (const auto& entry : select(journal, query)) {
    entries.push_back(render_entry(*entry, redactor));
  }
  return reply(
      200,
      {{"entries", std::move(entries)}, {"last_seq", last_seq}, {"dropped", journal.dropped()}});
}

wire::Response get_entry(const Call& call) {
  const auto entry = find_entry(call);
  if (!entry) return no_such_entry();
  return reply(200, render_entry(*entry, Redactor{secrets_of(call.sandbox)}));
}

wire::Response get_entry_as_curl(const Call& call) {
  const auto entry = find_entry(call);
  if (!entry) return no_such_entry();
  return text_reply(as_curl(*entry, Redactor{secrets_of(call.sandbox)}, call.base) + "\n");
}

wire::Response export_entry(const Call& call) {
  const auto entry = find_entry(call);
  if (!entry) return no_such_entry();
  Sandbox& sandbox = *call.sandbox;
  const auto kept = sandbox.journal().after(0);
  const auto faults = sandbox.faults().list(sandbox.clock().now());
  const auto settings = sandbox.settings();
  nlohmann::ordered_json scenario;
  const auto refusal = export_scenario(
      {*entry, kept, faults, settings->config, sandbox.store().find_client(entry->client_id)},
      Redactor{secrets_of(call.sandbox)}, scenario);
  if (!refusal.empty()) return to_response({409, refusal, "id"});
  return reply(200, scenario);
}

wire::Response clear_journal(const Call& call) {
  call.sandbox->journal().clear();
  return no_content();
}

wire::Response follow_journal(const Call& call) {
  const std::shared_ptr<Journal> journal{call.sandbox, &call.sandbox->journal()};
  auto after = last_event_id(call.request).value_or(call.query.number("after").value_or(0));
  // A number that was not given yet is another world's: of a sandbox of this name that has ended.
  if (after > journal->last_seq()) after = 0;
  return stream_events(journal, after, Redactor{secrets_of(call.sandbox)});
}

}  // namespace heygen::mock::control
