#include "conformance/flawed/flaws.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "conformance/catalogue.h"

namespace heygen::conformance {
namespace {

std::vector<Flaw> collect() {
  std::vector<Flaw> all;
  // A line for each file of this folder.
  for (const std::span<const Flaw> file : {
           first_flaws(),
       }) {
    all.insert(all.end(), file.begin(), file.end());
  }
  std::ranges::sort(all, {}, &Flaw::id);
  const auto twice = std::ranges::adjacent_find(all, {}, &Flaw::id);
  if (twice != all.end()) throw std::logic_error("two flaws are named " + std::string(twice->id));
  for (const Flaw& flaw : all) {
    for (const std::string_view check : flaw.intended) {
      if (check.empty() || find_check(check) != nullptr) continue;
      throw std::logic_error("the flaw " + std::string(flaw.id) +
                             " names no check: " + std::string(check));
    }
  }
  return all;
}

}  // namespace

bool Flaw::intends(std::string_view check) const noexcept {
  return !check.empty() && std::ranges::find(intended, check) != intended.end();
}

const std::vector<Flaw>& all_flaws() {
  static const std::vector<Flaw> all = collect();
  return all;
}

const std::vector<SoundClient>& sound_clients() {
  static const std::vector<SoundClient> all{
      {"sound", "the reference client as it is", nullptr},
  };
  return all;
}

const Flaw* find_flaw(std::string_view id) {
  const auto& all = all_flaws();
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
