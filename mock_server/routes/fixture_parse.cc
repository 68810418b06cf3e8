#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"
#include "mock_server/routes/fixtures.h"

namespace heygen::mock {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::array<std::string_view, 9> kPlain{"user.id",        "user.email", "user.first_name",
                                                 "user.last_name", "now",        "now.date",
                                                 "now.epoch",      "id",         "job.new"};

// The names in braces of a path.
bool has_segment(std::string_view path, std::string_view name) {
  return path.find("/{" + std::string{name} + "}") != std::string_view::npos;
}

class Parser {
 public:
  // The same text twice: once as the rules of notation want it, once with the members in order.
  explicit Parser(std::string_view text)
      : strict_(parse_json(text)), ordered_(ordered_json::parse(text)) {}

  Fixture parse() {
    JsonObject in{strict_};
    const auto method = in.choice("method", {"GET", "POST", "PUT", "PATCH", "DELETE"});
    if (!method) in.refuse("method", "name the method, such as \"GET\"");
    fixture_.method = strict_["method"].get<std::string>();
    fixture_.path = in.text("path").value_or("");
    check_path(in);
    if (const auto auth = in.choice("auth", {"bearer", "api_key"}))
      fixture_.by_api_key = *auth == 1;
    read_headers(in);
    if (int{in.has("job")} + int{in.has("body")} + int{in.has("action")} != 1) {
      in.refuse("body", "give one of \"body\", \"job\" and \"action\"");
    }
    if (const auto action = in.choice("action", {"webhook.add", "webhook.list", "webhook.update",
                                                 "webhook.delete", "webhook.rotate-secret"})) {
      fixture_.action = static_cast<FixtureAction>(*action);
    }
    fixture_.answer = answer(in, ordered_, "");
    if (auto job = in.object("job")) read_job(*job, ordered_["job"]);
    if (auto event = in.object("event")) read_event(in, *event, ordered_["event"]);
    in.finish();
    return std::move(fixture_);
  }

 private:
  void check_path(const JsonObject& in) const {
    const std::string_view path = fixture_.path;
    const bool family =
        path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/v3/");
    if (!family || path.starts_with("/v1/oauth/") || path.find_first_of("?#% ") != path.npos) {
      in.refuse("path", "write a path of the API such as \"/v3/videos/{video_id}\"");
    }
  }

  void read_headers(JsonObject& in) {
    if (!in.object("headers")) return;
    for (const auto& [name, value] : ordered_["headers"].items()) {
      const bool clean =
          value.is_string() && !name.empty() &&
          std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; }) &&
          std::ranges::all_of(value.get_ref<const std::string&>(),
                              [](char c) { return c >= ' ' && c != '\x7f'; });
      if (!clean) in.refuse("headers." + name, "write a header field as a string on one line");
      fixture_.headers.emplace_back(name, value.get<std::string>());
    }
  }

  FixtureAnswer answer(JsonObject& in, const ordered_json& ordered, const std::string& path) {
    FixtureAnswer out;
    out.status = static_cast<int>(in.integer("status", 200, 599).value_or(200));
    in.member("body");
    if (ordered.contains("body")) out.body = body(ordered["body"], path + "body");
    return out;
  }

  FixtureBody body(const ordered_json& value, const std::string& path) {
    return {value, path, [this](std::string_view name) {
              if (name.starts_with("query.")) return name.size() > 6;
              if (name.starts_with("body.")) return name.size() > 5;
              if (name.starts_with("path.")) return has_segment(fixture_.path, name.substr(5));
              if (in_job_ && (name == "job.id" || name == "job.created.epoch")) return true;
              if (in_event_ && name == "job.id") return true;
              return std::ranges::find(kPlain, name) != kPlain.end();
            }};
  }

  void read_job(JsonObject& in, const ordered_json& ordered) {
    FixtureJob job;
    if (!in.text("id")) in.refuse("id", "name the job, such as \"{{query.video_id}}\"");
    job.id = body(ordered["id"], "job.id");
    in_job_ = true;
    job.states = read_states(in, ordered, "states");
    if (job.states.empty()) in.refuse("states", "give at least one state");
    job.failed = read_states(in, ordered, "failed");
    auto unknown = in.object("unknown");
    if (!unknown) in.refuse("unknown", "say what an unknown id is answered with");
    job.unknown = answer(*unknown, ordered["unknown"], "job.unknown.");
    unknown->finish();
    in.finish();
    fixture_.job = std::move(job);
  }

  std::vector<FixtureJob::State> read_states(JsonObject& in, const ordered_json& ordered,
                                             const std::string& key) {
    std::vector<FixtureJob::State> states;
    std::size_t index = 0;
    in.each(key, [&](const json& item, const std::string& path) {
      JsonObject state{item, path};
      FixtureJob::State out;
      out.after = state.duration("after").value_or(std::chrono::milliseconds{0});
      out.answer = answer(state, ordered[key][index++], path + ".");
      state.finish();
      states.push_back(std::move(out));
    });
    if (!std::ranges::is_sorted(states, {}, &FixtureJob::State::after)) {
      in.refuse(key, "put the states in the order of their \"after\"");
    }
    return states;
  }

  void read_event(const JsonObject& outer, JsonObject& in, const ordered_json& ordered) {
    if (!outer.has("body")) outer.refuse("event", "an event goes with a \"body\"");
    in_event_ = true;
    FixtureEvent event;
    event.after = in.duration("after").value_or(std::chrono::milliseconds{0});
    for (const auto& [key, end] : {std::pair{"complete", &event.complete}, {"fail", &event.fail}}) {
      auto object = in.object(key);
      if (!object) in.refuse(key, "say what endpoints are told: {\"type\": …, \"data\": …}");
      end->type = object->text("type").value_or("");
      if (end->type.empty()) object->refuse("type", "name the event: \"avatar_video.success\"");
      if (object->member("data") == nullptr) object->refuse("data", "give the event's data");
      end->data = body(ordered[key]["data"], object->path_of("data"));
      object->finish();
    }
    in.finish();
    fixture_.event = std::move(event);
  }

  const json strict_;
  const ordered_json ordered_;
  Fixture fixture_;
  bool in_job_ = false;
  bool in_event_ = false;
};

}  // namespace

Fixture parse_fixture(std::string_view text) { return Parser{text}.parse(); }

}  // namespace heygen::mock
