#include "mock_server/control/testing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace heygen::mock::control {

TestBed::TestBed(ControlOptions options, SandboxBlueprint blueprint)
    : registry(wall, std::move(blueprint)), control(registry, std::move(options)) {}

SandboxBlueprint TestBed::seeded() {
  SandboxBlueprint blueprint;
  blueprint.seed = 1;
  return blueprint;
}

wire::Response TestBed::call(std::string_view method, std::string_view target, std::string body) {
  return send(request_of(method, std::string{"/_mock"}.append(target), std::move(body)));
}

wire::Response TestBed::call_in(std::string_view name, std::string_view method,
                                std::string_view target, std::string body) {
  const std::string prefix = "/s/" + std::string{name} + "/_mock";
  return send(request_of(method, prefix + std::string{target}, std::move(body)), name);
}

wire::Response TestBed::send(const wire::Request& request, std::string_view name) {
  const std::string_view path = request.path();
  const auto root = path.find("/_mock");
  const std::string base = "http://127.0.0.1:8765" + std::string{path.substr(0, root)};
  return control.answer(request, name, path.substr(root + 6), base);
}

wire::Request request_of(std::string_view method, std::string_view target, std::string body) {
  wire::Request request;
  request.method = method;
  request.target = target;
  request.headers.add("Host", "127.0.0.1:8765");
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  request.peer = {"127.0.0.1", 40000, true};
  return request;
}

nlohmann::json json_of(const wire::Response& response) {
  auto json = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << response.body;
  return json.is_discarded() ? nlohmann::json{} : json;
}

std::string problem_of(const wire::Response& response) {
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json") << response.body;
  const auto json = json_of(response);
  EXPECT_EQ(json.value("status", 0), response.status);
  std::string text = std::to_string(response.status);
  if (json.contains("key")) text += " " + json["key"].get<std::string>();
  return text + ": " + json.value("detail", "");
}

}  // namespace heygen::mock::control
