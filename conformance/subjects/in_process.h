// A client in this process as a subject: implement a few blocking calls and hand them to a factory.
// What it cannot do it does not claim, and the checks that need it are not applicable.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "conformance/subject.h"

namespace heygen::conformance {

// What a client that is linked in has to offer. Each call returns when the work is done, and throws
// a std::exception when the client refuses: its text is taken for the client's message. Calls come
// from several threads at once where Capability::concurrency is claimed.
class InProcessClient {
 public:
  InProcessClient() = default;
  InProcessClient(const InProcessClient&) = delete;
  InProcessClient& operator=(const InProcessClient&) = delete;
  virtual ~InProcessClient() = default;

  // Forgets all that it knows, and uses these addresses from now on.
  virtual void configure(const Configuration& configuration) = 0;
  virtual std::string begin_login(std::string_view session) = 0;  // the authorize URL
  virtual void callback(std::string_view session, std::string_view url) = 0;
  virtual LoginState state(std::string_view session) = 0;
  virtual ApiAnswer call_api(std::string_view session, const ApiCall& call) = 0;
  // These throw unless they are overridden; claim the capability of that name with them.
  virtual void refresh(std::string_view session);
  virtual void logout(std::string_view session);
  virtual int download(std::string_view session, std::string_view url);
  virtual DeviceChallenge begin_device_login(std::string_view session);
  virtual void set_time(mock::TimePoint now);  // Capability::clock
  virtual Landing visit(std::string_view session, std::string_view method,
                        std::string_view url);  // Capability::page
  // Call it with what the client logs, and claim Capability::logs. Thread-safe.
  void log(std::string_view line);

 private:
  friend class InProcessSubject;
  std::mutex mutex_;
  std::string log_;
};

// Makes a client for each lane of a run, and one for each check that wants its own. Thread-safe as
// far as `make` is.
class InProcessFactory final : public SubjectFactory {
 public:
  using Make = std::function<std::unique_ptr<InProcessClient>()>;

  // `claimed` goes on top of what every client has: begin, callback, state, call_api, messages and
  // redirect. A process of its own it has not, so `restart` and `two_processes` are not taken.
  InProcessFactory(std::string name, Capabilities claimed, Make make);
  Outcome<std::unique_ptr<Subject>> start() override;

 private:
  const std::string name_;
  const Capabilities capabilities_;
  const Make make_;
};

}  // namespace heygen::conformance
