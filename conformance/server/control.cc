#include "conformance/server/control.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "client_under_test/lib/form.h"
#include "conformance/seen.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

json client_json(const ServerClient& client, const std::vector<std::string>& redirect_uris) {
  json out{{"redirect_uris", redirect_uris}};
  if (client.secret) out["secret"] = *client.secret;
  return out;
}

}  // namespace

Control::Control(Http& http, std::string url, std::string token)
    : http_(http), url_(std::move(url)), token_(std::move(token)) {}

Outcome<std::string> Control::call(std::string_view method, std::string_view path,
                                   const std::string& body) {
  HttpRequest request{std::string(method), url_ + "/" + std::string(path), {}, body};
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
  auto answer = http_.send(request);
  if (!answer) return answer.failure();
  if (answer->status / 100 == 2) return answer->body;
  const json problem = json_object(answer->body);
  std::string why = "the control API answered " + std::to_string(answer->status);
  if (problem.contains("detail") && problem["detail"].is_string()) {
    why += ": " + problem["detail"].get<std::string>();
  }
  return Failure{Failure::Origin::refused, std::to_string(answer->status), std::move(why)};
}

std::string Control::told(std::string_view method, std::string_view path, const std::string& body) {
  const auto answer = call(method, path, body);
  return answer ? std::string() : answer.failure().message;
}

std::string Control::make_sandbox(std::string_view name, const std::vector<ServerClient>& clients,
                                  std::optional<std::uint64_t> seed) {
  json list = json::array();
  for (const ServerClient& client : clients) {
    json one = client_json(client, {client.redirect_uri});
    one["id"] = client.id;
    list.push_back(std::move(one));
  }
  json body{{"clients", std::move(list)}, {"approve", "auto"}};
  if (seed) body["seed"] = *seed;
  return told("PUT", "sandboxes/" + std::string(name), body.dump());
}

std::string Control::remove_sandbox(std::string_view name) {
  return told("DELETE", "sandboxes/" + std::string(name));
}

std::string Control::put_client(const ServerClient& client,
                                const std::vector<std::string>& redirect_uris) {
  return told("PUT", "clients/" + client::percent_encode(client.id),
              client_json(client, redirect_uris).dump());
}

std::string Control::approve(std::string_view how) {
  return told("PATCH", "config", json{{"approve", how}}.dump());
}

std::string Control::policy(std::string_view name,
                            const std::variant<std::string, std::int64_t>& value) {
  json policies;
  std::visit([&](const auto& one) { policies[std::string(name)] = one; }, value);
  return told("PATCH", "config", json{{"policies", policies}}.dump());
}

std::string Control::advance(std::chrono::seconds span) {
  return told("POST", "clock", json{{"advance", std::to_string(span.count()) + "s"}}.dump());
}

std::string Control::freeze() { return told("POST", "clock", R"({"freeze":true})"); }

std::string Control::lose_next_refresh() {
  return told("POST", "faults",
              R"({"on":{"endpoint":"refresh"},"times":1,)"
              R"("do":{"stage":"after_commit","connection":"reset"}})");
}

Outcome<std::size_t> Control::count_tokens(std::string_view kind, std::string_view status) {
  auto answer = call("GET", "tokens?kind=" + std::string(kind));
  if (!answer) return answer.failure();
  const json list = json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  if (!list.is_object() || !list.contains("tokens")) {
    return Failure{Failure::Origin::protocol, "", "the control API lists no tokens"};
  }
  return static_cast<std::size_t>(std::ranges::count_if(list["tokens"], [&](const json& token) {
    return token.value("kind", "") == kind && token.value("status", "") == status;
  }));
}

}  // namespace heygen::conformance
