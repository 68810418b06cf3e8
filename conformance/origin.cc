#include "conformance/origin.h"

#include <stdexcept>
#include <utility>

namespace heygen::conformance {

Origin::Origin() {
  answer_.headers = {{"Content-Type", "application/json"}};
  answer_.body = "{}";
  mock::wire::ListenerOptions options;
  options.workers = 1;
  auto started = mock::wire::Listener::start(
      std::move(options), [this](const auto& request) { return serve(request); });
  if (!started.listener) throw std::runtime_error("no second origin: " + started.error);
  listener_ = std::move(started.listener);
}

Origin::~Origin() = default;

std::string Origin::url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }
std::string Origin::named_url() const {
  return "http://localhost:" + std::to_string(listener_->port());
}

mock::wire::Response Origin::serve(const mock::wire::Request& request) {
  auto entry = std::make_shared<mock::Entry>();
  entry->request = request;
  const std::lock_guard lock(mutex_);
  entry->response = answer_;
  entry->seq = seen_.size() + 1;
  seen_.emplace_back(std::move(entry));
  return answer_;
}

std::vector<Seen> Origin::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void Origin::answer_with(mock::wire::Response response) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(response);
}

}  // namespace heygen::conformance
