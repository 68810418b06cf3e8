// One page of Chromium: goes where it is sent, with every request of it stopped and looked at, and
// waits until its scripts have done what they do.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

#include "conformance/browser/browser.h"
#include "conformance/browser/devtools.h"

namespace heygen::conformance {

// For one thread at a time. All of it throws BrowserGone.
class Tab {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // A page of the context (a profile of its own). Both referred to must outlive it.
  Tab(DevTools& browser, const std::string& context, const BrowserOptions& options,
      const std::stop_token& stop);
  ~Tab();
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;

  Outcome<Visit> visit(const FetchRequest& request, Deadline deadline, const std::stop_token& stop);
  Outcome<std::optional<Visit>> press(const Wanted& wanted, std::set<std::string>& pressed,
                                      Deadline deadline, const std::stop_token& stop);

  // After a failure: what it does then nobody knows.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  using Json = nlohmann::json;
  using Message = DevTools::Message;

  // What is under way.
  struct Now {
    Visit visit;
    std::optional<FetchRequest> own;       // to be sent as it stands, once its navigation begins
    std::optional<int> navigation;         // the message that is to be answered
    std::set<std::string> documents;       // requests of the page itself
    std::set<std::string> answered;        // of its scripts, and wholly so
    std::optional<std::string> scheduled;  // where a refresh is about to lead
    std::optional<Failure> failure;
    std::chrono::steady_clock::time_point busy;  // when it last was
    Deadline deadline;
    std::stop_token stop;
  };

  void begin(Deadline deadline, const std::stop_token& stop);
  void navigate(const std::string& url);
  Outcome<Visit> settle();
  Outcome<Visit> end(Outcome<Visit> outcome);
  Outcome<Visit> too_late();
  bool wait_until_quiet();
  [[nodiscard]] bool quiet() const;
  void look();  // at the page as it is now

  void send(std::string_view method, const Json& params);
  // The result, or null when it is refused or not answered in time; events are kept meanwhile.
  Json call(std::string_view method, const Json& params);
  Json evaluate(const std::string& expression);  // its value
  Message next(Deadline until);
  void take(const Json& message);
  void on_paused(const Json& params);
  void on_request(const Json& params, bool document);
  void on_answer(const Json& params, bool document);
  void on_loading_failed(const Json& params);

  DevTools& browser_;
  const BrowserOptions& options_;
  std::string target_;
  std::string session_id_;
  std::shared_ptr<DevTools::Session> session_;
  std::deque<Message> kept_;
  Now now_;
  bool loading_ = false;
  std::set<std::string> in_flight_;
  std::map<std::string, HeaderFields> heads_;  // of answers that are about to be seen
  std::string url_ = "about:blank";
  int status_ = 0;  // of the document
  bool broken_ = false;
};

}  // namespace heygen::conformance
