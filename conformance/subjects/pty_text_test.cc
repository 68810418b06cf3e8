#include "conformance/subjects/pty_text.h"

#include <gmock/gmock.h>

namespace heygen::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string plain(std::string_view bytes) { return TerminalText().take(bytes); }

TEST(TerminalText, KeepsWhatAPersonReads) { EXPECT_EQ(plain("a\tb\r\nc\n"), "a\tb\nc\n"); }

TEST(TerminalText, LeavesOutColoursInTheMiddleOfAWord) {
  EXPECT_EQ(plain("tok\x1B[1;31men\x1B[0m!"), "token!");
}

TEST(TerminalText, LeavesOutTitlesAndCharacterSets) {
  EXPECT_EQ(plain("\x1B]0;a title\x07x\x1B(By\x1BPq#0\x1B\\z"), "xyz");
}

TEST(TerminalText, KeepsTheTargetOfAHyperlink) {
  EXPECT_EQ(plain("\x1B]8;;https://a.example/?x=1\x1B\\here\x1B]8;;\x1B\\."),
            " https://a.example/?x=1 here.");
}

TEST(TerminalText, ABareReturnStartsANewLine) { EXPECT_EQ(plain("wait\rdone"), "wait\ndone"); }

TEST(TerminalText, TakesASequenceInPortions) {
  TerminalText text;
  std::string all;
  for (const char c : std::string("a\x1B[31mb\x1B]8;;http://h/\x07"
                                  "c\r\nd")) {
    all += text.take({&c, 1});
  }
  EXPECT_EQ(all, "ab http://h/ c\nd");
}

TEST(TerminalText, BoundsAStringWithoutEnd) {
  EXPECT_EQ(plain("\x1B]8;;" + std::string(1'000'000, 'x')), "");
}

TEST(UrlsIn, FindsThemInASentence) {
  EXPECT_THAT(urls_in("Open http://h:1/a?b=c&d=%20, or (https://i/).\n", false),
              ElementsAre("http://h:1/a?b=c&d=%20", "https://i/"));
}

TEST(UrlsIn, WaitsForTheEndOfTheLastOne) {
  EXPECT_THAT(urls_in("see http://h/a?sta", false), IsEmpty());
  EXPECT_THAT(urls_in("see http://h/a?sta", true), ElementsAre("http://h/a?sta"));
}

TEST(UrlsIn, StopsAtQuotesAndBrackets) {
  EXPECT_THAT(urls_in("\"http://h/a\" <http://h/b> httpd", true),
              ElementsAre("http://h/a", "http://h/b"));
}

}  // namespace
}  // namespace heygen::conformance
