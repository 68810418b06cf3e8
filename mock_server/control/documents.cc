// The documents that describe this server: OpenAPI and JSON Schemas, as their files have them.
#include <algorithm>

#include "mock_server/control/embedded.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"

namespace heygen::mock::control {
namespace {

constexpr std::string_view kOpenApi = "openapi.json";

wire::Response document(std::string_view name, const char* type) {
  const auto all = embedded_documents();
  const auto found = std::ranges::find(all, name, &EmbeddedFile::name);
  if (found == all.end()) return to_response({404, "no such document", "id"});
  auto response = text_reply(std::string{found->text});
  response.headers.set("Content-Type", type);
  return response;
}

}  // namespace

wire::Response get_openapi(const Call&) { return document(kOpenApi, "application/json"); }

wire::Response get_schema(const Call& call) {
  if (call.id == kOpenApi) return to_response({404, "it is GET /_mock/openapi.json", "id"});
  return document(call.id, "application/schema+json");
}

}  // namespace heygen::mock::control
