// A failing exchange as a scenario file: played in a fresh sandbox, the same request, the
// so-manieth of its kind, gets the same answer.
//
// It holds what was configured (policies that differ from the default profile's, the client where
// it is no built-in one and has no secret), and one fault: the rule that fired, or one that answers
// as the server did. Redacted like the journal.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "mock_server/faults/faults.h"
#include "mock_server/journal/journal.h"
#include "mock_server/journal/redact.h"
#include "mock_server/sandbox/config.h"

namespace heygen::mock::control {

struct ExportSource {
  const Entry& entry;
  std::span<const Journal::EntryPtr> kept;  // the journal's entries; later ones do not count
  const std::vector<FaultState>& faults;    // that are armed, spent ones too
  const SandboxConfig& config;
  std::shared_ptr<const Client> client;  // the entry's, if it is registered
};

// Why there is none, and what to do; or "", and the scenario.
std::string export_scenario(const ExportSource& source, const Redactor& redactor,
                            nlohmann::ordered_json& scenario);

}  // namespace heygen::mock::control
