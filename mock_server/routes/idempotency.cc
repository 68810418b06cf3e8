#include "mock_server/routes/idempotency.h"

#include <algorithm>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/api_answer.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kField = "Idempotency-Key";
constexpr std::chrono::hours kKept{24};
constexpr std::chrono::seconds kLease{60};  // none of our answers takes as long
constexpr std::size_t kLongestKey = 255;
constexpr std::size_t kMostKept = std::size_t{256} * 1024;  // bytes of an answer

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kLongestKey && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':' || c == '.';
  });
}

// Frees the key unless an answer was kept, whatever is thrown in between.
class Begun {
 public:
  Begun(Store& store, std::string key, TimePoint until)
      : store_(store), key_(std::move(key)), until_(until) {}
  Begun(const Begun&) = delete;
  Begun& operator=(const Begun&) = delete;
  ~Begun() {
    if (ended_) return;
    try {
      store_.end_call(key_, std::nullopt, until_);
    } catch (const StoreUnavailable&) {
      ended_ = true;  // the key is free after its lease
    }
  }
  void end(KeptAnswer answer) {
    store_.end_call(key_, std::move(answer), until_);
    ended_ = true;
  }

 private:
  Store& store_;
  const std::string key_;
  const TimePoint until_;
  bool ended_ = false;
};

Answer decide_and_keep(const Context& context, std::string key,
                       const std::function<Answer()>& decide) {
  Begun begun{context.store, std::move(key), saturating_add(context.now, kKept)};
  Answer answer = decide();
  const wire::Response& response = answer.response;
  if (response.status < 500 && response.body.size() <= kMostKept) {
    begun.end({response.status, {response.headers.begin(), response.headers.end()}, response.body});
  }
  return answer;
}

Answer repeat(const CallAnswered& kept, TimePoint now) {
  Answer answer;
  answer.response.status = kept.answer.status;
  for (const auto& [name, value] : kept.answer.headers) answer.response.headers.add(name, value);
  answer.response.body = kept.answer.body;
  const auto ago = std::chrono::floor<std::chrono::seconds>(now - kept.begun);
  answer.why = "the answer that this Idempotency-Key got " + std::to_string(ago.count()) +
               "s ago, again; nothing was done";
  if (kept.answer.status >= 400) answer.outcome = to_string(api_error_for(kept.answer.status));
  return answer;
}

}  // namespace

Answer answer_once(const Call& call, const Visit& visit, const User& account,
                   const std::function<Answer()>& decide) {
  const wire::Request& request = call.request;
  if (!request.headers.has(kField)) return decide();
  const std::string given{request.headers.get(kField)};
  if (request.headers.count(kField) > 1 || !is_key(given)) {
    return api_failure(
        call, ApiError::invalid_parameter,
        "the Idempotency-Key field is sent once, with 1 to 255 of A-Z a-z 0-9 _ - : .",
        "Idempotency-Key must be 1 to 255 of A-Z a-z 0-9 _ - : .");
  }
  const Context& context = visit.context;
  const std::string key = account.id + "\n" + given;
  const std::string digest = hex(sha256(request.target + "\n" + request.body));
  const CallOutcome outcome = context.store.begin_call(key, digest, kLease, context.now);
  if (const auto* const kept = std::get_if<CallAnswered>(&outcome)) {
    return repeat(*kept, context.now);
  }
  if (std::holds_alternative<CallInProgress>(outcome)) {
    return api_failure(call, ApiError::in_progress,
                       "a request with this Idempotency-Key is under way and has no answer yet");
  }
  if (std::holds_alternative<CallDiffers>(outcome)) {
    return api_failure(
        call, ApiError::key_reused,
        "this Idempotency-Key came with another path or body less than 24 hours ago");
  }
  return decide_and_keep(context, key, decide);
}

}  // namespace heygen::mock
