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
    if (in.has("job") == in.has("body")) in.refuse("body", "give one of \"body\" and \"job\"");
    fixture_.answer = answer(in, ordered_, "");
    if (auto job = in.object("job")) read_job(*job, ordered_["job"]);
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
              if (name.starts_with("path.")) return has_segment(fixture_.path, name.substr(5));
              if (in_job_ && (name == "job.id" || name == "job.created.epoch")) return true;
              return std::ranges::find(kPlain, name) != kPlain.end();
            }};
  }

  void read_job(JsonObject& in, const ordered_json& ordered) {
    FixtureJob job;
    if (!in.text("id")) in.refuse("id", "name the job, such as \"{{query.video_id}}\"");
    job.id = body(ordered["id"], "job.id");
    in_job_ = true;
    std::size_t index = 0;
    in.each("states", [&](const json& item, const std::string& path) {
      JsonObject state{item, path};
      FixtureJob::State out;
      out.after = state.duration("after").value_or(std::chrono::milliseconds{0});
      out.answer = answer(state, ordered["states"][index++], path + ".");
      state.finish();
      job.states.push_back(std::move(out));
    });
    if (job.states.empty()) in.refuse("states", "give at least one state");
    if (!std::ranges::is_sorted(job.states, {}, &FixtureJob::State::after)) {
      in.refuse("states", "put the states in the order of their \"after\"");
    }
    auto unknown = in.object("unknown");
    if (!unknown) in.refuse("unknown", "say what an unknown id is answered with");
    job.unknown = answer(*unknown, ordered["unknown"], "job.unknown.");
    unknown->finish();
    in.finish();
    fixture_.job = std::move(job);
  }

  const json strict_;
  const ordered_json ordered_;
  Fixture fixture_;
  bool in_job_ = false;
};

}  // namespace

Fixture parse_fixture(std::string_view text) { return Parser{text}.parse(); }

}  // namespace heygen::mock
