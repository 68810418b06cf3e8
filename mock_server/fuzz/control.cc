// The control API: whatever is asked, it answers, in JSON, and never with its own failure. The
// input is calls, each ended by a NUL: "METHOD /path?query", a line end, and a body.
#include "mock_server/control/control.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "mock_server/core/testing.h"
#include "mock_server/sandbox/registry.h"
#include "mock_server/wire/syntax.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

constexpr int kMostCalls = 16;

wire::Request read_call(std::string_view text) {
  wire::Request request;
  std::string_view line = take_until(text, '\n');
  request.method = take_until(line, ' ');
  request.target = line;
  request.body = text;
  request.headers.add("Host", "127.0.0.1:8765");
  if (!text.empty()) request.headers.add("Content-Type", "application/json");
  request.peer = {"127.0.0.1", 40000, true};
  return request;
}

void judge(const wire::Response& response) {
  require(response.status >= 200 && response.status < 600, "an answer has a status");
  require(response.status != 500, "no call makes the control API fail");
  for (const auto& [name, value] : response.headers) {
    require(wire::kToken.all(name) && wire::kFieldValue.all(value), "no call splits an answer");
  }
  const auto type = response.headers.get("Content-Type");
  if (type.find("json") == std::string_view::npos) return;
  require(response.body.empty() || nlohmann::json::accept(response.body), "JSON is JSON");
}

}  // namespace

void run(std::string_view input) {
  testing::ManualClock wall;
  SandboxBlueprint blueprint;
  blueprint.seed = 1;
  Registry registry{wall, blueprint};
  Control control{registry, {}};
  for (int i = 0; i < kMostCalls && !input.empty(); ++i) {
    const wire::Request request = read_call(take_until(input, '\0'));
    judge(control.answer(request, kDefaultSandbox, request.path(), "http://127.0.0.1:8765"));
    (void)registry.find(kDefaultSandbox)->clock().now();
  }
}

}  // namespace heygen::fuzz
