#include "client_under_test/adapter/adapter.h"

#include <algorithm>
#include <utility>

#include "client_under_test/adapter/operations.h"

namespace heygen::client {
namespace {

// An identifier is given back as it came; only what JSON can tell apart for sure is one.
std::string id_of(const JsonObject& line) {
  const JsonValue* const id = line.find("id");
  if (id == nullptr) return "null";
  if (id->kind == JsonValue::Kind::string) return json_quote(id->text);
  return id->kind == JsonValue::Kind::number ? id->text : "null";
}

std::string to_line(std::string_view id, const Result<std::string>& result) {
  JsonWriter line;
  line.raw("id", id).boolean("ok", result.ok());
  if (result) {
    line.raw("result", *result);
  } else {
    JsonWriter error;
    error.string("kind", name_of(result.error().kind)).string("message", result.error().message);
    line.raw("error", error.str());
  }
  return line.str();
}

}  // namespace

Adapter::Adapter(AdapterParts parts, std::function<void(std::string_view)> write)
    : parts_(std::move(parts)), write_(std::move(write)) {}

Adapter::~Adapter() { stop(); }

void Adapter::stop() {
  if (const auto current = configured()) current->client.stop();
  workers_.stop();
}

std::shared_ptr<Adapter::Configured> Adapter::configured() {
  const std::lock_guard lock(mutex_);
  return configured_;
}

void Adapter::answer(std::string_view id, const Result<std::string>& result) {
  const std::string line = to_line(id, result);
  const std::lock_guard lock(write_mutex_);
  write_(line);
}

void Adapter::refuse(std::string_view why) { answer("null", bad_request(std::string(why))); }

void Adapter::handle(std::string_view text) {
  const std::optional<JsonObject> line = parse_json_object(text);
  if (!line) return refuse("each line must be one JSON object");
  Request request;
  request.id = id_of(*line);
  const std::optional<std::string> name = line->string("op");
  if (!name) return answer(request.id, bad_request("op: must be a string"));
  const Operation* const operation = find_operation(*name);
  if (operation == nullptr) {
    return answer(request.id,
                  Error{ErrorKind::unknown_op, "op: there is no operation of this name"});
  }
  if (const JsonValue* const params = line->find("params")) {
    std::optional<JsonObject> members = parse_json_object(params->text);
    if (params->kind != JsonValue::Kind::object || !members) {
      return answer(request.id, bad_request("params: must be an object"));
    }
    request.params = *std::move(members);
  }
  for (const auto& [member, value] : request.params.members) {
    if (std::ranges::find(operation->params, member) == operation->params.end()) {
      return answer(request.id, bad_request("params: \"" + member + "\" is not known to " + *name));
    }
  }
  if (!operation->may_wait) return run(*operation, request);
  workers_.submit([this, operation, request = std::move(request)] { run(*operation, request); });
}

void Adapter::run(const Operation& operation, const Request& request) {
  Result<std::string> result = Error{};
  try {
    result = (this->*operation.handler)(request);
  } catch (const std::exception&) {
    // The text of an exception may quote what it stumbled over.
    result = Error{ErrorKind::internal, "a defect of this program"};
  }
  answer(request.id, result);
}

}  // namespace heygen::client
