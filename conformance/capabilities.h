// What a subject can do or show. A driver states it; a check that needs more is not applicable.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::conformance {

enum class Capability : std::uint8_t {
  // What every adapter has, and other drivers may lack.
  begin,     // can be asked to start a login, and its authorize URL is seen
  callback,  // can be given the authorization response
  state,     // says whether it is logged in
  call_api,  // can be asked for a call to the API
  messages,  // its error texts are seen
  logs,      // what it writes is seen
  store,     // its folder of tokens is seen
  redirect,  // takes the redirect URI that it is given
  // What an adapter claims in its hello, by these names.
  refresh,
  logout,
  restart,      // may be killed and started again with the same store
  clock,        // its clock can be set
  concurrency,  // takes an operation while others are under way
  device,
  download,
  two_sessions,
  two_processes,  // two of it may share a store
  issuer,         // can be told its authorization server's issuer (RFC 9207)
  timeout,        // can be told how long it may wait for an answer
  // What only a browser sees.
  page,     // the callback's HTTP answer
  cookies,  // a copy of a session's makes another browser of the same user
  // What a server under test offers beside a login, by its addresses; `clock` and `device` as well.
  api,
  revoke,
  second_client,  // another client is known
  clients,        // clients can be registered as a check needs them
  policy,         // its rules can be set
  faults,         // an answer can be lost on the way
  deny,           // its user can be made to refuse
  form,           // its user decides on a page with a form
};
inline constexpr std::size_t kCapabilityCount = static_cast<std::size_t>(Capability::form) + 1;
static_assert(kCapabilityCount <= 32, "a set of them is a 32-bit number");

std::string_view to_string(Capability capability) noexcept;  // "two-sessions"
std::optional<Capability> parse_capability(std::string_view name) noexcept;

class Capabilities {
 public:
  constexpr Capabilities() = default;
  constexpr Capabilities(std::initializer_list<Capability> list) {
    for (const Capability one : list) add(one);
  }

  constexpr void add(Capability one) { bits_ |= bit(one); }
  [[nodiscard]] constexpr bool has(Capability one) const { return (bits_ & bit(one)) != 0; }
  [[nodiscard]] constexpr bool includes(Capabilities other) const {
    return (other.bits_ & ~bits_) == 0;
  }
  [[nodiscard]] constexpr Capabilities without(Capabilities other) const {
    Capabilities rest;
    rest.bits_ = bits_ & ~other.bits_;
    return rest;
  }
  [[nodiscard]] std::vector<std::string> names() const;

  friend constexpr bool operator==(Capabilities, Capabilities) = default;

 private:
  static constexpr std::uint32_t bit(Capability one) {
    return std::uint32_t{1} << static_cast<unsigned>(one);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace heygen::conformance
