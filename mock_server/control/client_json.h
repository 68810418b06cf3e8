// A client as JSON: {"redirect_uris":[…],"secret":…,"policies":{…}}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/types.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {

// Throws BadInput, with keys below `path`.
Client read_client(std::string id, const nlohmann::json& json, const std::string& path = "");
// The object's member "clients": an array of the same with an "id" each.
std::vector<Client> read_clients(JsonObject& object);

// What read_client insists on, for a client that was put together otherwise: an id that can be
// sent, redirect URIs that can be registered. Throws BadInput.
void check_client(const Client& client, const std::string& path = "");

// Why the URI may not be registered, or nothing. Beyond check_registrable: plain http is for
// loopback and for names and addresses of private networks, where containers and development hosts
// live; on the open network it would show the code to everybody on the way (RFC 9700 §2.1).
std::string check_redirect_uri(std::string_view uri);

// The secret is never shown: "has_secret".
nlohmann::ordered_json render_client(const Client& client);

}  // namespace heygen::mock
