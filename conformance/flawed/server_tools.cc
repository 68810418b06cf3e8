#include "conformance/flawed/server_tools.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/flawed/server_store.h"
#include "conformance/seen.h"
#include "mock_server/wire/form.h"

namespace heygen::conformance {

using mock::wire::Request;
using mock::wire::Response;

std::string_view vendor_path(const Request& request) {
  std::string_view path = request.path();
  if (path.starts_with("/s/")) path.remove_prefix(std::min(path.find('/', 3), path.size()));
  return path;
}

bool at_authorize(const Request& request) {
  return request.method == "GET" && vendor_path(request) == "/oauth/authorize";
}
bool at_consent(const Request& request) {
  return request.method == "POST" && vendor_path(request) == "/oauth/consent";
}
bool at_token(const Request& request) {
  const auto path = vendor_path(request);
  return path == "/v1/oauth/token" || path == "/v1/oauth/refresh_token";
}
bool at_refresh(const Request& request) {
  return at_token(request) && in_body(request, "grant_type") == "refresh_token";
}
bool at_redeem(const Request& request) {
  return at_token(request) && in_body(request, "grant_type") == "authorization_code";
}
bool at_revoke(const Request& request) { return vendor_path(request) == "/v1/oauth/revoke"; }
bool at_device(const Request& request) {
  return vendor_path(request) == "/v1/oauth/device_authorization";
}
bool at_api(const Request& request) {
  const auto path = vendor_path(request);
  return path.starts_with("/v1/user") || path.starts_with("/v3/");
}

std::string in_query(const Request& request, std::string_view name) {
  const auto form = mock::wire::parse_form(request.query());
  const std::string* const value = form.find(name);
  return value == nullptr ? std::string() : *value;
}
std::string in_body(const Request& request, std::string_view name) {
  const auto form = mock::wire::parse_form(request.body);
  const std::string* const value = form.find(name);
  return value == nullptr ? std::string() : *value;
}
bool has_in_query(const Request& request, std::string_view name) {
  return mock::wire::parse_form(request.query()).find(name) != nullptr;
}

Fields query_fields(const Request& request) {
  return mock::wire::parse_form(request.query()).fields;
}
Fields body_fields(const Request& request) { return mock::wire::parse_form(request.body).fields; }

void set_query(Request& request, const Fields& fields) {
  request.target = std::string(request.path());
  if (!fields.empty()) request.target += "?" + mock::wire::form_encode(fields);
}
void set_body(Request& request, const Fields& fields) {
  request.body = mock::wire::form_encode(fields);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Content-Length", std::to_string(request.body.size()));
}

void put(Fields& fields, std::string_view name, std::string_view value) {
  const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  if (found == fields.end()) {
    fields.emplace_back(name, value);
  } else {
    found->second = value;
  }
}
void drop(Fields& fields, std::string_view name) {
  std::erase_if(fields, [name](const auto& field) { return field.first == name; });
}
void keep_last(Fields& fields) {
  Fields kept;
  for (const auto& [name, value] : fields) put(kept, name, value);
  fields = std::move(kept);
}
void keep_first(Fields& fields) {
  std::ranges::reverse(fields);
  keep_last(fields);
}

Response answer(int status, std::string body, std::string content_type) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::move(content_type)},
                      {"Cache-Control", "no-store"},
                      {"Pragma", "no-cache"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Frame-Options", "DENY"}};
  response.body = std::move(body);
  return response;
}
Response oauth_error(std::string_view code) {
  return answer(400, "{\"error\":\"" + std::string(code) + "\"}");
}
Response redirect_to(std::string location) {
  Response response = answer(302, "");
  response.headers.set("Location", std::move(location));
  return response;
}

void patch(Response& response, std::string_view member, std::string_view json) {
  auto object = nlohmann::ordered_json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return;
  auto value = nlohmann::ordered_json::parse(json);
  if (value.is_null()) {
    object.erase(std::string(member));
  } else {
    object[std::string(member)] = std::move(value);
  }
  response.body = object.dump();
}
std::string text_of(const Response& response, std::string_view member) {
  return json_text(response, member);
}

void redirected(Response& response, const std::function<void(CallbackUrl&)>& change) {
  const std::string* const location = response.headers.find("Location");
  if (location == nullptr) return;
  CallbackUrl url(*location);
  change(url);
  response.headers.set("Location", url.str());
}

Around before(Where where, std::function<void(Request&)> change) {
  return [where, change = std::move(change)](const Request& request, const Next& next) {
    if (!where(request)) return next(request);
    Request changed = request;
    change(changed);
    return next(changed);
  };
}

Around after(Where where, std::function<void(const Request&, Response&)> change) {
  return [where, change = std::move(change)](const Request& request, const Next& next) {
    Response response = next(request);
    if (where(request)) change(request, response);
    return response;
  };
}

Around instead(Where where, std::function<std::optional<Response>(const Request&)> made) {
  return [where, made = std::move(made)](const Request& request, const Next& next) {
    if (where(request)) {
      if (auto own = made(request)) return std::move(*own);
    }
    return next(request);
  };
}

Around tried_again(Where where, std::function<bool(Request&)> change) {
  return [where, change = std::move(change)](const Request& request, const Next& next) {
    Response response = next(request);
    if (!where(request) || response.status / 100 != 4) return response;
    Request changed = request;
    return change(changed) ? next(changed) : response;
  };
}

Around noting_tokens(std::shared_ptr<Notes> notes) {
  return after(at_token, [notes = std::move(notes)](const Request& request, Response& response) {
    const std::string access = text_of(response, "access_token");
    const std::string refresh = text_of(response, "refresh_token");
    if (access.empty()) return;
    const std::string client = in_body(request, "client_id");
    notes->put("client " + access, client);
    if (refresh.empty()) return;
    notes->put("client " + refresh, client);
    notes->put("access " + refresh, access);
    notes->put("refresh " + access, refresh);
  });
}

namespace {

class CodeNotes final : public mock::MemoryStore {
 public:
  explicit CodeNotes(std::shared_ptr<Notes> notes) : notes_(std::move(notes)) {}

  void put_code(mock::Code code) override {
    notes_->put("client " + code.value, code.client_id);
    notes_->put("redirect " + code.value, code.redirect_uri);
    notes_->put("challenge " + code.value, code.challenge.value);
    MemoryStore::put_code(std::move(code));
  }

 private:
  const std::shared_ptr<Notes> notes_;
};

}  // namespace

MakeStore noting_codes(std::shared_ptr<Notes> notes) {
  return store_of<CodeNotes>(std::move(notes));
}

void any_client(ServerSeams& seams, Where where, std::string only) {
  const auto notes = std::make_shared<Notes>();
  seams.front.push_back(noting_tokens(notes));
  seams.front.push_back(
      before(where, [notes, only = std::move(only)](mock::wire::Request& request) {
        const auto owner = notes->get("client " + in_body(request, "refresh_token"));
        const std::string client = in_body(request, "client_id");
        if (!owner || client == *owner || (!only.empty() && client != only)) return;
        Fields fields = body_fields(request);
        put(fields, "client_id", *owner);
        drop(fields, "client_secret");
        set_body(request, fields);
      }));
}

}  // namespace heygen::conformance
