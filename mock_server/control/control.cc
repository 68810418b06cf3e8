#include "mock_server/control/control.h"

#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/control/guard.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/control/table.h"
#include "mock_server/core/store.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace control {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A path's segment, RFC 3986 §2.1.
std::string decode_segment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(text[i + 2]);
    if (low < 0) throw BadInput{"", "the path has a bad percent-escape"};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

nlohmann::json read_body(const wire::Request& request, const Route& route) {
  auto body = request.body.empty() ? nlohmann::json::object() : parse_json(request.body);
  if (route.body == Body::none && !body.empty()) throw BadInput{"", "this call takes no body"};
  return body;
}

// Of N processes that change a sandbox at once one succeeds each time.
constexpr int kMostTries = 100;

wire::Response no_such_path(std::string_view path) {
  return to_response({404, "no such call; there are, below /_mock/: " + nearest_patterns(path)});
}

wire::Response wrong_method(const wire::Request& request, std::string allowed) {
  allowed += ", OPTIONS";
  if (request.method == "OPTIONS") {  // RFC 9110 §9.3.7; never with CORS: no page may call
    wire::Response response = no_content();
    response.headers.add("Allow", std::move(allowed));
    return response;
  }
  Problem problem{405, "this path takes " + allowed};
  problem.headers.add("Allow", std::move(allowed));  // RFC 9110 §15.5.6
  return to_response(problem);
}

wire::Response no_sandbox(std::string_view name) {
  if (!is_sandbox_name(name)) {
    return to_response({404, "there can be no such sandbox: a name is [a-z0-9-]{1,64}"});
  }
  return to_response({409, "there are " + std::to_string(Registry::kMostSandboxes) +
                               " sandboxes, and no more: DELETE /_mock/sandboxes/NAME"});
}

}  // namespace
}  // namespace control

using namespace control;

struct Control::Impl {
  Registry& registry;
  const ControlOptions options;
  std::mutex changing;

  wire::Response answer(const wire::Request& request, std::string_view name, std::string_view path,
                        std::string_view base) {
    if (path.starts_with('/')) path.remove_prefix(1);
    const Match found = match(request.method, path);
    // A probe has no token, nor has a link to the dashboard; and what these say is no secret.
    const bool open = found.route != nullptr &&
                      (found.route->pattern == "health" || found.route->pattern.starts_with("ui"));
    if (!open) {
      if (const auto problem = check_caller(request, options)) return to_response(*problem);
    }
    if (found.allowed.empty()) return no_such_path(path);
    if (found.route == nullptr) return wrong_method(request, found.allowed);
    if (const auto problem = check_content_type(request)) return to_response(*problem);
    if (request.body.size() > kLargestBody) {
      return to_response(
          {413, "the body has more than " + std::to_string(kLargestBody) + " bytes"});
    }
    return run(request, *found.route, found.id, name, base);
  }

  wire::Response run(const wire::Request& request, const Route& route, std::string_view id,
                     std::string_view name, std::string_view base) {
    const Query query{request.query(), route.parameters};
    const nlohmann::json body = read_body(request, route);
    std::string decoded = decode_segment(id);
    std::shared_ptr<Sandbox> sandbox;
    if (route.about == About::sandbox) {
      sandbox = registry.find_or_create(name);
      if (!sandbox) return no_sandbox(name);
    }
    const Call call{request, query,   body,    std::move(decoded), registry, sandbox, name,
                    base,    options, changing};
    const bool changes = request.method != "GET" && request.method != "HEAD";
    for (int tries = 1;; ++tries) {
      try {
        const auto still =
            sandbox && changes ? sandbox->stand_still() : std::unique_lock<std::mutex>{};
        return route.handle(call);
      } catch (const StoreBehind&) {  // another process was first, and nothing was changed
        if (!sandbox || tries == kMostTries) throw;
      }
      sandbox->catch_up();
    }
  }
};

Control::Control(Registry& registry, ControlOptions options)
    : impl_(new Impl{registry, std::move(options), {}}) {}
Control::~Control() = default;

wire::Response Control::answer(const wire::Request& request, std::string_view sandbox,
                               std::string_view path, std::string_view base) {
  try {
    return impl_->answer(request, sandbox, path, base);
  } catch (const BadInput& bad) {
    return to_response({400, bad.what(), bad.key()});
  } catch (const StoreUnavailable& problem) {
    if (const auto& log = impl_->options.log) {
      log("a control call: " + std::string{kStoreTrouble}.append(problem.what()));
    }
    return to_response({503, "the store cannot be reached; try again"});
  } catch (const std::exception&) {
    // What it says may hold a secret.
    return to_response({500, "this call failed inside the server; nothing is known of why"});
  }
}

}  // namespace heygen::mock
