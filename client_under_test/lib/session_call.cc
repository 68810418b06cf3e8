// Session: calling the API with a token that is good.
#include "client_under_test/lib/session.h"

namespace heygen::client {

Result<HttpResponse> Session::call(const ApiCall& call) {
  Result<HttpResponse> response = call_with_retry(call);
  seams_.refresh.after_call();
  return response;
}

Result<TokenRecord> Session::refresh_if_due(TokenRecord record) {
  const Instant now = services_.clock.now();
  for (int refreshes = 0; seams_.refresh.before_call(record, now, refreshes); ++refreshes) {
    Result<TokenRecord> fresh = refresh_from(record);
    if (!fresh) {
      const bool usable = fresh.error().kind != ErrorKind::login_required &&
                          seams_.refresh.old_will_do(record, now);
      if (!usable) return fresh;
      return record;
    }
    record = *std::move(fresh);
  }
  if (!record.refresh_token && is_expired(record, now)) {
    return drop(record, "the access token has expired and there is no refresh token: log in again");
  }
  return record;
}

Result<HttpResponse> Session::call_with_retry(const ApiCall& call) {
  const std::optional<TokenRecord> known = current();
  if (!known) return Error{ErrorKind::login_required, "not logged in"};
  Result<TokenRecord> record = call.with_token ? refresh_if_due(*known) : *known;
  if (!record) return record.error();
  for (int retries = 0;; ++retries) {
    HttpRequest request = seams_.api.build(call, record->access_token);
    request.cancel = stop_;
    Result<HttpResponse> response =
        send_api_request(services_.transport, std::move(request), seams_.api);
    if (!response) return response;
    log(LogLevel::info, "API answered " + std::to_string(response->status));
    const bool again =
        call.with_token && seams_.refresh.after_answer(seams_.api.status_of(*response), retries);
    if (!again) return response;
    if (!record->refresh_token) {
      return drop(*record,
                  "the API refused the access token and there is no refresh token: log in again");
    }
    record = refresh_from(*record);
    if (!record) return record.error();
  }
}

}  // namespace heygen::client
