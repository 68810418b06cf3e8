// What happened in a trial, step by step, as it may be shown: every secret is a fingerprint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/secrets.h"
#include "conformance/seen.h"

namespace heygen::conformance {

// One arrow of the sequence diagram.
struct Step {
  std::string from;    // "suite", "browser", "client"
  std::string to;      // "client", "mock", "second origin"
  std::string method;  // "GET", or the adapter's operation
  std::string path;    // without a query; "" for an operation
  std::vector<std::pair<std::string, std::string>> params;
  std::string status;  // "302", "ok", "state_mismatch"; "" for an operation's start
  std::string note;    // the journal's sentence about it, may be empty

  friend bool operator==(const Step&, const Step&) = default;
};

// A request with its answer. Parameters that are secret by name are fingerprints even when nobody
// knows their value.
Step step_of(std::string from, std::string to, const Seen& seen);

// Is it a parameter whose value nobody may see?
bool is_secret_param(std::string_view name) noexcept;

// For people: equal steps in a row become one, whose note says how often.
std::vector<Step> collapsed(const std::vector<Step>& steps);

// With each secret that the trial knows taken out of every text.
Step scrubbed(Step step, const Secrets& secrets);

}  // namespace heygen::conformance
