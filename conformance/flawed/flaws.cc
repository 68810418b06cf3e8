#include "conformance/flawed/flaws.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>

#include "conformance/catalogue.h"

namespace heygen::conformance {
namespace {

std::vector<Flaw> collect_written() {
  std::vector<Flaw> all;
  // A line for each file of this folder.
  for (const std::span<const Flaw> file : {
           authorize_flaws(),
           page_flaws(),
           state_flaws(),
           binding_flaws(),
           pkce_flaws(),
           parameter_flaws(),
           callback_flaws(),
           tls_flaws(),
           token_flaws(),
           exchange_flaws(),
           response_flaws(),
           lifetime_flaws(),
           refresh_flaws(),
           flight_flaws(),
           retry_flaws(),
           bearer_flaws(),
           log_flaws(),
           logout_flaws(),
           device_flaws(),
           body_flaws(),
           partial_flaws(),
           renewal_flaws(),
           store_flaws(),
           trouble_flaws(),
           server_authorize_flaws(),
           server_redirect_flaws(),
           server_pkce_flaws(),
           server_code_flaws(),
           server_token_flaws(),
           server_answer_flaws(),
           server_refresh_flaws(),
           server_api_flaws(),
           server_device_flaws(),
           server_corner_flaws(),
       }) {
    all.insert(all.end(), file.begin(), file.end());
  }
  std::set<std::string_view> ids;
  for (const Flaw& flaw : all) {
    if (!ids.insert(flaw.id).second) {
      throw std::logic_error("two flaws are named " + std::string(flaw.id));
    }
  }
  return all;
}

std::vector<Flaw> collect_provable() {
  std::vector<Flaw> all = written_flaws();
  std::erase_if(all, [](const Flaw& flaw) {
    return std::ranges::none_of(flaw.intended,
                                [](std::string_view id) { return find_check(id) != nullptr; });
  });
  return all;
}

}  // namespace

bool Flaw::intends(std::string_view check) const noexcept {
  return !check.empty() && std::ranges::find(intended, check) != intended.end();
}

const std::vector<Flaw>& written_flaws() {
  static const std::vector<Flaw> all = collect_written();
  return all;
}

const std::vector<Flaw>& all_flaws() {
  static const std::vector<Flaw> all = collect_provable();
  return all;
}

std::vector<std::string_view> missing_checks() {
  std::set<std::string_view> missing;
  for (const Flaw& flaw : written_flaws()) {
    for (const std::string_view check : flaw.intended) {
      if (!check.empty() && find_check(check) == nullptr) missing.insert(check);
    }
  }
  return {missing.begin(), missing.end()};
}

const std::vector<SoundClient>& sound_clients() {
  static const std::vector<SoundClient> all = [] {
    std::vector<SoundClient> found{{"sound", "the reference client as it is", nullptr}};
    std::ranges::copy(sound_login_clients(), std::back_inserter(found));
    return found;
  }();
  return all;
}

const Flaw* find_flaw(std::string_view id) {
  const auto& all = written_flaws();
  const auto found = std::ranges::find(all, id, &Flaw::id);
  return found == all.end() ? nullptr : &*found;
}

std::vector<const Flaw*> flaws_caught_by(std::string_view check) {
  std::vector<const Flaw*> found;
  for (const Flaw& flaw : all_flaws()) {
    if (flaw.intends(check)) found.push_back(&flaw);
  }
  return found;
}

bool plant(std::string_view id, client::Seams& seams) {
  if (const Flaw* flaw = find_flaw(id)) {
    if (flaw->plant == nullptr) return false;  // of a server
    flaw->plant(seams);
    return true;
  }
  const auto& sound = sound_clients();
  const auto found = std::ranges::find(sound, id, &SoundClient::name);
  if (found == sound.end()) return false;
  if (found->adapt != nullptr) found->adapt(seams);
  return true;
}

}  // namespace heygen::conformance
