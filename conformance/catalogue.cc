#include "conformance/catalogue.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>

#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

// One function, and the one of its side.
bool can_run(const Check& check) {
  return check.side == Side::client ? check.run != nullptr && check.run_server == nullptr
                                    : check.run == nullptr && check.run_server != nullptr;
}

std::vector<const Check*> collect() {
  std::vector<const Check*> all;
  std::set<std::string_view> ids;
  // A line for each file of checks/.
  for (const std::span<const Check> file : {
           authorize_request_checks(),
           authorize_secret_checks(),
           callback_origin_checks(),
           callback_hostile_checks(),
           callback_page_checks(),
           callback_response_checks(),
           callback_error_checks(),
           pkce_challenge_checks(),
           pkce_verifier_checks(),
           response_body_checks(),
           response_error_checks(),
           response_lifetime_checks(),
           response_refresh_token_checks(),
           response_token_checks(),
           state_binding_checks(),
           state_random_checks(),
           refresh_when_checks(),
           refresh_token_checks(),
           refresh_failure_checks(),
           refresh_flight_checks(),
           refresh_persist_checks(),
           bearer_checks(),
           bearer_redirect_checks(),
           secrecy_checks(),
           logout_checks(),
           device_request_checks(),
           device_poll_checks(),
           token_exchange_checks(),
           token_request_checks(),
           refresh_request_checks(),
           refresh_rotation_checks(),
           response_spelling_checks(),
           token_tls_checks(),
           tour_checks(),
           token_timeout_checks(),
           refresh_store_checks(),
           bearer_challenge_checks(),
           error_page_checks(),
           process_secret_checks(),
           logout_flight_checks(),
           device_trouble_checks(),
           callback_place_checks(),
           session_cookie_checks(),
           server_authorize_checks(),
           server_redirect_uri_checks(),
           server_page_checks(),
           server_pkce_checks(),
           server_code_checks(),
           server_token_checks(),
           server_client_checks(),
           server_token_answer_checks(),
           server_refresh_checks(),
           server_refresh_bound_checks(),
           server_api_checks(),
           server_revoke_checks(),
           server_device_checks(),
           server_robust_checks(),
       }) {
    for (const Check& check : file) {
      if (!is_check_id(check.id) || !can_run(check) || !ids.insert(check.id).second) {
        throw std::logic_error("the catalogue has a bad or a second row " + std::string(check.id));
      }
      all.push_back(&check);
    }
  }
  std::ranges::stable_sort(all, {}, [](const Check* check) { return check->phase; });
  return all;
}

}  // namespace

const std::vector<const Check*>& all_checks() {
  static const std::vector<const Check*> all = collect();
  return all;
}

const Check* find_check(std::string_view id) {
  const auto& all = all_checks();
  const auto found = std::ranges::find(all, id, [](const Check* check) { return check->id; });
  return found == all.end() ? nullptr : *found;
}

bool is_check_id(std::string_view id) noexcept {
  char before = '.';
  bool dotted = false;
  for (const char c : id) {
    const bool word = std::islower(static_cast<unsigned char>(c)) != 0 ||
                      std::isdigit(static_cast<unsigned char>(c)) != 0;
    const bool joint = c == '.' || c == '-';
    if (!word && !joint) return false;
    if (joint && (before == '.' || before == '-')) return false;
    dotted = dotted || c == '.';
    before = c;
  }
  return dotted && before != '.' && before != '-';
}

}  // namespace heygen::conformance
