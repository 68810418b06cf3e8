// Questions and answers as JSON lines with a process: answers come in any order, or never.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "conformance/subject.h"
#include "conformance/subjects/process.h"

namespace heygen::conformance {

// Thread-safe. After the first answer that did not come in time, and after the process's end, every
// question fails at once: nothing can be expected of it any more.
class LineChannel {
 public:
  struct Started {
    std::unique_ptr<LineChannel> channel;  // or null:
    std::string error;
  };
  [[nodiscard]] static Started start(ProcessOptions options);
  ~LineChannel();

  // Sends {"id","op","params"}; `params` is JSON text. The answer is waited for with wait(), once.
  std::uint64_t ask(std::string_view op, std::string_view params,
                    std::chrono::milliseconds timeout);
  // The JSON text of the result.
  Outcome<std::string> wait(std::uint64_t id, std::chrono::milliseconds timeout);

  void kill();
  [[nodiscard]] std::optional<Failure> trouble() const;
  [[nodiscard]] const Process& process() const { return *process_; }

 private:
  struct Question {
    std::string op;
    std::optional<Outcome<std::string>> answer;
  };
  LineChannel() = default;
  void take_line(Process& process, std::string_view line);
  Failure break_off(Failure failure);

  mutable std::mutex mutex_;  // of all but process_
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, Question> questions_;
  std::uint64_t last_id_ = 0;
  std::optional<Failure> trouble_;
  std::string complaint_;  // the last line that was no answer, described

  std::unique_ptr<Process> process_;  // its reading thread calls take_line
};

}  // namespace heygen::conformance
