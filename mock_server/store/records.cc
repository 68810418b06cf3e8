#include "mock_server/store/records.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

namespace heygen::mock::records {
namespace {

using Json = nlohmann::json;

std::string pack(const Json& json) {
  std::string out;
  Json::to_msgpack(json, out);
  return out;
}

template <typename Read>
auto unpack(std::string_view bytes, Read read) {
  try {
    return read(Json::from_msgpack(bytes));
  } catch (const Json::exception&) {  // what it says may repeat the record
    throw StoreUnavailable("a record is damaged, or another version's");
  }
}

Json optional_text(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

std::optional<std::string> read_optional(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional{json.get<std::string>()};
}

TimePoint time_of(const Json& json) { return read_time(json.get_ref<const std::string&>()); }

Json code_json(const Code& code) {
  return {{"value", code.value},
          {"client_id", code.client_id},
          {"redirect_uri", code.redirect_uri},
          {"user", code.user},
          {"scope", code.scope},
          {"method", static_cast<int>(code.challenge.method)},
          {"challenge", code.challenge.value},
          {"issued_at", write_time(code.issued_at)},
          {"expires_at", write_time(code.expires_at)}};
}

Code code_of(const Json& json) {
  Code code;
  code.value = json.at("value");
  code.client_id = json.at("client_id");
  code.redirect_uri = json.at("redirect_uri");
  code.user = json.at("user");
  code.scope = json.at("scope");
  code.challenge.method = static_cast<ChallengeMethod>(json.at("method").get<int>());
  code.challenge.value = json.at("challenge");
  code.issued_at = time_of(json.at("issued_at"));
  code.expires_at = time_of(json.at("expires_at"));
  return code;
}

}  // namespace

std::string write_time(TimePoint t) { return std::to_string(t.time_since_epoch().count()); }

TimePoint read_time(std::string_view text) {
  std::chrono::milliseconds::rep ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw StoreUnavailable("a time in the store is damaged");
  }
  return TimePoint{std::chrono::milliseconds{ms}};
}

std::string write(const Client& client) {
  Json policies = Json::array();
  for (const auto& [name, value] : client.policies) {
    policies.push_back({name, std::visit([](const auto& v) { return Json(v); }, value)});
  }
  return pack({{"id", client.id},
               {"redirect_uris", client.redirect_uris},
               {"secret", optional_text(client.secret)},
               {"policies", std::move(policies)}});
}

Client read_client(std::string_view bytes) {
  return unpack(bytes, [](const Json& json) {
    Client client;
    client.id = json.at("id");
    client.redirect_uris = json.at("redirect_uris");
    client.secret = read_optional(json.at("secret"));
    for (const Json& policy : json.at("policies")) {
      const Json& value = policy.at(1);
      client.policies.emplace_back(policy.at(0).get<std::string>(),
                                   value.is_string() ? PolicyValue{value.get<std::string>()}
                                                     : PolicyValue{value.get<std::int64_t>()});
    }
    return client;
  });
}

std::string write(const Code& code) { return pack(code_json(code)); }

Code read_code(std::string_view bytes) { return unpack(bytes, code_of); }

std::string write(const PendingConsent& consent) {
  return pack({{"id", consent.id},
               {"csrf", consent.csrf},
               {"request", code_json(consent.request)},
               {"redirect_to", consent.redirect_to},
               {"state", optional_text(consent.state)},
               {"user_code", consent.user_code},
               {"expires_at", write_time(consent.expires_at)}});
}

PendingConsent read_consent(std::string_view bytes) {
  return unpack(bytes, [](const Json& json) {
    PendingConsent consent;
    consent.id = json.at("id");
    consent.csrf = json.at("csrf");
    consent.request = code_of(json.at("request"));
    consent.redirect_to = json.at("redirect_to");
    consent.state = read_optional(json.at("state"));
    consent.user_code = json.at("user_code");
    consent.expires_at = time_of(json.at("expires_at"));
    return consent;
  });
}

std::string write(const DeviceRequest& request) {
  return pack({{"device_code", request.device_code},
               {"user_code", request.user_code},
               {"client_id", request.client_id},
               {"scope", request.scope},
               {"issued_at", write_time(request.issued_at)},
               {"expires_at", write_time(request.expires_at)},
               {"interval", request.interval.count()}});
}

DeviceRequest read_device(std::string_view bytes) {
  return unpack(bytes, [](const Json& json) {
    DeviceRequest request;
    request.device_code = json.at("device_code");
    request.user_code = json.at("user_code");
    request.client_id = json.at("client_id");
    request.scope = json.at("scope");
    request.issued_at = time_of(json.at("issued_at"));
    request.expires_at = time_of(json.at("expires_at"));
    request.interval = std::chrono::seconds{json.at("interval").get<std::int64_t>()};
    return request;
  });
}

std::string write(const KeptAnswer& answer) {
  return pack({{"status", answer.status}, {"headers", answer.headers}, {"body", answer.body}});
}

KeptAnswer read_answer(std::string_view bytes) {
  return unpack(bytes, [](const Json& json) {
    KeptAnswer answer;
    answer.status = json.at("status");
    answer.headers = json.at("headers").get<decltype(answer.headers)>();
    answer.body = json.at("body");
    return answer;
  });
}

}  // namespace heygen::mock::records
