// What the mock is told to do wrong, written in one line:
//
//   trial.arm(Fault::at(Endpoint::token).without("refresh_token").once());
//   trial.arm(Fault::at(Endpoint::refresh).after_commit().reset().nth(2));
//
// The semantics are those of mock_server/faults/rule.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "mock_server/faults/rule.h"

namespace heygen::conformance {

using mock::Endpoint;

class Fault {
 public:
  static Fault at(Endpoint endpoint);
  static Fault anywhere();

  // Which requests.
  Fault& path(std::string_view path);
  Fault& nth(std::uint64_t n);
  Fault& first(std::uint64_t n);
  Fault& every(std::uint64_t n);
  Fault& after(std::uint64_t n);
  Fault& times(std::uint64_t n);
  Fault& once() { return times(1); }

  // When: without it an answer that is made up comes instead of the real one.
  Fault& after_commit();

  // What.
  Fault& status(int status);
  Fault& error(std::string_view code, std::string_view description = "");
  Fault& header(std::string_view name, std::string_view value);
  Fault& retry_after(std::string_view value);
  Fault& body(std::string_view body, std::string_view content_type = "application/json");
  Fault& patch(std::string_view member, std::string_view json);  // of the answer's JSON object
  Fault& without(std::string_view member);
  Fault& redirect_to(std::string_view url, int status = 307);
  Fault& delay(std::chrono::milliseconds span);
  Fault& dribble(std::size_t bytes, std::chrono::milliseconds every);
  Fault& reset();
  Fault& empty();      // the connection is closed without a byte
  Fault& truncated();  // half the body, then closed
  Fault& endless(std::uint64_t bytes);
  Fault& html();
  Fault& cut_json();
  Fault& echo_secrets();
  // Holds requests until so many are there.
  Fault& barrier(std::uint32_t parties,
                 std::chrono::milliseconds timeout = std::chrono::milliseconds{2000});
  // The authorization response.
  Fault& drop_param(std::string_view name);
  Fault& set_param(std::string_view name, std::string_view value);

  [[nodiscard]] const mock::FaultRule& rule() const { return rule_; }
  mock::FaultRule& rule() { return rule_; }  // for what has no word above

 private:
  mock::FaultRule rule_;
};

}  // namespace heygen::conformance
