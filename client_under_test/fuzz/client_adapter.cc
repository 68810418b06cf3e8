// The adapter's lines: each gets exactly one answer, which is one line of JSON.
#include <mutex>
#include <vector>

#include "client_under_test/adapter/adapter.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/testing/fakes.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace client;

constexpr int kMostLines = 24;
// Nothing can be made below it: a fuzzer must not write where its input says.
constexpr std::string_view kStore = "/dev/null/store";

bool names_a_folder(std::string_view line) {
  const auto object = parse_json_object(line);
  if (!object) return false;
  const JsonValue* const params = object->find("params");
  if (params == nullptr) return false;
  const auto members = parse_json_object(params->text);
  return members && members->find("store_dir") != nullptr && members->string("store_dir") != kStore;
}

}  // namespace

void run(std::string_view input) {
  testing::ManualClock clock;
  testing::CountingRandom random;
  testing::FakeTransport transport;
  transport.answer_with([](const HttpRequest&) { return testing::tokens(1); });
  std::mutex mutex;
  std::vector<std::string> answers;
  std::size_t asked = 0;
  {
    Adapter adapter{AdapterParts{clock,
                                 [&](Instant at) { clock.advance(at - clock.now()); },
                                 random,
                                 transport,
                                 {},
                                 "heygen-client",
                                 "1",
                                 {}},
                    [&](std::string_view line) {
                      const std::lock_guard lock{mutex};
                      answers.emplace_back(line);
                    }};
    for (int i = 0; i < kMostLines && !input.empty(); ++i) {
      const auto line = take_until(input, '\n');
      if (names_a_folder(line)) continue;
      ++asked;
      adapter.handle(line);
    }
  }
  // What waited when the adapter was stopped need not be answered.
  require(answers.size() <= asked, "one line, one answer");
  for (const std::string& answer : answers) {
    const auto object = parse_json_object(answer);
    require(object && answer.find('\n') == std::string::npos, "an answer is one line of JSON");
    require(object->find("id") != nullptr && object->find("ok") != nullptr, "with its id and ok");
  }
}

}  // namespace heygen::fuzz
