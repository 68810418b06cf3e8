#include "mock_server/webhooks/delivery/dispatcher.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "mock_server/core/uri.h"
#include "mock_server/webhooks/signature.h"
#include "mock_server/webhooks/target.h"

namespace heygen::mock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kForever = milliseconds::max();

std::string epoch(TimePoint time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(const WebhookDelivery& delivery, TimePoint wall) {
  Fields fields{{"Content-Type", "application/json"}, {"User-Agent", "HeyGen-Webhook-Mock"}};
  const bool v3 = delivery.style == WebhookStyle::v3;
  if (!delivery.secret.empty()) {
    fields.emplace_back(v3 ? "Heygen-Signature" : "Signature",
                        webhook_signature(delivery.event->body, delivery.secret));
  }
  if (v3) {
    // Of the machine's clock: the receiver compares it with its own, and refuses five minutes.
    fields.emplace_back("Heygen-Timestamp", epoch(wall));
    fields.emplace_back("Heygen-Event-Id", delivery.event->id);
  }
  return fields;
}

Entry entry_of(const WebhookDelivery& delivery, const Fields& fields) {
  Entry entry;
  entry.endpoint = Endpoint::webhook;
  entry.request.method = "POST";
  if (const auto uri = parse_uri(delivery.url)) {
    entry.request.scheme = uri->scheme;
    entry.request.target = uri->path.empty() ? "/" : uri->path;
    if (uri->query) entry.request.target.append("?").append(*uri->query);
    std::string host{uri->host};
    if (uri->port) host.append(":").append(*uri->port);
    entry.request.headers.add("Host", std::move(host));
  }
  for (const auto& [name, value] : fields) entry.request.headers.add(name, value);
  entry.request.body = delivery.event->body;
  entry.response.status = 0;
  return entry;
}

}  // namespace

// What the thread works on.
class WebhookDispatcher::Loop {
 public:
  Loop(const Record& record, PosterLimits limits) : record_(record), poster_(limits) {}

  void watch(const std::shared_ptr<Sandbox>& sandbox) {
    {
      const std::lock_guard lock{mutex_};
      const bool known =
          std::ranges::any_of(watched_, [&](const auto& other) { return other.lock() == sandbox; });
      if (!known) watched_.push_back(sandbox);
    }
    poster_.wake();
  }

  void wake() noexcept { poster_.wake(); }

  void run(const std::stop_token& stop) {
    const std::stop_callback bell{stop, [this] { poster_.wake(); }};
    while (!stop.stop_requested()) {
      for (Poster::Outcome& outcome : poster_.wait(work())) finish(std::move(outcome));
    }
  }

 private:
  struct UnderWay {
    std::shared_ptr<Sandbox> sandbox;
    WebhookDelivery delivery;
    Entry entry;
  };

  // Sends what is due everywhere; how long until there may be more.
  milliseconds work() {
    milliseconds sleep = kForever;
    for (const auto& sandbox : watched()) {
      const auto reading = sandbox->clock().read();
      for (auto& due : sandbox->webhooks().take_due(reading.now, poster_.free())) {
        send(sandbox, std::move(due));
      }
      const auto next = sandbox->webhooks().next();
      // A clock that stands still is moved by hand, and that wakes us; so does an attempt's end.
      if (!next || reading.mode == VirtualClock::Mode::frozen || poster_.free() == 0) continue;
      sleep = std::min(sleep, std::max(milliseconds{1}, *next - reading.now));
    }
    return sleep;
  }

  std::vector<std::shared_ptr<Sandbox>> watched() {
    const std::lock_guard lock{mutex_};
    std::vector<std::shared_ptr<Sandbox>> live;
    std::erase_if(watched_, [&](const auto& weak) {
      auto sandbox = weak.lock();
      if (!sandbox || !sandbox->webhooks().next()) return true;
      live.push_back(std::move(sandbox));
      return false;
    });
    return live;
  }

