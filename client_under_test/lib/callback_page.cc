#include "client_under_test/lib/callback_page.h"

#include "client_under_test/lib/callback_params.h"

namespace heygen::client {

PageResponse page_response(const Client& client, int status, const Page& content) {
  const PageRules& rules = client.seams().pages;
  return {status, rules.render(content), false, rules.headers()};
}

CallbackPage answer_callback(Client& client, std::string_view session, const PageRequest& request) {
  const auto page = [&](int status, const Page& content) {
    return page_response(client, status, content);
  };
  if (path_of(request.target) != path_of(client.config().redirect_uri)) {
    return {page(404, {false, "Not found", "There is nothing here but the end of a login."}), {}};
  }
  if (!client.seams().pages.ends_login(request.method)) {
    return {page(405, {false, "Method not allowed", "A login ends with a GET request."}), {}};
  }
  const Result<void> done = client.complete_login(session, "GET", request.target);
  if (done) return {page(200, {true, "You are logged in", "You can close this window."}), done};
  CallbackPage refusal{page(400, {false, "The login failed", done.error().message}), {}};
  if (!client.awaits_callback(session)) refusal.ended = done;
  return refusal;
}

}  // namespace heygen::client
