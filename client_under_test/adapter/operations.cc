#include "client_under_test/adapter/operations.h"

#include <array>
#include <cmath>

#include "client_under_test/lib/callback_page.h"

namespace heygen::client {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> kSession{"session"};
constexpr std::array<std::string_view, 1> kNow{"now"};
constexpr std::array<std::string_view, 2> kSessionUrl{"session", "url"};
constexpr std::array<std::string_view, 3> kVisit{"session", "method", "url"};
constexpr std::array<std::string_view, 4> kCall{"session", "method", "path", "body"};

constexpr std::string_view kCapabilities =
    R"(["refresh","logout","restart","clock","concurrency","device","download","two-sessions",)"
    R"("two-processes","issuer","timeout","page"])";

Result<std::string> session_param(const JsonObject& params) {
  constexpr std::size_t kLongest = 256;
  Result<std::string> session = text_param(params, "session");
  if (session && (session->empty() || session->size() > kLongest)) {
    return bad_request("session: must have 1 to 256 characters");
  }
  return session;
}

Result<std::string> nothing(const Result<void>& outcome) {
  if (!outcome) return outcome.error();
  return std::string("{}");
}

}  // namespace

Error bad_request(std::string message) { return Error{ErrorKind::bad_request, std::move(message)}; }

Result<std::string> text_param(const JsonObject& params, std::string_view name) {
  std::optional<std::string> text = params.string(name);
  if (!text) return bad_request(std::string(name) + ": must be given, as a string");
  return *std::move(text);
}

const Adapter::Operation* Adapter::find_operation(std::string_view name) {
  // What answers at once is handled in the order of the lines: a request that follows configure or
  // set_time sees its effect.
  static constexpr std::array<Operation, 12> kOperations{{
      {"hello", Names(), false, &Adapter::hello},
      {"configure", Names(kConfigureParams), false, &Adapter::configure},
      {"set_time", Names(kNow), false, &Adapter::set_time},
      {"begin_login", Names(kSession), false, &Adapter::begin_login},
      {"state", Names(kSession), false, &Adapter::state},
      {"begin_device_login", Names(kSession), true, &Adapter::begin_device_login},
      {"callback", Names(kSessionUrl), true, &Adapter::callback},
      {"visit", Names(kVisit), true, &Adapter::visit},
      {"call_api", Names(kCall), true, &Adapter::call_api},
      {"download", Names(kSessionUrl), true, &Adapter::download},
      {"refresh", Names(kSession), true, &Adapter::refresh},
      {"logout", Names(kSession), true, &Adapter::logout},
  }};
  for (const Operation& operation : kOperations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

Result<std::pair<std::shared_ptr<Adapter::Configured>, std::string>> Adapter::session_of(
    const Request& request) {
  std::shared_ptr<Configured> current = configured();
  if (!current) return bad_request("send configure first");
  Result<std::string> session = session_param(request.params);
  if (!session) return session.error();
  return std::pair(std::move(current), *std::move(session));
}

Result<std::string> Adapter::hello(const Request& /*request*/) {
  JsonWriter out;
  out.string("name", parts_.name).string("version", parts_.version);
  return out.raw("capabilities", kCapabilities).str();
}

Result<std::string> Adapter::set_time(const Request& request) {
  constexpr double kLatest = 253402300799.0;  // the last second of the year 9999
  const std::optional<double> now = request.params.number("now");
  if (!now || *now < 0 || *now > kLatest) {
    return bad_request("now: must be the seconds since 1970, at most to the year 9999");
  }
  parts_.set_time(Instant{std::chrono::milliseconds{std::llround(*now * 1000.0)}});
  return std::string("{}");
}

Result<std::string> Adapter::begin_login(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<std::string> url = target->first->client.begin_login(target->second);
  if (!url) return url.error();
  return JsonWriter().string("authorize_url", *url).str();
}

Result<std::string> Adapter::begin_device_login(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<DeviceGrant> grant = target->first->client.begin_device_login(target->second);
  if (!grant) return grant.error();
  JsonWriter out;
  out.string("user_code", grant->user_code).string("verification_uri", grant->verification_uri);
  return out.str();
}

Result<std::string> Adapter::callback(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<std::string> url = text_param(request.params, "url");
  if (!url) return url.error();
  return nothing(target->first->client.complete_login(target->second, "GET", *url));
}

// A request of the session's browser at the redirect URI, and the page that it is shown.
Result<std::string> Adapter::visit(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<std::string> method = text_param(request.params, "method");
  if (!method) return method.error();
  const Result<std::string> url = text_param(request.params, "url");
  if (!url) return url.error();
  const PageResponse page =
      answer_callback(target->first->client, target->second, {*method, *url}).response;
  JsonWriter headers;
  for (const auto& [name, value] : page.headers) headers.string(name, value);
  JsonWriter out;
  out.number("status", page.status).raw("headers", headers.str());
  return out.string("body", *method == "HEAD" ? "" : page.html).str();
}

Result<std::string> Adapter::call_api(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<std::string> method = text_param(request.params, "method");
  if (!method) return method.error();
  const Result<std::string> path = text_param(request.params, "path");
  if (!path) return path.error();
  std::optional<std::string> body;
  const JsonValue* const given = request.params.find("body");
  // A string is sent as it is, any other value as its JSON text.
  if (given != nullptr && given->kind != JsonValue::Kind::null) body = given->text;
  const Result<HttpResponse> response =
      target->first->client.call(target->second, *method, *path, std::move(body));
  if (!response) return response.error();
  return JsonWriter().number("status", response->status).string("body", response->body).str();
}

Result<std::string> Adapter::download(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<std::string> url = text_param(request.params, "url");
  if (!url) return url.error();
  const Result<int> status = target->first->client.download(target->second, *url);
  if (!status) return status.error();
  return JsonWriter().number("status", *status).str();
}

Result<std::string> Adapter::refresh(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<TokenRecord> fresh = target->first->client.refresh(target->second);
  if (!fresh) return fresh.error();
  return std::string("{}");
}

Result<std::string> Adapter::logout(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  return nothing(target->first->client.logout(target->second));
}

Result<std::string> Adapter::state(const Request& request) {
  const auto target = session_of(request);
  if (!target) return target.error();
  const Result<LoginState> state = target->first->client.state(target->second);
  if (!state) return state.error();
  return JsonWriter().string("state", name_of(*state)).str();
}

}  // namespace heygen::client
