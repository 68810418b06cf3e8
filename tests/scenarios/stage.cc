#include "tests/scenarios/stage.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace heygen::scenarios {
namespace {

constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::string_view kRedirect = "http://127.0.0.1:3000/callback";
const std::string kForm = "Content-Type: application/x-www-form-urlencoded";

}  // namespace

Stage::Stage(std::string_view scenario) {
  auto started = mock::Server::start({});
  if (!started.server) throw std::runtime_error(started.error);
  server_ = std::move(started.server);
  box_ = server_->sandboxes().find_or_create("play");
  if (scenario.empty()) return;
  const Reply armed = control("scenarios/" + std::string{scenario}, "{}");
  if (armed.status != 200) throw std::runtime_error(armed.body);
}

Reply Stage::control(std::string_view call, std::string body) {
  return http({"POST",
               url() + "/_mock/" + std::string{call},
               {"Content-Type: application/json"},
               std::move(body)});
}

void Stage::advance(std::string_view duration) {
  const Reply moved = control("clock", R"({"advance":")" + std::string{duration} + "\"}");
  if (moved.status != 200) throw std::runtime_error(moved.body);
}

Reply Stage::authorize() {
  return http({.url = url() + "/oauth/authorize?" +
                      form({{"response_type", "code"},
                            {"client_id", "demo"},
                            {"redirect_uri", std::string{kRedirect}},
                            {"state", std::string{kState}},
                            {"code_challenge", std::string{kChallenge}},
                            {"code_challenge_method", "S256"}})});
}

std::string Stage::code() {
  const Reply sent_on = authorize();
  EXPECT_EQ(sent_on.status, 302) << sent_on.body;
  return query_of(sent_on.header("Location"), "code");
}

Reply Stage::exchange(const std::string& code, std::chrono::milliseconds timeout) {
  return http({"POST",
               url() + "/v1/oauth/token",
               {kForm},
               form({{"grant_type", "authorization_code"},
                     {"client_id", "demo"},
                     {"code", code},
                     {"redirect_uri", std::string{kRedirect}},
                     {"code_verifier", std::string{kVerifier}}}),
               timeout});
}

Reply Stage::refresh(const std::string& token) {
  return http(
      {"POST",
       url() + "/v1/oauth/refresh_token",
       {kForm},
       form({{"grant_type", "refresh_token"}, {"client_id", "demo"}, {"refresh_token", token}})});
}

Reply Stage::revoke(const std::string& token) {
  return http({"POST",
               url() + "/v1/oauth/revoke",
               {kForm},
               form({{"token", token}, {"client_id", "demo"}})});
}

Reply Stage::me(const std::string& token) {
  return http({.url = url() + "/v3/users/me", .headers = {"Authorization: Bearer " + token}});
}

Tokens Stage::log_in() {
  const Reply given = exchange(code());
  EXPECT_EQ(given.status, 200) << given.body;
  return tokens_of(given);
}

std::string member(const Reply& reply, std::string_view name) {
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  if (found == json.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Tokens tokens_of(const Reply& reply) {
  return {member(reply, "access_token"), member(reply, "refresh_token")};
}

}  // namespace heygen::scenarios
