#include "conformance/checks/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

Landing answered(HeaderFields headers) {
  Landing page;
  page.headers = std::move(headers);
  return page;
}

TEST(Pages, CookiesAreThoseOfEveryAnswerOnTheWay) {
  Landing first = answered({{"set-cookie", "a=1; Path=/"}, {"X-Other", "b=2"}});
  first.followed.push_back(answered({{"Set-Cookie", "c=3=4"}, {"Set-Cookie", "no-pair"}}));
  EXPECT_THAT(cookies_of({first}), ElementsAre(Pair("a", "1"), Pair("c", "3=4")));
}

TEST(Pages, StrangeCookiesHaveTheLastNamesAndTheShapeButNoKnownValue) {
  const std::vector<Landing> shown{answered({{"Set-Cookie", "sid=old"}}),
                                   answered({{"Set-Cookie", "sid=s%3Aaf09-zZ; HttpOnly"}}),
                                   answered({{"Set-Cookie", "gone=; Max-Age=0"}})};
  EXPECT_THAT(strange_cookies(shown), ElementsAre(Pair("Cookie", "sid=t%3Aba10-gG")));
  EXPECT_THAT(strange_cookies({answered({})}), IsEmpty());
}

TEST(Pages, ReadableIsAllButWhatIsHiddenFromScripts) {
  Landing first = answered({{"Set-Cookie", "s=secret; HttpOnly"}, {"X-Token", "shown-1"}});
  first.followed.push_back(answered({{"Set-Cookie", "t=shown-2"}}));
  first.followed.back().body = "shown-3";
  const std::string text = readable(first);
  for (const char* shown : {"shown-1", "shown-2", "shown-3"}) EXPECT_THAT(text, HasSubstr(shown));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace heygen::conformance
