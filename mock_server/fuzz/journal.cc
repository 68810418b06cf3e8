// The journal's only way out: whatever request carries a known secret, the rendered entry has none
// of it. The input is a request line's target, a line end, a header's value, a line end, a body.
#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/render.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

constexpr std::string_view kSecret = "Zq7Xw2Rt9Lk4Mn8Pv3Bc6Df1Gh5Js0Ya";

// '$' stands for the secret, so that the fuzzer need not guess it.
std::string with_secret(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '$') {
      out += kSecret;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

void run(std::string_view input) {
  Entry entry;
  entry.endpoint = Endpoint::token;
  entry.request.method = "POST";
  entry.request.target = with_secret(take_until(input, '\n'));
  const std::string field = with_secret(take_until(input, '\n'));
  for (const auto* const name : {"Authorization", "Cookie", "Referer", "X-API-KEY", "X-Other"}) {
    entry.request.headers.add(name, field);
  }
  entry.request.headers.add("Content-Type", input.starts_with('{')
                                                ? "application/json"
                                                : "application/x-www-form-urlencoded");
  entry.request.body = with_secret(input);
  entry.response.headers.add("Location", entry.request.target);
  entry.response.body = entry.request.body;
  entry.why = with_secret("the secret $ was sent");
  // As a server's journal has it: every token that was issued is known.
  const Redactor redactor{[](std::string_view text) { return text == kSecret; }};
  const std::string shown =
      render_entry(entry, redactor_for(entry, redactor)).dump();  // throws on what is no UTF-8
  require(shown.find(kSecret) == std::string::npos, "no secret leaves the journal");
}

}  // namespace heygen::fuzz
