// POST /v1/oauth/register (RFC 7591): anyone may have a public client.
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/core/redirect_uri.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kMostClients = 10'000;
constexpr std::size_t kMostRedirects = 64;
constexpr std::size_t kIdLength = 24;  // as the vendor's

OAuthError bad_metadata(const std::string& mend) {
  return make_error(ErrorId::registration_metadata_invalid, mend, mend);
}

// §2: metadata that is not understood is ignored; what is understood must be of its type.
Result<json> read_metadata(const wire::Request& request) {
  if (request.body.size() > kMaxForm) {
    return make_error(ErrorId::request_too_large, "the metadata has at most 64 KiB");
  }
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return json::object();
  try {
    json metadata = parse_json(request.body);
    if (!metadata.is_object()) return bad_metadata("The body must be a JSON object.");
    return metadata;
  } catch (const BadInput& error) {
    return bad_metadata(std::string{"The body must be a JSON object: "} + error.what() + ".");
  }
}

Result<std::vector<std::string>> read_redirects(const json& metadata) {
  const auto bad = [](const std::string& mend) {
    return make_error(ErrorId::registration_redirect_invalid, mend, mend);
  };
  const auto found = metadata.find("redirect_uris");
  if (found == metadata.end() || (found->is_array() && found->empty())) {
    return loopback_redirects();
  }
  if (!found->is_array() || found->size() > kMostRedirects) {
    return bad("redirect_uris must be an array of at most " + std::to_string(kMostRedirects) +
               " strings.");
  }
  std::vector<std::string> uris;
  for (const json& uri : *found) {
    if (!uri.is_string()) return bad("redirect_uris must be an array of strings.");
    const std::string problem = check_registrable(uri.get_ref<const std::string&>());
    if (!problem.empty()) return bad("A redirect URI cannot be registered: " + problem + ".");
    uris.push_back(uri.get<std::string>());
  }
  return uris;
}

}  // namespace

Answer handle_registration(const Call& call, const Visit& visit, const Fixtures&) {
  const Context& context = visit.context;
  const ErrorsPolicy errors = context.policy.errors;
  auto metadata = read_metadata(call.request);
  if (!metadata) return refuse(std::move(metadata.error()), errors);
  for (const char* const name : {"client_name", "scope", "token_endpoint_auth_method"}) {
    if (metadata->contains(name) && !(*metadata)[name].is_string()) {
      return refuse(bad_metadata(std::string{name} + " must be a string."), errors);
    }
  }
  auto redirects = read_redirects(*metadata);
  if (!redirects) return refuse(std::move(redirects.error()), errors);
  if (context.store.clients().size() >= kMostClients) {
    return refuse(
        make_error(ErrorId::unavailable, "this sandbox has " + std::to_string(kMostClients) +
                                             " clients; delete some, or take a new sandbox"),
        errors);
  }

  Client client;
  client.id = random_alphanumeric(context.random, kIdLength);
  client.redirect_uris = std::move(*redirects);
  ordered_json body;  // §3.2.1: what was registered, which may differ from what was asked for
  body["client_id"] = client.id;
  body["client_id_issued_at"] =
      std::chrono::floor<std::chrono::seconds>(context.now).time_since_epoch().count();
  for (const char* const name : {"client_name", "scope"}) {
    if (metadata->contains(name)) body[name] = (*metadata)[name];
  }
  body["redirect_uris"] = client.redirect_uris;
  body["grant_types"] = {"authorization_code", "refresh_token",
                         "urn:ietf:params:oauth:grant-type:device_code"};
  body["response_types"] = {"code"};
  body["token_endpoint_auth_method"] = "none";
  context.store.put_client(std::move(client));

  Answer answer;
  answer.response = json_response(201, body.dump());
  return answer;
}

}  // namespace heygen::mock
