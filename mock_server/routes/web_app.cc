// app.heygen.com/oauth/token: no token endpoint, but the vendor's web app, with status 200.
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"

namespace heygen::mock {

Answer handle_web_app(const Call&, const Visit&, const Fixtures&) {
  Answer answer;
  answer.response.headers.add("Content-Type", "text/html; charset=utf-8");
  answer.response.body =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>HeyGen</title></head>"
      "<body><div id=\"root\"></div></body></html>\n";
  protect_page(answer.response.headers);
  answer.why =
      "app.heygen.com answers its web app here, whatever is posted; the token endpoint is "
      "api2.heygen.com/v1/oauth/token";
  return answer;
}

}  // namespace heygen::mock
