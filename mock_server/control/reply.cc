#include "mock_server/control/reply.h"

#include <nlohmann/json.hpp>

namespace heygen::mock::control {

namespace {

wire::Response with_body(int status, const char* content_type, std::string body) {
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", content_type},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

}  // namespace

wire::Response reply(int status, const nlohmann::ordered_json& body, const char* content_type) {
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return with_body(status, content_type, body.dump(2, ' ', false, kReplace) + "\n");
}

wire::Response text_reply(std::string text) {
  return with_body(200, "text/plain; charset=utf-8", std::move(text));
}

wire::Response no_content() {
  wire::Response response;
  response.status = 204;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

}  // namespace heygen::mock::control
