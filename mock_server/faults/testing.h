// What the tests of this folder share.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "mock_server/faults/faults.h"

namespace heygen::mock::testing {

// Every byte the same: what is drawn is known beforehand.
class SameByte final : public RandomSource {
 public:
  explicit SameByte(unsigned char byte = 0) : byte_(std::byte{byte}) {}
  void fill(std::span<std::byte> out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  std::byte byte_;
};

inline Firing firing_of(FaultAction action, Endpoint endpoint, std::string path) {
  FaultRule rule;
  rule.action = std::move(action);
  return {"fault-1", std::make_shared<const FaultRule>(std::move(rule)), nullptr, endpoint,
          std::move(path)};
}

inline wire::Request token_request() {
  wire::Request request;
  request.method = "POST";
  request.target = "/v1/oauth/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=authorization_code&code=c%2Fde&client_id=demo";
  return request;
}

inline wire::Request authorize_request() {
  wire::Request request;
  request.method = "GET";
  request.target =
      "/oauth/authorize?response_type=code&client_id=demo"
      "&redirect_uri=http%3A%2F%2F127.0.0.1%3A7%2Fcb%3Ft%3D1&state=s%201";
  return request;
}

inline wire::Request api_request(std::string path) {
  wire::Request request;
  request.method = "GET";
  request.target = std::move(path);
  request.headers = {{"Authorization", "Bearer secret-token"}};
  return request;
}

inline wire::Response good_tokens() {
  wire::Response response;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = R"({"token_type":"Bearer","access_token":"a","expires_in":864000,)"
                  R"("refresh_token":"r"})";
  return response;
}

inline wire::Response good_redirect() {
  wire::Response response;
  response.status = 302;
  response.headers = {{"Location", "http://127.0.0.1:7/cb?t=1&code=abc&state=s%201"}};
  return response;
}

}  // namespace heygen::mock::testing
