// GET metrics: the text format of Prometheus, collected when it is asked for. The only price that a
// request pays is RequestTally::count.
#include "mock_server/control/metrics.h"

#include <prometheus/text_serializer.h>

#include <array>

#include "mock_server/control/handlers.h"
#include "mock_server/control/reply.h"

namespace heygen::mock {

void RequestTally::count(const Entry& entry) {
  const View key{entry.endpoint, entry.response.status, entry.outcome};
  const std::lock_guard lock{mutex_};
  const auto found = counts_.find(key);
  if (found != counts_.end()) {
    ++found->second;
  } else {
    counts_.emplace(Key{entry.endpoint, entry.response.status, entry.outcome}, 1);
  }
}

std::vector<RequestTally::Row> RequestTally::rows() const {
  const std::lock_guard lock{mutex_};
  std::vector<Row> out;
  for (const auto& [key, requests] : counts_) {
    const auto& [endpoint, status, outcome] = key;
    out.push_back({endpoint, outcome, status, requests});
  }
  return out;
}

namespace control {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Family {
 public:
  Family(std::string name, std::string help, MetricType type)
      : family_{std::move(name), std::move(help), type, {}} {}

  void add(Labels labels, std::uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        static_cast<double>(value);
    family_.metric.push_back(std::move(metric));
  }
  [[nodiscard]] MetricFamily take() && { return std::move(family_); }

 private:
  MetricFamily family_;
};

MetricFamily gauge(std::string name, std::string help, std::uint64_t value) {
  Family family{std::move(name), std::move(help), MetricType::Gauge};
  family.add({}, value);
  return std::move(family).take();
}

void add_requests(std::vector<MetricFamily>& out, const RequestTally& tally) {
  Family requests{"heygen_mock_requests_total",
                  "Requests to the vendor's surface, of all sandboxes since the start.",
                  MetricType::Counter};
  std::map<std::string, std::uint64_t> fired;
  for (const auto& row : tally.rows()) {
    const std::string endpoint{to_string(row.endpoint)};
    requests.add(
        {{"endpoint", endpoint}, {"outcome", row.outcome}, {"status", std::to_string(row.status)}},
        row.requests);
    if (row.outcome == "fault") fired[endpoint] += row.requests;
  }
  Family faults{"heygen_mock_faults_fired_total", "Requests that an armed fault acted on.",
                MetricType::Counter};
  for (const auto& [endpoint, times] : fired) faults.add({{"endpoint", endpoint}}, times);
  out.push_back(std::move(requests).take());
  out.push_back(std::move(faults).take());
}

// What the sandboxes hold now, together.
struct Holdings {
  std::array<std::uint64_t, 2> live_tokens{};  // access, refresh
  std::uint64_t faults = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t followers = 0;
};

Holdings holdings_of(const Registry& registry, std::size_t& sandboxes) {
  Holdings sum;
  for (const auto& sandbox : registry.here()) {
    ++sandboxes;
    const TimePoint now = sandbox->clock().now();
    const TokenCounts tokens = sandbox->store().count_tokens(now);
    sum.live_tokens[0] += tokens.live_access;
    sum.live_tokens[1] += tokens.live_refresh;
    for (const FaultState& fault : sandbox->faults().list(now)) {
      if (!fault.expired && fault.remaining != 0U) ++sum.faults;
    }
    const auto journal = sandbox->journal().holding();
    sum.entries += journal.entries;
    sum.bytes += journal.bytes;
    sum.followers += sandbox->journal().subscribers();
  }
  return sum;
}

}  // namespace

wire::Response get_metrics(const Call& call) {
  std::vector<MetricFamily> out;
  if (!call.options.version.empty()) {
    Family build{"heygen_mock_build_info", "1, labelled with the version.", MetricType::Gauge};
    build.add({{"version", call.options.version}}, 1);
    out.push_back(std::move(build).take());
  }
  const MetricsSources& sources = call.options.metrics;
  if (sources.requests != nullptr) add_requests(out, *sources.requests);
  std::size_t sandboxes = 0;
  const Holdings held = holdings_of(call.registry, sandboxes);
  Family tokens{"heygen_mock_tokens_live", "Tokens that are good now, by each sandbox's clock.",
                MetricType::Gauge};
  tokens.add({{"kind", "access"}}, held.live_tokens[0]);
  tokens.add({{"kind", "refresh"}}, held.live_tokens[1]);
  out.push_back(std::move(tokens).take());
  out.push_back(gauge("heygen_mock_sandboxes", "Sandboxes that exist.", sandboxes));
  out.push_back(
      gauge("heygen_mock_faults_armed", "Armed faults that may still fire.", held.faults));
  out.push_back(
      gauge("heygen_mock_journal_entries", "Exchanges kept in the journals.", held.entries));
  out.push_back(gauge("heygen_mock_journal_bytes", "About what the kept exchanges take in memory.",
                      held.bytes));
  out.push_back(gauge("heygen_mock_journal_followers", "Open streams of events.", held.followers));
  if (sources.connections) {
    out.push_back(gauge("heygen_mock_connections", "Open connections.", sources.connections()));
  }
  auto response = text_reply(prometheus::TextSerializer{}.Serialize(out));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace control
}  // namespace heygen::mock
