// Callback URLs as the suite spoils them: one parameter changes, every other byte stays.
#include "conformance/url.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace conformance;

void run(std::string_view input) {
  (void)origin_of(input);
  (void)target_of(input);
  (void)query_of(input);
  const CallbackUrl url{input};
  const std::string written = url.str();
  require(CallbackUrl{written}.str() == written, "written and read again, the same");

  CallbackUrl changed = url;
  changed.set("state", "a&b=c %\r\n");
  require(changed.get("state") == "a&b=c %\r\n", "what is set is there");
  require(changed.str().find_first_of("\r\n") == std::string::npos ||
              input.find_first_of("\r\n") != std::string_view::npos,
          "and breaks no line");
  changed.drop("state");
  require(!changed.has("state"), "what is dropped is gone");
  CallbackUrl moved = url;
  moved.move_to_end("code").as_fragment();
  require(moved.str().size() == written.size(), "what is moved is no longer or shorter");

  require(flip_last(input) != input, "what is flipped differs");
  require(swap_case(swap_case(input)) == input, "swapped twice, the same");
}

}  // namespace heygen::fuzz
