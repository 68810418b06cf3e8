// What GET metrics counts: every exchange of the vendor's surface, by what it was and what became
// of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mock_server/journal/entry.h"

namespace heygen::mock {

// Thread-safe. It outlives sandboxes and resets, so its numbers only grow, as counters must.
class RequestTally {
 public:
  void count(const Entry& entry);

  struct Row {
    Endpoint endpoint = Endpoint::none;
    std::string outcome;
    int status = 0;
    std::uint64_t requests = 0;
  };
  [[nodiscard]] std::vector<Row> rows() const;

 private:
  using Key = std::tuple<Endpoint, int, std::string>;
  using View = std::tuple<Endpoint, int, std::string_view>;
  struct Less {  // finds by a view, so that counting allocates once a kind
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return view(a) < view(b); }
    static View view(const auto& key) {
      return {std::get<0>(key), std::get<1>(key), std::get<2>(key)};
    }
  };

  mutable std::mutex mutex_;
  std::map<Key, std::uint64_t, Less> counts_;
};

// How the control API comes to know what only the server does. Any of them may be empty.
struct MetricsSources {
  const RequestTally* requests = nullptr;    // outlives the control API
  std::function<std::size_t()> connections;  // open now, on all listeners
};

}  // namespace heygen::mock
