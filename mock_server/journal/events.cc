#include "mock_server/journal/events.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "mock_server/core/store.h"
#include "mock_server/journal/render.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

// Together well below what an outbox queues (wire/listener_options.h), since nothing leaves while
// the past is told.
constexpr std::size_t kMostReplayed = std::size_t{96} * 1024;
constexpr std::size_t kMostInOne = std::size_t{96} * 1024;

std::string event(std::string_view name, const ordered_json& data) {
  return "event: " + std::string{name} +
         "\ndata: " + data.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n\n";
}

std::string exchange(const Entry& entry, const Redactor& redactor) {
  const auto id = "id: " + std::to_string(entry.seq) + "\n";
  auto rendered = render_entry(entry, redactor);
  auto text = event("exchange", rendered);
  if (text.size() > kMostInOne) {
    rendered["request"] = {{"bytes", PackedEntry::bytes(entry)}};
    rendered["response"] = {{"status", entry.response.status}};
    text = event("exchange", rendered);
  }
  return id + text;
}

std::string gap(std::uint64_t after, std::uint64_t next) {
  return event("gap", {{"after", after}, {"next", next}});
}

// One peer. Its end, by whomever, is the end of the stream.
class Stream {
 public:
  Stream(std::shared_ptr<wire::Outbox> outbox, Redactor redactor)
      : outbox_(std::move(outbox)), redactor_(std::move(redactor)) {}
  ~Stream() { outbox_->close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] bool open() const { return outbox_->open(); }

  bool tell(const Entry& entry) try {
    std::string text = entry.seq > last_ + 1 ? gap(last_, entry.seq) : std::string{};
    text += exchange(entry, redactor_);
    last_ = entry.seq;
    return outbox_->push(text);
  } catch (const StoreUnavailable&) {
    return false;  // what of it is secret is not known now: whoever wants it asks again
  }

  // Tells as much of the journal's end as may be told at once; where it stopped.
  std::uint64_t catch_up(const Journal& journal, std::uint64_t after_seq) {
    // A number that was not given yet is another journal's, of before a restart.
    if (after_seq > journal.last_seq()) after_seq = 0;
    last_ = after_seq;
    const auto kept = journal.after(after_seq);
    std::string text;
    std::size_t first = kept.size();
    while (first > 0) {
      auto one = exchange(*kept[first - 1], redactor_);
      if (text.size() + one.size() > kMostReplayed && !text.empty()) break;
      text.insert(0, one);
      --first;
    }
    if (kept.empty()) return last_;
    if (kept[first]->seq > last_ + 1) text.insert(0, gap(last_, kept[first]->seq));
    last_ = kept.back()->seq;
    outbox_->push(text);
    return last_;
  }

 private:
  const std::shared_ptr<wire::Outbox> outbox_;
  const Redactor redactor_;
  std::uint64_t last_ = 0;
};

}  // namespace

wire::Response stream_events(const std::shared_ptr<Journal>& journal, std::uint64_t after_seq,
                             Redactor redactor) {
  wire::Response response;
  response.headers = {{"Content-Type", "text/event-stream"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = "retry: 1000\n\n";  // ms until a browser that lost the stream asks again
  response.stream = [weak = std::weak_ptr{journal}, after_seq,
                     redactor = std::move(redactor)](std::shared_ptr<wire::Outbox> outbox) {
    const auto stream = std::make_shared<Stream>(std::move(outbox), redactor);
    const auto there = weak.lock();
    if (!there) return;
    const auto from = stream->catch_up(*there, after_seq);
    if (!stream->open()) return;
    there->follow(
        from, [stream](const Journal::EntryPtr& entry) { return stream->tell(*entry); },
        [stream] { return stream->open(); });
  };
  return response;
}

}  // namespace heygen::mock
