#include "conformance/subjects/in_process.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace heygen::conformance {
namespace {

// Refuses, or hangs until it is let go.
class OddClient final : public InProcessClient {
 public:
  explicit OddClient(std::shared_future<void> let_go) : let_go_(std::move(let_go)) {}
  void configure(const Configuration& /*configuration*/) override { log("configured"); }
  std::string begin_login(std::string_view session) override {
    throw std::runtime_error("no login for " + std::string(session));
  }
  void callback(std::string_view /*session*/, std::string_view /*url*/) override {
    throw 1;  // NOLINT(hicpp-exception-baseclass): as bad clients do
  }
  LoginState state(std::string_view /*session*/) override { return LoginState::pending; }
  ApiAnswer call_api(std::string_view /*session*/, const ApiCall& /*call*/) override {
    let_go_.wait();
    return {};
  }

 private:
  const std::shared_future<void> let_go_;
};

struct InProcessTest : testing::Test {
  std::promise<void> let_go;
  std::shared_future<void> gone = let_go.get_future().share();
  InProcessFactory factory{"odd",
                           {Capability::refresh, Capability::restart, Capability::two_processes},
                           [this] { return std::make_unique<OddClient>(gone); }};
  std::unique_ptr<Subject> subject = factory.start().value();
};

TEST_F(InProcessTest, WhatItThrowsIsARefusal) {
  const auto login = subject->begin_login("a").wait();
  ASSERT_FALSE(login.ok());
  EXPECT_EQ(login.failure().origin, Failure::Origin::refused);
  EXPECT_EQ(login.failure().message, "no login for a");
  EXPECT_EQ(subject->callback("a", "http://x/").wait().failure().origin, Failure::Origin::refused);
  EXPECT_FALSE(subject->trouble());
}

TEST_F(InProcessTest, ACallThatHangsIsLeftToItself) {
  subject->set_timeout(std::chrono::milliseconds{1});
  EXPECT_EQ(subject->call_api("a", {}).wait().failure().origin, Failure::Origin::timeout);
  EXPECT_TRUE(subject->trouble()) << "another one has to take its place";
  subject.reset();
  let_go.set_value();
}

TEST_F(InProcessTest, ClaimsNoProcessOfItsOwn) {
  EXPECT_FALSE(subject->capabilities().has(Capability::restart));
  EXPECT_FALSE(subject->capabilities().has(Capability::two_processes));
  EXPECT_TRUE(subject->capabilities().has(Capability::refresh));
  EXPECT_TRUE(subject->capabilities().has(Capability::begin));
  EXPECT_EQ(subject->restart({}).failure().origin, Failure::Origin::unsupported);
}

TEST_F(InProcessTest, AClaimWithoutItsCallIsARefusal) {
  EXPECT_EQ(subject->refresh("a").wait().failure().origin, Failure::Origin::refused);
}

TEST_F(InProcessTest, KeepsItsLog) {
  ASSERT_TRUE(subject->configure({}).wait().ok());
  EXPECT_EQ(subject->log_since(0), "configured\n");
  EXPECT_EQ(subject->log_since(subject->log_size()), "");
}

TEST(InProcessFactoryTest, AClientThatCannotBeMadeIsNotStarted) {
  InProcessFactory factory("none", {}, []() -> std::unique_ptr<InProcessClient> {
    throw std::runtime_error("no licence");
  });
  EXPECT_EQ(factory.start().failure().message, "no licence");
}

}  // namespace
}  // namespace heygen::conformance
