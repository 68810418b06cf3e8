// The authorization server under test: where it is, as whom it is asked, and who consents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/capabilities.h"

namespace heygen::conformance {

// A client that the server knows.
struct ServerClient {
  std::string id;
  std::string redirect_uri;
  std::optional<std::string> secret;  // absent: a public client
};

// How the user's approval is had.
enum class Consent : std::uint8_t {
  automatic,  // the server redirects at once
  form,       // a page with a form is filled in and sent
  command,    // a command is given the URL and prints where the browser was sent
};

struct ServerTarget {
  std::string authorize_url;
  std::string token_url;
  std::string refresh_url;  // a second address for refreshes; "" where there is none, and so below
  std::string revoke_url;
  std::string device_url;   // of the device authorization request
  std::string api_url;      // a GET that wants a bearer token
  std::string control_url;  // of a heygen-mock-server: "http://127.0.0.1:8765/_mock"
  std::string control_token;
  ServerClient client;                 // public; the suite registers its own where it can
  std::optional<ServerClient> second;  // another client
  std::optional<ServerClient> confidential;
  std::string scope;  // asked for by every login; "": none
  Consent consent = Consent::automatic;
  std::vector<std::pair<std::string, std::string>> form_fields;  // of the consent page
  std::string approve_command;  // a shell's; AUTHORIZE_URL is in its environment
  std::string deny_command;
  std::string ca_file;  // "": the system's

  [[nodiscard]] Capabilities capabilities() const;
};

// Fills in what a control URL implies, and says in one line what is wrong or missing; "" when
// nothing is.
std::string complete(ServerTarget& target);

// The same server's sandbox of that name; only where there is a control URL.
ServerTarget in_sandbox(const ServerTarget& target, std::string_view name);

// "ID=REDIRECT_URI[,secret=…]", as heygen-mock-server's --client.
std::optional<ServerClient> parse_server_client(std::string_view text);

}  // namespace heygen::conformance
