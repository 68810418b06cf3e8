#include "mock_server/control/reply.h"

#include <nlohmann/json.hpp>

namespace heygen::mock::control {

wire::Response reply(int status, const nlohmann::ordered_json& body, const char* content_type) {
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", content_type},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = body.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return response;
}

wire::Response no_content() {
  wire::Response response;
  response.status = 204;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

}  // namespace heygen::mock::control
