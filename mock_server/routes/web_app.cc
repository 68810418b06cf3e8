// app.heygen.com/oauth/token: no token endpoint, but the vendor's web app, with status 200.
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/page.h"

namespace heygen::mock {

Answer handle_web_app(const Call&, const Visit&, const Fixtures&) {
  Answer answer;
  answer.response = web_app_page();
  answer.why =
      "app.heygen.com answers its web app here, whatever is posted; the token endpoint is "
      "api2.heygen.com/v1/oauth/token";
  return answer;
}

}  // namespace heygen::mock
