// What a rule does to an answer: first its content is decided, then its fields, then how it leaves.
#include <array>
#include <cstddef>
#include <utility>

#include "mock_server/faults/barrier.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/natural.h"
#include "mock_server/faults/patch.h"
#include "mock_server/faults/refusal.h"
#include "mock_server/faults/tamper.h"

namespace heygen::mock {
namespace {

using wire::Delivery;
using wire::Request;
using wire::Response;

// Nobody's answer is lost when the rules never ran: what is cut off says that the server failed.
constexpr int kLostAnswerStatus = 503;
constexpr int kRedirectStatus = 307;  // keeps method and body: the redirect that tells most

// FaultStage::before says which these are.
bool replaces_route(const FaultAction& action) {
  if (action.stage != FaultStage::before) return false;
  if (action.status || action.oauth_error || action.echo_secrets || action.body ||
      action.malformed || action.location || action.endless_bytes > 0) {
    return true;
  }
  if (!action.connection) return false;
  switch (*action.connection) {
    case FaultConnection::reset:
    case FaultConnection::empty:
      return true;
    case FaultConnection::truncate:
      return action.patch.empty() && !tampers(action.redirect);
    case FaultConnection::close:
      return false;
  }
  return false;
}

bool is_redirect(int status) { return status >= 300 && status < 400; }

// One rule, one request, one answer.
class Spoiler {
 public:
  Spoiler(const Firing& firing, const Request& request, RandomSource& random)
      : firing_(firing), action_(firing.rule->action), request_(request), random_(random) {}

  Response from_nothing() {
    made_ = true;
    Response response = first_answer();
    spoil(response);
    return response;
  }

  void spoil(Response& response) {
    decide_error(response);
    decide_body(response);
    edit(response);
    decide_fields(response);
    decide_delivery(response);
  }

 private:
  // Before anything was decided, and for rules that make no answer of their own.
  [[nodiscard]] Response first_answer() const {
    if (makes_a_body()) {
      Response response = sample_answer(firing_.endpoint);
      if (!action_.malformed) response.body.clear();
      return response;
    }
    return natural_answer(firing_.endpoint, request_, firing_.path,
                          {kLostAnswerStatus, std::nullopt, std::nullopt});
  }

  void decide_error(Response& response) {
    if (action_.location) {
      replace(response, {});
      response.status = action_.status.value_or(kRedirectStatus);
      response.headers.set("Location", *action_.location);
    } else if (action_.oauth_error || action_.echo_secrets) {
      replace(response, refusal(firing_, request_, response));
    } else if (action_.status) {
      take_status(response, *action_.status);
    }
  }

  void take_status(Response& response, int status) {
    // A good answer that stays good, and a redirect that stays one, keep what they carry.
    const bool good = status < 300 && response.status < 300;
    const bool redirect = is_redirect(status) && is_redirect(response.status);
    if (made_ ? status < 300 && makes_a_body() : good || redirect) {
      response.status = status;
      return;
    }
    replace(response, natural_answer(firing_.endpoint, request_, firing_.path,
                                     {status, std::nullopt, action_.description}));
  }

  [[nodiscard]] bool makes_a_body() const {
    return action_.body || action_.malformed || action_.endless_bytes > 0;
  }

  void decide_body(Response& response) const {
    if (action_.body) {
      response.body = *action_.body;
      if (!response.headers.has("Content-Type")) {
        response.headers.set("Content-Type", "application/json");
      }
    }
    if (!action_.malformed) return;
    if (is_redirect(response.status) && !action_.status) {
      response.status = 200;  // nobody reads the body of a redirect
      response.headers.remove("Location");
    }
    switch (*action_.malformed) {
      case FaultBody::json:
        response.body = cut_json(response.body);
        response.headers.set("Content-Type", "application/json");
        break;
      case FaultBody::html:
        response.status = action_.status.value_or(200);
        response.body = unexpected_page();
        response.headers.set("Content-Type", "text/html; charset=utf-8");
        break;
      case FaultBody::empty_object:
        response.body = "{}";
        response.headers.set("Content-Type", "application/json");
        break;
    }
  }

  void edit(Response& response) const {
    if (!action_.patch.empty() && (made_ || response.status < 300)) {
      if (auto patched = patch_object(response.body, action_.patch)) {
        response.body = std::move(*patched);
      }
    }
    const std::string* const location = response.headers.find("Location");
    if (tampers(action_.redirect) && location != nullptr && is_redirect(response.status) &&
        is_authorization_response(*location)) {
      response.headers.set("Location", tamper(*location, action_.redirect));
    }
  }

  void decide_fields(Response& response) const {
    if (action_.content_type) response.headers.set("Content-Type", *action_.content_type);
    if (action_.retry_after) response.headers.set("Retry-After", *action_.retry_after);
    for (const auto& [name, value] : action_.headers) response.headers.set(name, value);
    response.headers.set("X-Mock-Fault", firing_.id);
  }

  void decide_delivery(Response& response) {
    auto& delivery = response.delivery;
    delivery.delay += action_.delay;
    if (action_.jitter.count() > 0) delivery.delay += draw(action_.jitter);
    if (action_.dribble) delivery.dribble = action_.dribble;
    if (action_.endless_bytes > 0) delivery.endless_bytes = action_.endless_bytes;
    if (!action_.connection) return;
    switch (*action_.connection) {
      case FaultConnection::reset:
        delivery.ending = Delivery::Ending::reset;
        break;
      case FaultConnection::close:
        delivery.ending = Delivery::Ending::close;
        break;
      case FaultConnection::empty:
        delivery.ending = Delivery::Ending::empty;
        break;
      case FaultConnection::truncate:
        delivery.ending = Delivery::Ending::truncated;
        // Of a redirect: nothing could be missing from no body.
        if (response.body.empty() && action_.endless_bytes == 0) {
          response.body = "This answer is cut off.\n";
        }
        break;
    }
  }

  // 0 to `most`, both included.
  [[nodiscard]] std::chrono::milliseconds draw(std::chrono::milliseconds most) const {
    std::array<std::byte, 8> bytes{};
    random_.fill(bytes);
    std::uint64_t number = 0;
    for (const std::byte byte : bytes) number = number << 8U | std::to_integer<std::uint64_t>(byte);
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(number % (static_cast<std::uint64_t>(most.count()) + 1))};
  }

  // The delivery is kept: a route may have delayed its answer for reasons of its own.
  void replace(Response& response, Response with) {
    made_ = true;
    with.delivery = response.delivery;
    response = std::move(with);
  }

  const Firing& firing_;
  const FaultAction& action_;
  const Request& request_;
  RandomSource& random_;
  bool made_ = false;  // the whole answer, or its content, is this rule's
};

}  // namespace

std::optional<Response> before(const Firing& firing, const Request& request, RandomSource& random) {
  const FaultAction& action = firing.rule->action;
  if (firing.barrier && action.stage == FaultStage::before) firing.barrier->arrive();
  if (!replaces_route(action)) return std::nullopt;
  return Spoiler{firing, request, random}.from_nothing();
}

void after(const Firing& firing, const Request& request, Response& response, RandomSource& random) {
  const FaultAction& action = firing.rule->action;
  if (replaces_route(action)) return;
  if (firing.barrier && action.stage == FaultStage::after_commit) firing.barrier->arrive();
  Spoiler{firing, request, random}.spoil(response);
}

}  // namespace heygen::mock