  void send(const std::shared_ptr<Sandbox>& sandbox, WebhookDelivery delivery) {
    Fields fields = fields_of(delivery, sandbox->wall().now());
    UnderWay under_way{sandbox, std::move(delivery), {}};
    under_way.entry = entry_of(under_way.delivery, fields);
    const WebhookDelivery& sent = under_way.delivery;
    if (sent.reach != WebhookReach::anywhere && !is_near_url(sent.url)) {
      end(under_way,
          "it is neither loopback nor private; the policy webhooks=any lets it be called", false);
      return;
    }
    Poster::Order order{++last_ticket_, sent.url, std::move(fields), sent.event->body, sent.reach};
    under_way_.emplace(order.ticket, std::move(under_way));
    poster_.send(std::move(order));
  }

  void finish(Poster::Outcome outcome) {
    auto node = under_way_.extract(outcome.ticket);
    UnderWay& done = node.mapped();
    done.entry.response.status = outcome.status;
    done.entry.response.body = std::move(outcome.body);
    for (auto& [name, value] : outcome.headers) {
      done.entry.response.headers.add(std::move(name), std::move(value));
    }
    const bool taken = outcome.status >= 200 && outcome.status < 300;
    if (taken) done.entry.outcome = "ok";
    end(done, outcome.status != 0 ? "it answered " + std::to_string(outcome.status) : outcome.error,
        !taken);
  }

  // Writes down how the attempt ended, and plans the next.
  void end(UnderWay& done, const std::string& how, bool again) {
    const WebhookDelivery& sent = done.delivery;
    if (!done.sandbox->webhooks().wants(sent)) return;
    const auto who = sent.endpoint_id.empty() ? "the callback_url" : "endpoint " + sent.endpoint_id;
    std::string why =
        sent.event->type + " to " + who + ", attempt " + std::to_string(sent.attempt) + ": " + how;
    done.entry.time = done.sandbox->clock().now();
    done.entry.wall = done.sandbox->wall().now();
    if (done.entry.outcome.empty()) done.entry.outcome = "undelivered";
    const auto tried = static_cast<std::size_t>(sent.attempt);
    if (again && tried <= kWebhookRetries.size()) {
      WebhookDelivery next = sent;
      const auto wait = kWebhookRetries[tried - 1];
      next.due = saturating_add(done.entry.time, wait);
      ++next.attempt;
      why +=
          "; the next follows " + std::to_string(wait.count()) + "s later by the sandbox's clock";
      const auto sandbox = done.sandbox;
      done.entry.why = std::move(why);
      record_(*sandbox, std::move(done.entry));
      if (sandbox->webhooks().retry(std::move(next))) watch(sandbox);
      return;
    }
    if (again) why += "; no more follow";
    done.entry.why = std::move(why);
    record_(*done.sandbox, std::move(done.entry));
  }

  const Record record_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Sandbox>> watched_;
  std::map<std::uint64_t, UnderWay> under_way_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  Poster poster_;
};

WebhookDispatcher::WebhookDispatcher(Record record, PosterLimits limits)
    : record_(std::move(record)), limits_(limits) {}

WebhookDispatcher::~WebhookDispatcher() { stop(); }

void WebhookDispatcher::watch(const std::shared_ptr<Sandbox>& sandbox) {
  std::shared_ptr<Loop> loop;
  try {
    loop = start();
  } catch (const std::exception& problem) {
    Entry entry;
    entry.endpoint = Endpoint::webhook;
    entry.time = sandbox->clock().now();
    entry.wall = sandbox->wall().now();
    entry.response.status = 0;
    entry.outcome = "undelivered";
    entry.why = problem.what();
    record_(*sandbox, entry);
    return;
  }
  if (!loop) return;
  sandbox->clock().on_move([bell = std::weak_ptr{loop}] {
    if (const auto there = bell.lock()) there->wake();
  });
  loop->watch(sandbox);
}

// The loop, which the first call starts; null once it was stopped.
std::shared_ptr<WebhookDispatcher::Loop> WebhookDispatcher::start() {
  const std::lock_guard lock{mutex_};
  if (!loop_ && !stopped_) {
    loop_ = std::make_shared<Loop>(record_, limits_);
    thread_ = std::jthread{[loop = loop_](const std::stop_token& stop) { loop->run(stop); }};
  }
  return stopped_ ? nullptr : loop_;
}

void WebhookDispatcher::stop() {
  std::jthread thread;
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    thread = std::move(thread_);
  }
  // Joined here, without the lock: the thread may be in the record function.
}

}  // namespace heygen::mock
