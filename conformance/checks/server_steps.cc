#include "conformance/checks/server_steps.h"

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/form.h"
#include "conformance/url.h"

namespace heygen::conformance {

HttpRequest form_request(const std::string& url, const Params& form, std::string method) {
  return {std::move(method),
          url,
          {{"Content-Type", "application/x-www-form-urlencoded"}},
          form.encoded()};
}

std::vector<std::string> refresh_urls(const ServerTrial& trial) {
  const ServerTarget& target = trial.target();
  std::vector<std::string> urls{target.token_url};
  if (!target.refresh_url.empty() && target.refresh_url != target.token_url) {
    urls.push_back(target.refresh_url);
  }
  return urls;
}

Verdict for_each_refresh_url(ServerTrial& trial,
                             const std::function<Verdict(const std::string& url)>& judge) {
  std::vector<Verdict> verdicts;
  for (const std::string& url : refresh_urls(trial)) {
    Verdict verdict = judge(url);
    const bool sound = verdict.result == Result::pass;
    if (!sound && url != trial.target().token_url) {
      verdict.message += " (at the refresh endpoint)";
    }
    if (verdict.result == Result::fail) return verdict;
    verdicts.push_back(std::move(verdict));
  }
  return worst_of(std::move(verdicts));
}

std::vector<ServerClient> clients_of(const ServerTrial& trial) {
  std::vector<ServerClient> clients{trial.client()};
  if (const auto& confidential = trial.target().confidential) clients.push_back(*confidential);
  return clients;
}

mock::wire::Headers basic_of(std::string_view id, std::string_view secret) {
  return {{"Authorization", "Basic " + client::base64(client::percent_encode(id) + ":" +
                                                      client::percent_encode(secret))}};
}

std::vector<std::string> almost(const std::string& value) {
  std::vector<std::string> others{value + "x", value.substr(0, value.size() - 1)};
  if (std::string other = swap_case(value); other != value) others.push_back(std::move(other));
  return others;
}

}  // namespace heygen::conformance
