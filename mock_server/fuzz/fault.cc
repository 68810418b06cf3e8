// Fault rules: a rule that is taken reads back as itself, and whatever it does to an answer, the
// answer can be written. The input is a rule, a line end, and an answer's body.
#include <nlohmann/json.hpp>

#include "mock_server/core/testing.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/parse.h"
#include "mock_server/faults/patch.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/wire/syntax.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

void judge(const wire::Response& response) {
  require(response.status >= 100 && response.status <= 999, "the status has three digits");
  for (const auto& [name, value] : response.headers) {
    require(!name.empty() && wire::kToken.all(name), "a field's name is a token");
    require(wire::kFieldValue.all(value), "no rule splits an answer");
  }
  require(response.delivery.delay.count() >= 0, "no answer leaves before it was asked for");
  require(!response.delivery.dribble || response.delivery.dribble->bytes > 0, "a piece has a size");
}

void fire(const FaultRule& rule, Endpoint endpoint, std::string_view body) {
  wire::Request request;
  request.method = "POST";
  request.target = "/v1/oauth/token?x=1";
  request.body = "grant_type=refresh_token&refresh_token=R&state=S";
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  testing::ScriptedRandom random;
  // No barrier: it would hold the only request there is.
  const Firing firing{"fault-1", std::make_shared<const FaultRule>(rule), nullptr, endpoint,
                      "/v1/oauth/token"};
  if (const auto answer = before(firing, request, random)) judge(*answer);
  for (const int status : {200, 302, 400}) {
    wire::Response response;
    response.status = status;
    if (status == 302) {
      response.headers.add("Location", "http://127.0.0.1:1/cb?keep=1&code=C&state=S");
    }
    response.body = body;
    after(firing, request, response, random);
    judge(response);
  }
}

void try_patch(std::string_view body, const JsonPatch& patch) {
  const auto patched = patch_object(body, patch);
  if (!patched) return;
  const auto before = nlohmann::json::parse(body, nullptr, false);
  const auto after = nlohmann::json::parse(*patched, nullptr, false);
  if (before.is_discarded()) return;  // what was no JSON need not become JSON
  require(before.is_object() && after.is_object(), "a patched object is an object");
  for (const auto& [name, value] : patch) {
    require(after.contains(name) == value.has_value(), "the patch is in it");
  }
}

}  // namespace

void run(std::string_view input) {
  const auto text = take_until(input, '\n');
  (void)cut_json(input);
  try_patch(input, {{"expires_in", "1"}, {"refresh_token", std::nullopt}, {"new", "\"x\""}});
  try {
    const FaultRule rule = parse_fault(parse_json(text));
    const auto written = render_fault(rule);
    require(render_fault(parse_fault(written)) == written, "a rule is written as it was read");
    for (const auto endpoint : {Endpoint::authorize, Endpoint::token, Endpoint::api}) {
      fire(rule, endpoint, input);
    }
    Faults faults;
    (void)faults.add(rule, TimePoint{});
    for (int i = 0; i < 8; ++i) {
      (void)faults.match({Endpoint::refresh, "refresh_token", "demo", "/v1/oauth/token"},
                         TimePoint{std::chrono::seconds{i}});
    }
    (void)render_fault_state(faults.list(TimePoint{}).at(0));
  } catch (const BadInput& refused) {
    require(!std::string_view{refused.what()}.empty(), "a refusal says why");
  }
}

}  // namespace heygen::fuzz
