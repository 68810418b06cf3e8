#include "mock_server/core/crypto.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "mock_server/core/testing.h"

namespace heygen::mock {
namespace {

TEST(Crypto, Sha256IsWhatFips180SaysOnAnyThread) {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(hex(sha256("abc")), abc);
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), abc);  // nothing is left of the one before
  std::string elsewhere;
  std::thread([&] { elsewhere = hex(sha256("abc")); }).join();
  EXPECT_EQ(elsewhere, abc);
}

TEST(Crypto, AFingerprintIsReadAsItIsWritten) {
  EXPECT_EQ(fingerprint("abc"), "fp-ba7816bf8f01");
  EXPECT_EQ(parse_fingerprint("fp-ba7816bf8f01"), fingerprint_of("abc"));
  for (const auto* const other :
       {"", "fp-", "ba7816bf8f01", "fp-ba7816bf8f0", "fp-ba7816bf8f011", "fp-BA7816BF8F01",
        "fp-ba7816bf8f0g", "fp-+a7816bf8f01", "fp- a7816bf8f01", "xx-ba7816bf8f01"}) {
    EXPECT_FALSE(parse_fingerprint(other)) << other;
  }
}

TEST(Crypto, Base64IsWhatRfc4648Says) {  // §10
  const auto bytes = [](std::string_view text) {
    return std::span{reinterpret_cast<const unsigned char*>(text.data()), text.size()};
  };
  for (const auto& [plain, padded] :
       {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="},
        std::pair{"foo", "Zm9v"}, std::pair{"foob", "Zm9vYg=="}, std::pair{"fooba", "Zm9vYmE="},
        std::pair{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_padded(bytes(plain)), padded);
    const std::string bare{std::string_view{padded}.substr(0, std::string_view{padded}.find('='))};
    EXPECT_EQ(base64url(bytes(plain)), bare);
    EXPECT_EQ(base64_decode(padded), plain);
    EXPECT_EQ(base64_decode(bare), plain);
  }
  EXPECT_EQ(base64_padded(bytes("\xfb\xff")), "+/8=");
  EXPECT_EQ(base64url(bytes("\xfb\xff")), "-_8");
}

TEST(Crypto, EitherAlphabetOfBase64IsRead) {
  EXPECT_EQ(base64_decode("+/8="), "\xfb\xff");
  EXPECT_EQ(base64_decode("-_8"), "\xfb\xff");
  EXPECT_EQ(base64_decode("AZaz09"), std::string("\x01\x96\xb3\xd3", 4));
  for (const char* const bad :
       {"A", "AAAAA", "AA.A", "AA A", "A=AA", "AA\nA", "AA@A", "AA[A", "AA`A", "AA{A", "AA:A",
        "AA\x7f"
        "A",
        "AA\xc3\xa9"}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
}

TEST(Crypto, SecretsOfOtherLengthsAreNotEqual) {
  EXPECT_TRUE(constant_time_equal("secret", "secret"));
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_FALSE(constant_time_equal("secret", "secreT"));
  EXPECT_FALSE(constant_time_equal("secret", "secre"));
  EXPECT_FALSE(constant_time_equal("", "s"));
}

TEST(Crypto, EveryCharacterOfTheAlphabetComesAboutEquallyOften) {
  testing::ScriptedRandom random;
  const std::string text = random_text(random, "abc", 30'000);
  ASSERT_EQ(text.size(), 30'000U);
  for (const char c : std::string_view{"abc"}) {
    EXPECT_NEAR(static_cast<double>(std::ranges::count(text, c)), 10'000.0, 500.0) << c;
  }
  EXPECT_EQ(random_text(random, "abc", 0), "");
}

// 256 is no multiple of 3: the byte 255 would make the first character likelier.
TEST(Crypto, BytesThatWouldBringABiasAreThrownAway) {
  class Scripted final : public RandomSource {
   public:
    void fill(std::span<std::byte> out) override {
      std::ranges::fill(out, std::byte{255});
      out.back() = std::byte{1};
    }
  };
  Scripted random;
  EXPECT_EQ(random_text(random, "abc", 2), "bb");
}

}  // namespace
}  // namespace heygen::mock
