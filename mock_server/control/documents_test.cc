// Describes the document what there is, and is there what it describes? Both ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "mock_server/control/table.h"
#include "mock_server/control/testing.h"
#include "mock_server/core/policy.h"
#include "mock_server/routes/fixtures.h"
#include "mock_server/routes/table.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Names = std::set<std::string>;

struct Documents : testing::Test {
  json get(const std::string& path) { return json_of(bed.call("GET", path)); }
  TestBed bed;
  const json openapi = get("/openapi.json");
  const json schema = get("/schemas/scenario.json");
};

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

Names described(const json& openapi) {
  Names out;
  for (const auto& [path, operations] : openapi["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      out.insert(upper(method) + " " + path);
    }
  }
  return out;
}

std::string path_of(const Route& route) {
  std::string path = "/_mock";
  if (!route.pattern.empty()) path.append("/").append(route.pattern);
  return path;
}

std::string lower_method(const Route& route) {
  std::string out;
  for (const char c : route.method) out += static_cast<char>(c - 'A' + 'a');
  return out;
}

Names words(std::string_view text) {
  std::istringstream in{std::string{text}};
  return {std::istream_iterator<std::string>{in}, {}};
}

TEST_F(Documents, OpenApiDescribesTheRoutesThatExistAndNoOthers) {
  Names existing;
  for (const Route& route : routes()) {
    existing.insert(std::string{route.method} + " " + path_of(route));
  }
  for (const auto& route : heygen::mock::routes()) {
    existing.insert(std::string{route.method} + " " + std::string{route.path});
  }
  const Fixtures fixtures;
  for (const Fixture& fixture : fixtures.all()) {
    existing.insert(fixture.method + " " + fixture.path);
  }
  EXPECT_EQ(described(openapi), existing);
}

TEST_F(Documents, OpenApiHasTheParametersAndBodiesOfTheControlApi) {
  for (const Route& route : routes()) {
    const auto& operation = openapi["paths"][path_of(route)][lower_method(route)];
    Names in_query;
    for (const auto& parameter : operation.value("parameters", json::array())) {
      if (parameter["in"] == "query") in_query.insert(parameter["name"]);
    }
    EXPECT_EQ(in_query, words(route.parameters)) << path_of(route);
    EXPECT_EQ(operation.contains("requestBody"), route.body == Body::json) << path_of(route);
  }
}

TEST_F(Documents, OpenApiHasEachOperationIdOnce) {
  Names ids;
  std::size_t operations = 0;
  for (const auto& [path, methods] : openapi["paths"].items()) {
    for (const auto& operation : methods) {
      ids.insert(operation["operationId"]);
      ++operations;
    }
  }
  EXPECT_EQ(ids.size(), operations);
}

// The schemas stand in both documents, since tools cannot follow from one to the other.
TEST_F(Documents, OpenApiAndTheSchemaSayTheSameOfFaults) {
  const auto moved = [](const json& value) {
    std::string text = value.dump();
    constexpr std::string_view kFrom = "#/$defs/";
    for (auto at = text.find(kFrom); at != std::string::npos; at = text.find(kFrom, at)) {
      text.replace(at, kFrom.size(), "#/components/schemas/");
    }
    return json::parse(text);
  };
  ASSERT_TRUE(schema["$defs"].contains("Fault"));
  for (const auto& [name, definition] : schema["$defs"].items()) {
    EXPECT_EQ(openapi["components"]["schemas"][name], moved(definition)) << name;
  }
  EXPECT_EQ(openapi["components"]["schemas"]["Scenario"]["properties"],
            moved(schema["properties"]));
}

TEST_F(Documents, TheSchemaKnowsEveryPolicyAndItsValues) {
  const json& policies = schema["$defs"]["Policies"]["properties"];
  Names known;
  for (const auto& [name, definition] : policies.items()) known.insert(name);
  Names existing;
  for (const PolicyKey& key : policy_keys()) {
    existing.insert(std::string{key.name});
    if (key.values == "seconds" || key.values == "number") continue;
    Names values;
    for (const auto& value : policies[std::string{key.name}]["enum"]) values.insert(value);
    std::string list{key.values};
    std::ranges::replace(list, '|', ' ');
    EXPECT_EQ(values, words(list)) << key.name;
  }
  EXPECT_EQ(known, existing);
}

TEST_F(Documents, AreServedWithTheirTypes) {
  EXPECT_EQ(bed.call("GET", "/openapi.json").headers.get("Content-Type"), "application/json");
  EXPECT_EQ(bed.call("GET", "/schemas/scenario.json").headers.get("Content-Type"),
            "application/schema+json");
  EXPECT_EQ(openapi["openapi"], "3.1.0");
}

TEST_F(Documents, ThereAreNoOthers) {
  EXPECT_THAT(problem_of(bed.call("GET", "/schemas/none.json")), HasSubstr("404 id: "));
  EXPECT_THAT(problem_of(bed.call("GET", "/schemas/openapi.json")), HasSubstr("404 id: "));
}

}  // namespace
}  // namespace heygen::mock::control
