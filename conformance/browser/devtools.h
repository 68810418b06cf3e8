// The Chrome DevTools protocol: JSON messages, of the browser and of each of its pages.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "conformance/browser/devtools_process.h"

namespace heygen::conformance {

// The browser is gone, or does not answer any more: no finding about an app.
class BrowserGone : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Thread-safe.
class DevTools {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Message = std::shared_ptr<const nlohmann::json>;

  // What concerns one session, "" being the browser itself, in the order it came. For one thread.
  class Session {
   public:
    // The next message; null after the deadline or the stop. Throws BrowserGone.
    [[nodiscard]] Message next(Deadline deadline, const std::stop_token& stop);

   private:
    friend class DevTools;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Message> messages_;
    bool ended_ = false;
  };

  struct Started {
    std::shared_ptr<DevTools> browser;  // or null:
    std::string error;                  // one line that names the mend
  };
  [[nodiscard]] static Started start(const std::filesystem::path& folder,
                                     const std::vector<std::string>& hosts);
  ~DevTools();
  DevTools(const DevTools&) = delete;
  DevTools& operator=(const DevTools&) = delete;

  // Before the session's first message can come.
  [[nodiscard]] std::shared_ptr<Session> open(const std::string& session_id);
  void close(const std::string& session_id);
  // Returns the number of the message; its answer comes to the session. Throws BrowserGone.
  int send(const std::string& session_id, std::string_view method, const nlohmann::json& params);
  // Of the browser itself: the result. Throws BrowserGone when it is refused or not answered
  // within some seconds.
  nlohmann::json ask(std::string_view method, const nlohmann::json& params,
                     const std::stop_token& stop);
  // Is it there, and does it answer? Ends it when it hangs.
  [[nodiscard]] bool answers();
  [[nodiscard]] bool ended() const;
  void end();  // at once

 private:
  explicit DevTools(std::unique_ptr<DevToolsProcess> process);
  void read_all();
  void hand_out(std::string_view text);

  const std::unique_ptr<DevToolsProcess> process_;
  std::mutex ask_mutex_;  // one at a time
  std::mutex end_mutex_;
  std::mutex write_mutex_;
  int last_id_ = 0;           // of the write mutex
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  bool ended_ = false;
  std::shared_ptr<Session> root_;
  std::thread reader_;
};

}  // namespace heygen::conformance
