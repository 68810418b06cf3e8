// A fault as data: which requests, which of those, how often, and what is done to them. The JSON
// form is the contract's ("Faults"); parse.h reads it and writes it back.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mock_server/core/endpoint.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// Which requests. What is absent matches anything; the control API is never matched.
struct FaultScope {
  // Absent: "any", which leaves out unknown paths unless `path` names one.
  std::optional<Endpoint> endpoint{};
  std::optional<std::string> grant_type{};
  std::optional<std::string> client_id{};
  // Exact, without the sandbox's prefix; a final '*' matches what follows.
  std::optional<std::string> path{};
};

// Which of the matching requests, counted per rule in the order of arrival.
struct FaultAlways {};
struct FaultNth {
  std::uint64_t n;  // only the n-th, from 1
};
struct FaultFirst {
  std::uint64_t n;  // 1 to n
};
struct FaultEvery {
  std::uint64_t n;  // n, 2n, 3n, …
};
struct FaultAfter {
  std::uint64_t n;  // n+1 and later
};
struct FaultProbability {
  double p;              // 0 to 1
  std::uint64_t seed{};  // the same seed fires on the same requests
};
using FaultWhen =
    std::variant<FaultAlways, FaultNth, FaultFirst, FaultEvery, FaultAfter, FaultProbability>;

// A member of the answer's JSON object: the JSON text of its new value, or nothing to delete it.
using JsonPatch = std::vector<std::pair<std::string, std::optional<std::string>>>;

// Tampering with the authorization response, the redirect to the client.
struct RedirectTampering {
  std::vector<std::string> drop{};
  std::vector<std::pair<std::string, std::string>> set{};  // replaced, or added
  std::vector<std::string> flip{};                         // one character of the value is changed
  std::vector<std::string> duplicate{};                    // sent twice
  bool fragment = false;                                   // parameters after '#', not after '?'
};
// Whether it asks for anything.
[[nodiscard]] bool tampers(const RedirectTampering& how) noexcept;

// Holds requests until `parties` are there, or the real time since the first of them is over; then
// lets all of them go, and begins anew. With FaultStage::before the requests are held before the
// rules see them, with after_commit their answers are held.
struct BarrierSpec {
  std::uint32_t parties = 2;
  std::chrono::milliseconds timeout{2000};
};

enum class FaultStage : std::uint8_t {
  // An action that makes an answer (status, oauth_error, echo_secrets, body, malformed, location,
  // endless_bytes, connection reset or empty) answers instead of the rules, and no state changes.
  // So does `truncate` unless patch or redirect ask for the real answer. All else needs the real
  // answer and is done to it.
  before,
  // The state has changed (code spent, token rotated), then the answer is spoiled or lost.
  after_commit,
};
enum class FaultConnection : std::uint8_t { reset, close, empty, truncate };
enum class FaultBody : std::uint8_t { json, html, empty_object };  // "malformed"

// What is left out stays as the answer has it. An answer made from nothing is what the endpoint
// would say itself: with `status` alone the OAuth error or the vendor's envelope for that status,
// without any form 200 and JSON.
struct FaultAction {
  FaultStage stage = FaultStage::before;
  std::chrono::milliseconds delay{0};   // real time
  std::chrono::milliseconds jitter{0};  // up to this much more, drawn from the sandbox's randomness
  std::optional<int> status{};
  // Without a status: 400; at the authorize endpoint a redirect to redirect_uri (RFC 6749
  // §4.1.2.1); at the API the status of RFC 6750 §3.1 and the challenge that goes with it.
  std::optional<std::string> oauth_error{};
  std::optional<std::string> description{};
  std::vector<std::pair<std::string, std::string>> headers{};  // set on the answer
  std::optional<std::string> body{};
  std::optional<std::string> content_type{};
  std::optional<std::string> retry_after{};  // the header's value: seconds or an HTTP-date
  std::optional<wire::Delivery::Dribble> dribble{};
  std::optional<FaultConnection> connection{};  // `close`: after the whole answer
  std::optional<FaultBody> malformed{};
  // Redirects the request elsewhere, with 307 unless `status`.
  std::optional<std::string> location{};
  JsonPatch patch{};                // of an answer below 300, or of one that this rule made
  bool echo_secrets = false;        // an error whose description repeats the request's parameters
  std::uint64_t endless_bytes = 0;  // the body over and over
  RedirectTampering redirect{};
  std::optional<BarrierSpec> barrier{};
};

struct FaultRule {
  FaultScope on{};
  FaultWhen when{};
  std::optional<std::uint64_t> times{};                      // fires so often at the most
  std::optional<std::chrono::milliseconds> expires_after{};  // by the sandbox's clock
  FaultAction action{};
};

}  // namespace heygen::mock
