#include "conformance/file_text.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace heygen::conformance {
namespace {

TEST(FileText, GivesAFileFromAPlaceOn) {
  const std::string path = ::testing::TempDir() + "file_text_" + std::to_string(::getpid());
  std::ofstream(path, std::ios::binary) << std::string("ab\0cd", 5);
  EXPECT_EQ(file_text(path), std::string("ab\0cd", 5));
  EXPECT_EQ(file_text(path, 3), "cd");
  EXPECT_EQ(file_text(path, 9), "");
  std::filesystem::remove(path);
  EXPECT_EQ(file_text(path), "");
}

TEST(FileText, OfAFolderIsNothing) { EXPECT_EQ(file_text("/proc"), ""); }

// Its files are there and say ESRCH when they are read.
TEST(FileText, OfAProcessThatHasEndedIsNothing) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(file_text("/proc/" + std::to_string(child) + "/cmdline"), "");
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(file_text("/proc/" + std::to_string(child) + "/cmdline"), "");
}

}  // namespace
}  // namespace heygen::conformance
