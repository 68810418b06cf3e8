// The dashboard: files of fixtures/pages/ui/, which call this API like any other client.
#include <algorithm>
#include <array>
#include <utility>

#include "mock_server/control/embedded.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"

namespace heygen::mock::control {
namespace {

// Scripts and styles from this origin alone, none inside a page; nothing that turns text into
// markup; no framing, so that no other page can have its buttons clicked.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'";

std::string_view type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
  }};
  const auto* const type =
      std::ranges::find_if(kTypes, [&](const auto& t) { return name.ends_with(t.first); });
  return type == kTypes.end() ? "application/octet-stream" : type->second;
}

wire::Response ui_file(std::string_view name) {
  const auto files = embedded_ui();
  const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
  if (file == files.end()) return to_response({404, "the dashboard has no such file", "id"});
  wire::Response response;
  response.headers = {{"Content-Type", std::string{type_of(name)}},
                      {"Content-Security-Policy", std::string{kPolicy}},
                      {"X-Content-Type-Options", "nosniff"},
                      {"X-Frame-Options", "DENY"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      // Another version may serve at this address the next minute.
                      {"Cache-Control", "no-cache"}};
  response.body = file->text;
  return response;
}

}  // namespace

wire::Response redirect_to_ui(const Call& call) {
  wire::Response response;
  response.status = 308;
  response.headers = {{"Location", std::string{call.base} + "/_mock/ui/"}};
  return response;
}

wire::Response get_ui(const Call&) { return ui_file("index.html"); }
wire::Response get_ui_file(const Call& call) { return ui_file(call.id); }

}  // namespace heygen::mock::control
