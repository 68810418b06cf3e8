// Entries for tests.
#pragma once

#include "mock_server/journal/entry.h"

namespace heygen::mock {

inline Entry token_exchange() {
  Entry entry;
  entry.endpoint = Endpoint::token;
  entry.client_id = "demo";
  entry.grant_type = "authorization_code";
  entry.outcome = "ok";
  entry.request.method = "POST";
  entry.request.target = "/v1/oauth/token";
  entry.request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  entry.request.body =
      "grant_type=authorization_code&client_id=demo&code=c0de-value-1"
      "&code_verifier=verifier-value-1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb";
  entry.response.headers = {{"Content-Type", "application/json"}};
  entry.response.body =
      R"({"token_type":"Bearer","access_token":"access-value-1","expires_in":864000,)"
      R"("refresh_token":"refresh-value-1"})";
  return entry;
}

}  // namespace heygen::mock
