#include <nlohmann/json.hpp>

#include "mock_server/control/client_json.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"

namespace heygen::mock::control {
namespace {

wire::Response no_such_client() {
  return to_response({404, "no such client here; PUT it with its redirect_uris", "id"});
}

}  // namespace

wire::Response list_clients(const Call& call) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& client : call.sandbox->store().clients()) list.push_back(render_client(*client));
  return reply(200, {{"clients", std::move(list)}});
}

wire::Response get_client(const Call& call) {
  const auto client = call.sandbox->store().find_client(call.id);
  return client ? reply(200, render_client(*client)) : no_such_client();
}

wire::Response put_client(const Call& call) {
  Store& store = call.sandbox->store();
  Client client = read_client(call.id, call.body);
  const bool known = store.find_client(call.id) != nullptr;
  const auto shown = render_client(client);
  store.put_client(std::move(client));
  return reply(known ? 200 : 201, shown);
}

wire::Response delete_client(const Call& call) {
  return call.sandbox->store().remove_client(call.id) ? no_content() : no_such_client();
}

}  // namespace heygen::mock::control
