// The answers to the calls in the table; one file a topic. All may throw BadInput, which becomes a
// 400, and StoreUnavailable, which becomes a 503.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "mock_server/control/call.h"

namespace heygen::mock::control {

// health.cc
wire::Response list_routes(const Call& call);
wire::Response get_health(const Call& call);

// documents.cc
wire::Response get_openapi(const Call& call);
wire::Response get_schema(const Call& call);

// metrics.cc
wire::Response get_metrics(const Call& call);

// sandboxes.cc
wire::Response list_sandboxes(const Call& call);
wire::Response get_sandbox(const Call& call);
wire::Response put_sandbox(const Call& call);
wire::Response delete_sandbox(const Call& call);
wire::Response reset_sandbox(const Call& call);

// config.cc
wire::Response get_config(const Call& call);
wire::Response patch_config(const Call& call);

// clients.cc
wire::Response list_clients(const Call& call);
wire::Response get_client(const Call& call);
wire::Response put_client(const Call& call);
wire::Response delete_client(const Call& call);

// clock.cc
wire::Response get_clock(const Call& call);
wire::Response move_clock(const Call& call);
nlohmann::ordered_json render_clock(const VirtualClock& clock);

// tokens.cc
wire::Response list_tokens(const Call& call);
wire::Response mint_tokens(const Call& call);
wire::Response expire_token(const Call& call);
wire::Response revoke_token(const Call& call);
wire::Response expire_all_tokens(const Call& call);

// authorize.cc
wire::Response authorize(const Call& call);

// faults.cc
wire::Response list_faults(const Call& call);
wire::Response get_fault(const Call& call);
wire::Response add_faults(const Call& call);
wire::Response delete_fault(const Call& call);
wire::Response delete_faults(const Call& call);
wire::Response too_many_faults();
nlohmann::ordered_json render_faults(const std::vector<FaultState>& states);

// scenarios.cc
wire::Response list_scenarios(const Call& call);
wire::Response get_scenario(const Call& call);
wire::Response play_scenario(const Call& call);
wire::Response play_own_scenario(const Call& call);

// journal.cc
wire::Response list_journal(const Call& call);
wire::Response get_entry(const Call& call);
wire::Response get_entry_as_curl(const Call& call);
wire::Response export_entry(const Call& call);
wire::Response clear_journal(const Call& call);
wire::Response follow_journal(const Call& call);

// ui.cc
wire::Response redirect_to_ui(const Call& call);
wire::Response get_ui(const Call& call);
wire::Response get_ui_file(const Call& call);

// verify.cc
wire::Response verify_journal(const Call& call);

}  // namespace heygen::mock::control
