// What many values of one parameter give away about how they are made. From outside only weakness
// can be shown, never strength: every bound here is an upper one.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/trial.h"

namespace heygen::conformance {

using Samples = std::span<const std::string>;

// The parameter of that name of so many logins, begun one after the other in four sessions, in
// turn. Ends the check when one has none.
std::vector<std::string> draw_samples(Trial& trial, std::string_view param, std::size_t count);

// The parameter of five logins of one session, of which the first was denied, the second's code
// refused by the token endpoint, the third's response came with a wrong state, and the fourth
// succeeded: a client may reach for the old value where something went wrong.
std::vector<std::string> draw_after_failures(Trial& trial, std::string_view param);

// The bits that a value can carry at the most: position by position, from the alphabet and from how
// much of it was seen there, with room for chance (a fair source stays below its own bound once in
// 10^8 times). Positions that always agree with another one count once.
double entropy_bound(Samples samples);

// RFC 6749 §10.10 asks for 128 bits. A version 4 UUID has 122, and is what many libraries offer: no
// less is let pass.
inline constexpr double kLeastBits = 121.5;

// The samples' numbers, read in any usual base, differ by the same step each time.
bool have_equal_steps(Samples samples);
// Each is greater than the one before, or each is smaller.
bool are_sorted(Samples samples);
// Each holds an instant between the two: in decimal or hexadecimal seconds or milliseconds, plain
// or within base64.
bool hold_time(Samples samples, std::chrono::sys_seconds from, std::chrono::sys_seconds to);

// The text, and whatever it or a part of it between dots decodes to as base64 or hexadecimal.
std::vector<std::string> readings_of(std::string_view text);

}  // namespace heygen::conformance
