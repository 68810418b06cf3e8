#include "conformance/server/trial.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/os_random.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using std::chrono::steady_clock;

// A check of many exchanges, none of which is answered, must end as well.
constexpr int kTimeoutsPerCheck = 6;

std::string sandbox_name(std::string_view prefix, std::string_view id) {
  constexpr std::size_t kLongest = 64;
  std::string name = std::string(prefix) + std::string(id);
  std::ranges::replace(name, '.', '-');
  if (name.size() <= kLongest) return name;
  const std::string digest = mock::fingerprint(name).substr(3);  // after "fp-"
  return name.substr(0, kLongest - digest.size()) + digest;
}

}  // namespace

std::string challenge_of(std::string_view verifier) {
  return client::base64url(client::sha256(verifier));
}

ServerTrial::ServerTrial(const Check& check, const ServerStage& stage)
    : check_(check),
      stage_(stage),
      name_(sandbox_name(stage.prefix, check.id)),
      options_{stage.timeout, stage.target.ca_file, false, stage.stop},
      deadline_(steady_clock::now() + stage.timeout * kTimeoutsPerCheck),
      target_(stage.target),
      capabilities_(stage.target.capabilities()),
      consent_(stage.target.consent),
      http_(options_),
      browser_({stage.timeout, stage.target.ca_file, true, stage.stop}) {
  if (!target_.control_url.empty()) {
    target_ = in_sandbox(target_, name_);
    consent_ = Consent::automatic;
    control_ = std::make_unique<Control>(http_, target_.control_url, target_.control_token);
  }
}

ServerTrial::~ServerTrial() {
  if (control_) {
    // Also after a stop, which ends what is sent by http_.
    Http http({stage_.timeout, stage_.target.ca_file});
    Control root(http, stage_.target.control_url, target_.control_token);
    (void)root.remove_sandbox(name_);
  }
}

void ServerTrial::make_world() {
  if (control_) {
    const std::string redirect = "http://127.0.0.1:53682/oauth/callback";
    target_.client = {"conformance-client", redirect, std::nullopt};
    target_.second = {"conformance-second", redirect, std::nullopt};
    target_.confidential = {"conformance-confidential", redirect, random(32)};
    Control root(http_, stage_.target.control_url, target_.control_token);
    must(root.make_sandbox(name_, {target_.client, *target_.second, *target_.confidential},
                           stage_.seed));
  }
  for (const auto& client : {std::optional(target_.client), target_.second, target_.confidential}) {
    if (client && client->secret) add_secret(SecretKind::client_secret, *client->secret);
  }
}

std::string ServerTrial::random(std::size_t length) const {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text(length, ' ');
  client::OsRandom().fill(std::as_writable_bytes(std::span(text)));
  for (char& c : text) c = kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  return text;
}

// --- the control API ---

void ServerTrial::must(const std::string& error) {
  if (!error.empty()) give_up(error);
}

ServerClient ServerTrial::register_client(std::string_view id,
                                          const std::vector<std::string>& redirect_uris,
                                          std::optional<std::string> secret) {
  const ServerClient client{std::string(id), redirect_uris.front(), std::move(secret)};
  must(control_->put_client(client, redirect_uris));
  return client;
}

void ServerTrial::policy(std::string_view name,
                         const std::variant<std::string, std::int64_t>& value) {
  must(control_->policy(name, value));
}

void ServerTrial::freeze() { must(control_->freeze()); }
void ServerTrial::advance(std::chrono::seconds span) { must(control_->advance(span)); }
void ServerTrial::lose_next_refresh() { must(control_->lose_next_refresh()); }

void ServerTrial::ask_users() {
  if (!control_) return;
  must(control_->approve("ask"));
  consent_ = Consent::form;
}

void ServerTrial::deny_all() {
  if (!control_) return;
  must(control_->approve("deny"));
  consent_ = Consent::automatic;
}

void ServerTrial::approve_all() {
  if (!control_) return;
  must(control_->approve("auto"));
  consent_ = Consent::automatic;
}

std::size_t ServerTrial::count_tokens(std::string_view kind, std::string_view status) {
  const auto count = control_->count_tokens(kind, status);
  if (!count) give_up(count.failure().message);
  return *count;
}

// --- the verdict ---

void ServerTrial::require(bool holds, std::string_view what) {
  if (!holds) give_up(std::string(what));
}

bool ServerTrial::still_works() {
  try {
    (void)login();
    return true;
  } catch (const Ended&) {
    return false;
  }
}

void ServerTrial::give_up(std::string why) const { throw Ended{inconclusive(std::move(why))}; }
void ServerTrial::pass_over(std::string why) const { throw Ended{not_applicable(std::move(why))}; }

void ServerTrial::check_still_wanted() const {
  if (stage_.stop.stop_requested()) give_up("interrupted");
  if (steady_clock::now() > deadline_) give_up("the check took too long");
}

Verdict ServerTrial::judge() {
  Verdict verdict;
  try {
    make_world();
    if (!check_.unframed) (void)login();
    verdict = check_.run_server(*this);
    if (verdict.result == Result::pass && !check_.unframed) {
      approve_all();
      (void)login();
    }
  } catch (Ended& ended) {
    verdict = std::move(ended.verdict);
  } catch (const std::exception& defect) {
    verdict = {Result::error, std::string("the suite failed: ") + defect.what()};
  }
  if (stage_.stop.stop_requested()) return inconclusive("interrupted");
  // A SHOULD that does not hold is a warning (contract, §4).
  if (verdict.result == Result::fail && check_.level != Level::must) verdict.result = Result::warn;
  verdict.message = secrets_.scrub(verdict.message);
  return verdict;
}

std::vector<Step> ServerTrial::exchange() const {
  std::vector<Step> shown;
  for (const Step& step : steps_) shown.push_back(scrubbed(step, secrets_));
  return collapsed(shown);
}

}  // namespace heygen::conformance
