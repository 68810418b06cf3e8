// A receiver of webhooks on a real port. For tests only.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "mock_server/wire/listener.h"

namespace heygen::mock::testing {

class Receiver {
 public:
  // Answers with these statuses in turn, the last of them from then on.
  explicit Receiver(std::vector<int> statuses = {200}) : statuses_(std::move(statuses)) {
    auto started = wire::Listener::start({}, [this](const wire::Request& request) {
      wire::Response response;
      const std::lock_guard lock{mutex_};
      response.status = statuses_[std::min(requests_.size(), statuses_.size() - 1)];
      response.headers = {{"Content-Type", "text/plain"}};
      response.body = "thanks";
      requests_.push_back(request);
      arrived_.notify_all();
      return response;
    });
    if (!started.listener) throw std::runtime_error(started.error);
    listener_ = std::move(started.listener);
  }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_->port()) + "/hook?app=1";
  }
  // Blocks until so many have come.
  std::vector<wire::Request> wait(std::size_t count) {
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [&] { return requests_.size() >= count; });
    return requests_;
  }
  std::size_t count() {
    const std::lock_guard lock{mutex_};
    return requests_.size();
  }

 private:
  const std::vector<int> statuses_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<wire::Request> requests_;
  std::unique_ptr<wire::Listener> listener_;
};

}  // namespace heygen::mock::testing
