#include "client_under_test/adapter/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "client_under_test/lib/unique_fd.h"

namespace heygen::client {
namespace {

using Outcome = LineReader::Outcome;

// Everything that the reader makes of a text that comes over a pipe.
std::vector<std::pair<Outcome, std::string>> read_all(const std::string& text,
                                                      std::size_t longest) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const UniqueFd in(ends[0]);
  std::jthread writer([&text, out = UniqueFd(ends[1])]() mutable {
    for (std::size_t at = 0; at < text.size(); at += 1000) {
      const std::string piece = text.substr(at, 1000);
      EXPECT_EQ(::write(out.get(), piece.data(), piece.size()), std::ssize(piece));
    }
    out.reset();
  });
  std::vector<std::pair<Outcome, std::string>> found;
  LineReader reader(in.get(), longest);
  std::string line;
  for (;;) {
    const Outcome outcome = reader.next(line);
    if (outcome == Outcome::end) return found;
    found.emplace_back(outcome, line);
  }
}

using Found = std::vector<std::pair<Outcome, std::string>>;

TEST(LineReader, GivesEachLineOnce) {
  EXPECT_EQ(read_all("one\n\ntwo\nrest", 100), (Found{{Outcome::line, "one"},
                                                      {Outcome::line, ""},
                                                      {Outcome::line, "two"},
                                                      {Outcome::line, "rest"}}));
  EXPECT_EQ(read_all("", 100), Found{});
}

TEST(LineReader, LineOfTheLargestSizeIsRead) {
  const std::string large(50000, 'x');
  EXPECT_EQ(read_all(large + "\nnext\n", 50000),
            (Found{{Outcome::line, large}, {Outcome::line, "next"}}));
}

TEST(LineReader, LineThatIsTooLongIsDroppedWholeAndTheNextIsRead) {
  const std::string large(50001, 'x');
  EXPECT_EQ(read_all(large + "\nnext\n" + large, 50000),
            (Found{{Outcome::too_long, ""}, {Outcome::line, "next"}, {Outcome::too_long, ""}}));
}

}  // namespace
}  // namespace heygen::client
