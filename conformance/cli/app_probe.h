// What an app turns out to be, before it is judged.
#pragma once

#include <string>

#include "conformance/cli/commands.h"
#include "conformance/subjects/app.h"
#include "conformance/world.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct AppFindings {
  Setup setup;             // as whom it asks
  std::string origin;      // of the mock, as the app writes it
  bool logs_in = false;    // a good login succeeded
  bool refreshes = false;  // a call with a dead access token brought a refresh
  std::string trouble;     // why it did not log in; "" when it did
};

// Takes client_id and redirect URI from the app's authorize URL where `setup` leaves them open,
// then logs in once, calls the API, and lets the access token die. Without a start URL nothing is
// tried.
AppFindings probe_app(std::shared_ptr<const App> app, mock::Server& server, Setup setup,
                      bool client_is_given, const CommandContext& context);

}  // namespace heygen::conformance
