#include "conformance/checks/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using ::testing::Contains;

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::vector<std::string> samples_of(std::size_t count,
                                    const std::function<std::string(int)>& make) {
  std::vector<std::string> samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(make(static_cast<int>(i)));
  return samples;
}

// Fair texts, the same in each run.
class Fair {
 public:
  std::string of(std::string_view alphabet, std::size_t length) {
    std::string text;
    std::uniform_int_distribution<std::size_t> draw(0, alphabet.size() - 1);
    for (std::size_t i = 0; i < length; ++i) text.push_back(alphabet[draw(generator_)]);
    return text;
  }
  std::string octets(std::size_t count) {
    std::string text;
    std::uniform_int_distribution<int> draw(0, 255);
    for (std::size_t i = 0; i < count; ++i) text.push_back(static_cast<char>(draw(generator_)));
    return text;
  }
  std::string base64url(std::size_t count) {
    const std::string raw = octets(count);
    return mock::base64url({reinterpret_cast<const unsigned char*>(raw.data()), raw.size()});
  }
  std::string uuid() {
    return of("0123456789abcdef", 8) + "-" + of("0123456789abcdef", 4) + "-4" +
           of("0123456789abcdef", 3) + "-" + of("89ab", 1) + of("0123456789abcdef", 3) + "-" +
           of("0123456789abcdef", 12);
  }

 private:
  std::mt19937_64 generator_{42};
};

double bound(const std::function<std::string(int)>& make) {
  return entropy_bound(samples_of(64, make));
}

// What is fair keeps its bits, whatever the samples happen to show.
TEST(EntropyBound, LetsFairSourcesPass) {
  Fair fair;
  for (int round = 0; round < 50; ++round) {
    EXPECT_NEAR(bound([&](int) { return fair.of("0123456789abcdef", 32); }), 128, 0.1);
    EXPECT_GE(bound([&](int) { return fair.base64url(16); }), 128);
    EXPECT_GE(bound([&](int) { return fair.base64url(32); }), 256);
    EXPECT_GE(bound([&](int) { return fair.of("0123456789", 39); }), 128);
    EXPECT_GE(bound([&](int) { return fair.uuid(); }), kLeastBits);
    EXPECT_LT(bound([&](int) { return fair.uuid(); }), 128);
  }
}

TEST(EntropyBound, LetsFairSourcesPassWithFewSamples) {
  Fair fair;
  for (int round = 0; round < 200; ++round) {
    const auto samples = samples_of(24, [&](int) { return fair.base64url(32); });
    EXPECT_GE(entropy_bound(samples), 250);
  }
}

TEST(EntropyBound, SeesWhatIsShortOrConstant) {
  Fair fair;
  EXPECT_NEAR(bound([&](int) { return fair.of("0123456789abcdef", 6); }), 24, 0.1);
  EXPECT_NEAR(bound([&](int) { return fair.of("0123456789", 20); }), 66.4, 0.1);
  EXPECT_LT(bound([&](int) { return "a-long-constant-text-" + fair.of(kBase64, 8); }), 49);
  EXPECT_LT(bound([&](int) { return fair.of("01", 64); }), 100);
  EXPECT_EQ(bound([](int) { return "heygen"; }), 0);
}

TEST(EntropyBound, CountsWhatIsRepeatedOnce) {
  Fair fair;
  const auto thrice = [&](int) {
    const std::string text = fair.of(kBase64, 15);
    return text + text + text;
  };
  EXPECT_NEAR(bound(thrice), 90, 0.5);
}

TEST(EntropyBound, TakesTextsOfSeveralLengths) {
  Fair fair;
  int turn = 0;
  const auto make = [&](int) {
    return fair.of("0123456789abcdefghijklmnopqrstuvwxyz", 9U + static_cast<unsigned>(turn++ % 3));
  };
  EXPECT_LT(bound(make), 60);
}

TEST(EqualSteps, AreSeenInEveryBase) {
  const auto in = [](const std::function<std::string(int)>& make) {
    return have_equal_steps(samples_of(16, make));
  };
  EXPECT_TRUE(in([](int i) { return std::to_string(95 + i); }));
  EXPECT_TRUE(in([](int i) { return "k7Jq-" + std::to_string(1000 + 17 * i) + "-end"; }));
  EXPECT_TRUE(in([](int i) {
    const std::string text = "login number " + std::to_string(100 + i);
    return mock::base64url({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  }));
  EXPECT_TRUE(in([](int i) {
    const std::array<unsigned char, 4> bytes{0, 1, static_cast<unsigned char>(i), 0x7F};
    return mock::hex(bytes);
  }));
  Fair fair;
  EXPECT_FALSE(in([&](int) { return fair.base64url(32); }));
  EXPECT_FALSE(in([](int) { return "constant"; }));
}

TEST(Sorted, EitherWay) {
  EXPECT_TRUE(are_sorted(samples_of(16, [](int i) { return std::to_string(i * i + 3); })));
  EXPECT_TRUE(are_sorted(samples_of(16, [](int i) { return std::to_string(9000 - i * i); })));
  Fair fair;
  EXPECT_FALSE(are_sorted(samples_of(16, [&](int) { return fair.uuid(); })));
}

TEST(Time, IsFoundInWhatItIsWrittenIn) {
  const sys_seconds from{seconds{1767139200}};
  const sys_seconds to{seconds{1767312000}};
  const auto held = [&](const std::string& text) {
    return hold_time(std::vector<std::string>(3, text), from, to);
  };
  EXPECT_TRUE(held("1767225600"));
  EXPECT_TRUE(held("ab1767225600123f00d"));
  EXPECT_TRUE(held("x6955b900y"));      // the seconds in hexadecimal
  EXPECT_TRUE(held("19b76daa800-9f"));  // the milliseconds
  EXPECT_TRUE(held("MTc2NzIyNTYwMA"));  // the text in base64
  EXPECT_TRUE(held("AWlVuQBA"));        // four octets, the first of them before the time
  EXPECT_FALSE(held("1667225600"));
  Fair fair;
  EXPECT_FALSE(hold_time(samples_of(16, [&](int) { return fair.base64url(32); }), from, to));
  EXPECT_FALSE(hold_time(samples_of(16, [&](int) { return fair.of("0123456789", 39); }), from, to));
}

TEST(Readings, DecodeTheWholeAndItsParts) {
  EXPECT_THAT(readings_of("eyJhIjoxfQ"), Contains("{\"a\":1}"));
  EXPECT_THAT(readings_of("x.eyJhIjoxfQ.y"), Contains("{\"a\":1}"));
  EXPECT_THAT(readings_of("7b7d"), Contains("{}"));
  EXPECT_THAT(readings_of("plain text"), Contains("plain text"));
}

}  // namespace
}  // namespace heygen::conformance
