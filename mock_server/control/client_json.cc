#include "mock_server/control/client_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "mock_server/control/policy_json.h"
#include "mock_server/core/redirect_uri.h"
#include "mock_server/core/uri.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kLongestId = 256;

// VSCHAR, RFC 6749 Appendix A.1 and A.2.
bool is_vschar(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// The four numbers of an IPv4 address, or nothing.
std::optional<std::array<int, 4>> parse_v4(std::string_view host) {
  std::array<int, 4> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto part = host.substr(0, host.find('.'));
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), octets[i]);
    const bool whole = error == std::errc{} && end == part.data() + part.size();
    if (!whole || octets[i] < 0 || octets[i] > 255) return std::nullopt;
    const bool last = i + 1 == octets.size();
    if (last != (part.size() == host.size())) return std::nullopt;
    if (!last) host.remove_prefix(part.size() + 1);
  }
  return octets;
}

// RFC 1918 §3; names without a dot, and the endings that RFC 6761, RFC 6762 and ICANN keep out of
// the public DNS.
bool is_private_host(std::string_view host) {
  if (is_loopback_host(host, true)) return true;
  if (const auto v4 = parse_v4(host)) {
    const auto& [a, b, c, d] = *v4;
    return a == 10 || (a == 172 && b >= 16 && b <= 31) || (a == 192 && b == 168);
  }
  if (host.starts_with('[')) return host.starts_with("[fc") || host.starts_with("[fd");  // RFC 4193
  if (host.find('.') == std::string_view::npos) return true;
  constexpr std::array<std::string_view, 5> kEndings{".localhost", ".test", ".internal", ".local",
                                                     ".example"};
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return host.ends_with(end); });
}

}  // namespace

std::string check_redirect_uri(std::string_view uri) {
  if (auto why_not = check_registrable(uri); !why_not.empty()) return why_not;
  const auto parsed = parse_uri(uri);
  if (parsed->scheme == "http" && !is_private_host(parsed->host)) {
    return "use https: plain http is for loopback (http://127.0.0.1/callback) and for private "
           "networks' names and addresses";
  }
  return {};
}

void check_client(const Client& client, const std::string& path) {
  const auto at = [&](std::string_view key) {
    return path.empty() ? std::string{key} : path + "." + std::string{key};
  };
  if (client.id.empty() || client.id.size() > kLongestId || !is_vschar(client.id)) {
    throw BadInput{at("id"), "a client_id is 1 to " + std::to_string(kLongestId) +
                                 " printable ASCII characters"};
  }
  for (std::size_t i = 0; i < client.redirect_uris.size(); ++i) {
    if (const auto mend = check_redirect_uri(client.redirect_uris[i]); !mend.empty()) {
      throw BadInput{at("redirect_uris[" + std::to_string(i) + "]"), mend};
    }
  }
  if (client.secret && (client.secret->empty() || !is_vschar(*client.secret))) {
    throw BadInput{at("secret"), "a secret is printable ASCII; leave it out for a public client"};
  }
}

Client read_client(std::string id, const nlohmann::json& json, const std::string& path) {
  JsonObject object{json, path};
  Client client;
  client.id = std::move(id);
  auto uris = object.texts("redirect_uris");
  if (!uris)
    object.refuse("redirect_uris", "write an array of URIs; [] for a client that needs none");
  client.redirect_uris = std::move(*uris);
  const auto* const secret = object.member("secret");
  if (secret != nullptr && !secret->is_null()) client.secret = object.text("secret");
  client.policies = read_policies(object);
  if (const auto repeated = object.text("id"); repeated && *repeated != client.id) {
    object.refuse("id", "leave it out, or write the URL's: " + client.id);
  }
  object.finish();
  check_client(client, path);
  return client;
}

std::vector<Client> read_clients(JsonObject& object) {
  std::vector<Client> clients;
  object.each("clients", [&](const nlohmann::json& item, const std::string& path) {
    JsonObject reader{item, path};
    const auto id = reader.text("id");
    if (!id) reader.refuse("id", "write the client_id");
    if (std::ranges::any_of(clients, [&](const Client& c) { return c.id == *id; })) {
      reader.refuse("id", "this client stands here already");
    }
    clients.push_back(read_client(*id, item, path));
  });
  return clients;
}

nlohmann::ordered_json render_client(const Client& client) {
  return {{"id", client.id},
          {"redirect_uris", client.redirect_uris},
          {"has_secret", client.secret.has_value()},
          {"policies", render(client.policies)}};
}

}  // namespace heygen::mock
