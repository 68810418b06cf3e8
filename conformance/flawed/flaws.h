// Clients with one named mistake each, and the checks that must catch them; and clients that look
// unusual and are sound. Each is the reference client with a function replaced at its seams
// (client_under_test/lib/seams.h), and runs as a process of its own: `flawed-adapter ID`.
//
// To add one: write its function in a file of this folder and a row in that file's array. (A new
// file also gets a line in CMakeLists.txt, one here and one in flaws.cc.)
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "client_under_test/lib/seams.h"
#include "conformance/check.h"

namespace heygen::conformance {

struct Flaw {
  std::string_view id;       // "cm01-state-ignored"
  std::string_view summary;  // "accepts any state in the callback"
  // The checks that must catch it: one of them does, or it counts as alive. Rows left empty are no
  // ids.
  std::array<std::string_view, 4> intended{};
  std::string_view variant_of = "";  // of the plainer flaw that this one is a subtler form of
  Side subject = Side::client;
  void (*plant)(client::Seams&) = nullptr;

  [[nodiscard]] bool intends(std::string_view check) const noexcept;
};

// Sound, whatever it looks like: no check may fail it.
struct SoundClient {
  std::string_view name;
  std::string_view summary;
  void (*adapt)(client::Seams&) = nullptr;  // null: the reference client as it is
};

// In the order of their ids. The first call throws std::logic_error when an id is there twice, or
// an intended check is not in the catalogue.
const std::vector<Flaw>& all_flaws();
const std::vector<SoundClient>& sound_clients();

const Flaw* find_flaw(std::string_view id);
std::vector<const Flaw*> flaws_caught_by(std::string_view check);

// The seams of a flaw, or of a sound client, by its id or name; false when there is none.
bool plant(std::string_view id, client::Seams& seams);

// The files of this folder.
std::span<const Flaw> first_flaws();

}  // namespace heygen::conformance
