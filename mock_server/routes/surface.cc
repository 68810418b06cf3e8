#include "mock_server/routes/surface.h"

#include <exception>

#include "mock_server/routes/encode.h"
#include "mock_server/routes/envelope.h"
#include "mock_server/routes/fixtures.h"
#include "mock_server/routes/page.h"
#include "mock_server/routes/params.h"
#include "mock_server/routes/table.h"

namespace heygen::mock {
namespace {

Answer options(std::string_view path) {
  Answer answer;
  answer.response.headers.add("Allow", allowed_methods(path));
  return answer;
}

Answer wrong_method(const Call& call, ErrorsPolicy errors) {
  const std::string_view path = call.request.path();
  Answer answer =
      refuse(make_error(ErrorId::method_not_allowed, "this path takes " + allowed_methods(path) +
                                                         ", not " + call.request.method),
             errors);
  answer.response.headers.add("Allow", allowed_methods(path));
  return answer;
}

Answer not_found(const Call& call) {
  const std::string near{nearest_path(call.request.path())};
  Answer answer;
  if (wants_html(call.request)) {
    View view;
    view.texts = {{"title", "There is nothing at this address"},
                  {"text", near.empty() ? "A login begins at /oauth/authorize."
                                        : "Did you mean " + near + "?"}};
    answer.response = page(404, "message.html", std::move(view));
  } else {
    answer.response = json_response(404, R"({"error":"not_found"})");
  }
  answer.outcome = "not_found";
  answer.why = near.empty() ? "no such path on the vendor's surface"
                            : "no such path; did you mean " + near + "?";
  return answer;
}

// An answer that no rule decided, in the endpoint's own format.
Answer fail(const Call& call, OAuthError error, ErrorsPolicy errors) {
  if (call.endpoint == Endpoint::authorize || call.endpoint == Endpoint::device) {
    return refuse_for_reader(call, std::move(error), errors);
  }
  if (call.endpoint != Endpoint::api) return refuse(std::move(error), errors);
  const ApiError kind = api_error_for(error.status);
  Answer answer;
  answer.response = api_error(call.request.path(), kind);
  answer.response.status = error.status;
  answer.outcome = to_string(kind);
  answer.why = std::move(error.why);
  return answer;
}

}  // namespace

struct Surface::Impl {
  Fixtures fixtures;
};

Surface::Surface(std::string_view fixtures_dir)
    : impl_(std::make_unique<Impl>(Impl{Fixtures{fixtures_dir}})) {}
Surface::~Surface() = default;

Call Surface::read(const wire::Request& request) const {
  Call call{request};
  const RouteMatch match = find_route(request.method, request.path(), request.headers.get("Host"));
  call.route = match.route;
  call.path_known = match.route != nullptr || match.sibling != nullptr;
  if (const Route* const route = match.route != nullptr ? match.route : match.sibling) {
    call.endpoint = route->endpoint;
  }
  if (const auto query = request.query(); !query.empty()) call.query = wire::parse_form(query);
  if (!request.body.empty() && request.body.size() <= kMaxForm && is_form(request)) {
    call.form = wire::parse_form(request.body);
  }
  const auto text = [](const wire::Form& form, std::string_view name) {
    return std::string{param(form, name).value_or("")};
  };
  if (call.endpoint == Endpoint::authorize) {
    call.client_id = text(request.method == "POST" ? call.form : call.query, "client_id");
  } else if (call.endpoint != Endpoint::api && call.endpoint != Endpoint::none) {
    read_basic(call);
    call.client_id = text(call.form, "client_id");
    if (call.client_id.empty() && call.basic) call.client_id = call.basic->first;
  }
  if (call.endpoint == Endpoint::token) {
    call.grant_type = text(call.form, "grant_type");
    if (call.grant_type == "refresh_token") call.endpoint = Endpoint::refresh;
  }
  return call;
}

Answer Surface::answer(const Call& call, const Visit& visit) const {
  const ErrorsPolicy errors = visit.context.policy.errors;
  try {
    if (call.route != nullptr) return call.route->handle(call, visit, impl_->fixtures);
    if (!call.path_known) return not_found(call);
    if (call.request.method == "OPTIONS") return options(call.request.path());
    return wrong_method(call, errors);
  } catch (const StoreUnavailable& problem) {
    return unavailable(call, problem.what(), errors);
  } catch (const std::exception& problem) {
    return fail(call, make_error(ErrorId::internal, problem.what()), errors);
  }
}

Answer Surface::unavailable(const Call& call, std::string_view what, ErrorsPolicy errors) const {
  return fail(call, make_error(ErrorId::unavailable, std::string{kStoreTrouble}.append(what)),
              errors);
}

Answer Surface::reject(const Call& call, int status, std::string_view reason) const {
  const ErrorId id = status == 413   ? ErrorId::request_too_large
                     : status == 503 ? ErrorId::unavailable
                                     : ErrorId::parameters_malformed;
  OAuthError error = make_error(id, std::string{reason}, reason);
  error.status = status;
  return fail(call, std::move(error), ErrorsPolicy::vendor);
}

}  // namespace heygen::mock
