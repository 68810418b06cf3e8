// Clients and servers with one named mistake each, and the checks that must catch them; and others
// that look unusual and are sound. A server is the mock with one thing replaced (server_seams.h),
// in this process. A client is the reference client with a function replaced at its seams
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

struct ServerSeams;

struct Flaw {
  std::string_view id;       // "cm01-state-ignored"
  std::string_view summary;  // "accepts any state in the callback"
  // The checks that must catch it: one of them does, or it counts as alive. Rows left empty are no
  // ids.
  std::array<std::string_view, 4> intended{};
  std::string_view variant_of = "";  // of the plainer flaw that this one is a subtler form of
  Side subject = Side::client;
  void (*plant)(client::Seams&) = nullptr;       // of a client
  void (*plant_server)(ServerSeams&) = nullptr;  // of a server: server_seams.h

  [[nodiscard]] bool intends(std::string_view check) const noexcept;
};

// Sound, whatever it looks like: no check may fail it.
struct SoundClient {
  std::string_view name;
  std::string_view summary;
  void (*adapt)(client::Seams&) = nullptr;  // null: the reference client as it is
};

// A server that is sound, whatever it looks like.
struct SoundServer {
  std::string_view name;
  std::string_view summary;
  void (*adapt)(ServerSeams&) = nullptr;
  std::span<const std::string_view> expected{};  // the checks that it is known to fail
};

// Every row of this folder, in the order of the phases. The first call throws std::logic_error when
// an id is there twice.
const std::vector<Flaw>& written_flaws();
// Those that a check of the catalogue is meant for: the others prove nothing yet.
const std::vector<Flaw>& all_flaws();
// Checks that a flaw names and the catalogue lacks.
std::vector<std::string_view> missing_checks();
const std::vector<SoundClient>& sound_clients();
const std::vector<SoundServer>& sound_servers();

const Flaw* find_flaw(std::string_view id);  // among the written
std::vector<const Flaw*> flaws_caught_by(std::string_view check);

// The seams of a flaw, or of a sound client, by its id or name; false when there is none.
bool plant(std::string_view id, client::Seams& seams);

// The files of this folder, client_*.cc.
std::span<const Flaw> authorize_flaws();
std::span<const Flaw> page_flaws();
std::span<const Flaw> state_flaws();
std::span<const Flaw> binding_flaws();
std::span<const Flaw> pkce_flaws();
std::span<const Flaw> parameter_flaws();
std::span<const Flaw> callback_flaws();
std::span<const Flaw> tls_flaws();
std::span<const Flaw> token_flaws();
std::span<const Flaw> exchange_flaws();
std::span<const Flaw> response_flaws();
std::span<const Flaw> lifetime_flaws();
std::span<const Flaw> refresh_flaws();
std::span<const Flaw> flight_flaws();
std::span<const Flaw> retry_flaws();
std::span<const Flaw> bearer_flaws();
std::span<const Flaw> log_flaws();
std::span<const Flaw> logout_flaws();
std::span<const Flaw> device_flaws();
std::span<const Flaw> body_flaws();
std::span<const Flaw> partial_flaws();
std::span<const Flaw> renewal_flaws();
std::span<const Flaw> store_flaws();
std::span<const Flaw> trouble_flaws();

// Clients that are sound and built otherwise, client_sound.cc.
std::span<const SoundClient> sound_login_clients();

// The files of this folder, server_*.cc.
std::span<const Flaw> server_authorize_flaws();
std::span<const Flaw> server_redirect_flaws();
std::span<const Flaw> server_pkce_flaws();
std::span<const Flaw> server_code_flaws();
std::span<const Flaw> server_token_flaws();
std::span<const Flaw> server_answer_flaws();
std::span<const Flaw> server_refresh_flaws();
std::span<const Flaw> server_api_flaws();
std::span<const Flaw> server_device_flaws();
std::span<const Flaw> server_corner_flaws();

}  // namespace heygen::conformance
