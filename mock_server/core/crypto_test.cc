#include "mock_server/core/crypto.h"

#include <gtest/gtest.h>

#include <thread>

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

}  // namespace
}  // namespace heygen::mock
