#include "mock_server/routes/fixture_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"
#include "mock_server/notation/json_quote.h"

namespace heygen::mock {
namespace {

using nlohmann::ordered_json;

// What json_quote puts between the quotes.
std::string escaped(std::string_view text) {
  const std::string quoted = json_quote(text);
  return quoted.substr(1, quoted.size() - 2);
}

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         (text.size() == 1 || text.front() != '0');
}

}  // namespace

FixtureBody::FixtureBody(const ordered_json& body, const std::string& path,
                         const std::function<bool(std::string_view)>& known) {
  compile(body, path, known);
}

void FixtureBody::add_text(std::string_view text) {
  if (pieces_.empty() || pieces_.back().kind != Piece::Kind::text) pieces_.emplace_back();
  pieces_.back().text.append(text);
}

void FixtureBody::compile(const ordered_json& value, const std::string& path,
                          const std::function<bool(std::string_view)>& known) {
  if (value.is_string()) {
    compile_string(value.get_ref<const std::string&>(), path, known);
    return;
  }
  if (!value.is_structured()) {
    add_text(value.dump());
    return;
  }
  const bool is_object = value.is_object();
  add_text(is_object ? "{" : "[");
  std::size_t index = 0;
  for (const auto& item : value.items()) {
    if (index != 0) add_text(",");
    if (is_object) add_text(json_quote(item.key()) + ":");
    compile(item.value(),
            is_object ? path + "." + item.key() : path + "[" + std::to_string(index) + "]", known);
    ++index;
  }
  add_text(is_object ? "}" : "]");
}

void FixtureBody::compile_string(std::string_view text, const std::string& path,
                                 const std::function<bool(std::string_view)>& known) {
  const bool whole = text.starts_with("{{") && text.find("}}") == text.size() - 2;
  if (!whole) add_text("\"");
  while (!text.empty()) {
    const auto open = std::min(text.find("{{"), text.size());
    if (!whole) add_text(escaped(text.substr(0, open)));
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find("}}");
    if (close == std::string_view::npos) throw BadInput{path, "close the {{ with a }}"};
    const auto name = text.substr(2, close - 2);
    if (!known(name)) {
      throw BadInput{path, "unknown placeholder {{" + std::string{name} +
                               "}}: one of user.id, user.email, user.first_name, user.last_name, "
                               "now, now.epoch, now.date, id, job.new, job.id, job.created.epoch, "
                               "path.NAME, query.NAME, body.NAME"};
    }
    const auto alone = name.starts_with("body.") ? Piece::Kind::whole_text : Piece::Kind::whole;
    pieces_.push_back({whole ? alone : Piece::Kind::in_string, std::string{name}});
    text.remove_prefix(close + 2);
  }
  if (!whole) add_text("\"");
}

std::string FixtureBody::fill(const Lookup& value_of) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    if (piece.kind == Piece::Kind::text) {
      out += piece.text;
      continue;
    }
    const auto value = value_of(piece.text);
    if (piece.kind == Piece::Kind::in_string) {
      out += escaped(value.value_or(""));
    } else if (!value) {
      out += "null";
    } else {
      const bool number = piece.kind == Piece::Kind::whole && is_whole_number(*value);
      out += number ? *value : json_quote(*value);
    }
  }
  return out;
}

}  // namespace heygen::mock
