// What each flawed client does otherwise than the sound one, as a table for the test: the same
// question asked of both, and the answers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client_under_test/testing/fakes.h"

namespace heygen::conformance::testing {

// Makes the seams of one client process.
using Maker = std::function<client::Seams()>;

struct Row {
  std::string_view flaw;
  std::function<std::string(const Maker&)> ask;
  std::string sound;
  std::string flawed;
};

[[nodiscard]] std::vector<Row> login_rows();     // the authorization request: URL, state, PKCE
[[nodiscard]] std::vector<Row> callback_rows();  // the authorization response
[[nodiscard]] std::vector<Row> token_rows();     // the code exchange
[[nodiscard]] std::vector<Row> response_rows();  // and its answer
[[nodiscard]] std::vector<Row> answer_rows();    // how that is taken apart
[[nodiscard]] std::vector<Row> refresh_rows();
[[nodiscard]] std::vector<Row> use_rows();  // the API, the log, logging out
[[nodiscard]] std::vector<Row> device_rows();
[[nodiscard]] std::vector<Row> trouble_rows();
[[nodiscard]] std::vector<Row> store_rows();  // the files

// "state_mismatch", or what `ok` says.
template <typename T>
std::string outcome(const client::Result<T>& result, std::string_view ok) {
  return std::string(result ? ok : client::name_of(result.error().kind));
}

}  // namespace heygen::conformance::testing
