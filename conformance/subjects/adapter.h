// The adapter driver: a subject that speaks the JSON lines of the contract, §4.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "conformance/subject.h"

namespace heygen::conformance {

struct AdapterOptions {
  std::vector<std::string> command;
  std::vector<std::string> environment;     // "NAME=value", on top of ours
  std::chrono::milliseconds timeout{5000};  // for each operation
};

// Each start() is one process that has said hello. SIGPIPE must be ignored.
class AdapterFactory final : public SubjectFactory {
 public:
  explicit AdapterFactory(AdapterOptions options) : options_(std::move(options)) {}
  Outcome<std::unique_ptr<Subject>> start() override;

 private:
  const AdapterOptions options_;
};

}  // namespace heygen::conformance
