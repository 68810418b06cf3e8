#include "conformance/subjects/pty.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace heygen::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::unique_ptr<PtyProcess> run(const std::string& command) {
  auto started = PtyProcess::start({command, {"PATH=/usr/bin:/bin"}, "/", {}}, [](auto) {});
  EXPECT_EQ(started.error, "");
  return std::move(started.process);
}

// Neither there nor waiting to be told its parent.
bool is_gone(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  return !std::getline(stat, line) || line.find(") Z ") != std::string::npos;
}

TEST(PtyProcess, AllThreeStreamsAreOneWideTerminal) {
  const auto process = run("test -t 0 && test -t 1 && test -t 2 && stty size && echo err >&2");
  const auto exit = process->wait_for(10s);
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->good());
  EXPECT_EQ(process->output(), "50 8192\nerr\n");
}

TEST(PtyProcess, TellsHowItEnded) {
  EXPECT_EQ(run("exit 3")->wait_for(10s)->describe(), "exit code 3");
  const auto killed = run("kill -SEGV $$")->wait_for(10s);
  EXPECT_EQ(killed->describe(), "signal 11");
  EXPECT_TRUE(killed->crashed());
  EXPECT_FALSE(run("kill -TERM $$")->wait_for(10s)->crashed());
}

TEST(PtyProcess, TakesWhatIsTyped) {
  const auto process = run("printf 'Name? '; read name; echo \"<$name>\"");
  ASSERT_TRUE(
      process->wait_until([](const auto& view) { return view.output.ends_with("Name? "); }, 10s));
  process->type("me\n");
  ASSERT_TRUE(process->wait_for(10s));
  EXPECT_THAT(process->output(), HasSubstr("<me>"));
}

TEST(PtyProcess, AKillReachesItsChildrenToo) {
  const auto process = run("sleep 1000 & echo $! $$; wait");
  ASSERT_TRUE(
      process->wait_until([](const auto& view) { return view.output.ends_with("\n"); }, 10s));
  int child = 0;
  int self = 0;
  std::istringstream(process->output()) >> child >> self;
  ASSERT_FALSE(is_gone(child));
  process->kill();
  EXPECT_EQ(process->ended()->signal, SIGKILL);
  EXPECT_TRUE(is_gone(self));
  // The kernel delivers the signal before kill() returns, but the child ends in its own time.
  for (int i = 0; i < 1000 && !is_gone(child); ++i) std::this_thread::yield();
  EXPECT_TRUE(is_gone(child));
}

TEST(PtyProcess, AChildThatOutlivesItsParentDoesNotHoldTheEnd) {
  const auto process = run("sleep 1000 & echo done");
  ASSERT_TRUE(process->wait_for(10s));
  EXPECT_EQ(process->output(), "done\n");
}

TEST(PtyProcess, DoesNotWaitForOneThatRests) {
  const auto process = run("sleep 1000");
  EXPECT_FALSE(process->wait_while_busy(100ms, 60s, 1));
  const auto working = run("i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done; echo done");
  EXPECT_TRUE(working->wait_while_busy(100ms, 60s, 1));
}

TEST(PtyProcess, KeepsNoMoreOutputThanItMust) {
  const auto process = run("head -c 3000000 /dev/zero | tr '\\0' x");
  ASSERT_TRUE(process->wait_for(60s));
  EXPECT_EQ(process->output().size(), 1024U * 1024U);
}

}  // namespace
}  // namespace heygen::conformance
