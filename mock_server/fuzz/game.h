// A game against the core: moves are drawn from bytes (a login, a redemption, a refresh, a
// revocation, a step of the clock, another policy), right and wrong alike, in any order. After each
// the core's answer is compared with what the model says must come, and every token is looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/context.h"
#include "mock_server/core/store.h"
#include "mock_server/core/testing.h"
#include "mock_server/fuzz/game_model.h"

namespace heygen::mock::game {

class Game {
 public:
  explicit Game(Store& store, Profile profile = Profile::heygen);

  // Plays until the bytes are used up. The law that was broken, and by which move; "" if none was.
  std::string play(std::string_view bytes);

 private:
  struct Device {
    std::string device_code;
    std::string user_code;
    std::string client;
    bool approved = false;
    bool spent = false;
    TimePoint expires_at;
  };

  void move(std::string_view& bytes);
  void authorize(std::string_view& bytes);
  void redeem(std::string_view& bytes);
  void refresh(std::string_view& bytes);
  void revoke(std::string_view& bytes);
  void device(std::string_view& bytes);
  void turn_the_clock(std::string_view& bytes);
  void change_a_policy(std::string_view& bytes);
  void control(std::string_view& bytes);
  void look_at_everything();

  [[nodiscard]] Context context();
  std::string pick(const std::vector<std::string>& from, std::string_view& bytes) const;
  void law(bool holds, const char* name);
  void expect_new(const std::string& value);

  Store& store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_;
  Model model_;
  std::vector<Device> devices_;
  std::vector<std::string> code_values_;
  std::vector<std::string> token_values_;
  std::string broken_;
  std::string move_;
};

}  // namespace heygen::mock::game
