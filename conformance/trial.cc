#include "conformance/trial.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using std::chrono::steady_clock;

// A check of many operations, none of which is answered, must end as well.
constexpr int kTimeoutsPerCheck = 6;

std::string slug(std::string_view prefix, std::string_view id) {
  constexpr std::size_t kLongest = 64;
  std::string name = std::string(prefix) + std::string(id);
  std::ranges::replace(name, '.', '-');
  if (name.size() <= kLongest) return name;
  const std::string digest = mock::fingerprint(name).substr(3);  // after "fp-"
  return name.substr(0, kLongest - digest.size()) + digest;
}

// For a subject that chooses its redirect URI itself, when it has a free port (RFC 8252 §7.3).
void allow_any_loopback(mock::Client& client) {
  for (const char* any : {"http://127.0.0.1/*", "http://localhost/*", "http://[::1]/*"}) {
    client.redirect_uris.emplace_back(any);
  }
  // With a secret it would have to be the very URI that is registered.
  if (client.secret) client.policies.emplace_back("redirect", "prefix");
}

std::shared_ptr<mock::Sandbox> make_sandbox(const Stage& stage, const std::string& name) {
  mock::SandboxBlueprint blueprint;
  blueprint.clients.clear();
  blueprint.seed = stage.seed;
  auto sandbox = stage.server.sandboxes().create(name, blueprint);
  if (!sandbox) throw std::runtime_error("the mock has no room for a sandbox named " + name);
  return sandbox;
}

}  // namespace

std::string Begun::param(std::string_view name) const {
  const auto query = query_of(authorize_url);
  const std::string* const value = query.find(name);
  return value == nullptr ? std::string() : *value;
}

Trial::Trial(const Check& check, const Stage& stage, Subject& subject)
    : check_(check),
      stage_(stage),
      subject_(subject),
      name_(slug(stage.prefix, check.id)),
      sandbox_name_(stage.world ? stage.world->sandbox : name_),
      sandbox_(make_sandbox(stage, sandbox_name_)),
      store_dir_(stage.scratch / name_),
      log_start_(subject.log_size()),
      deadline_(steady_clock::now() + stage.timeout * kTimeoutsPerCheck) {
  if (stage.world) setup_ = stage.world->setup;
  register_client();
}

Trial::~Trial() {
  second_.reset();
  // The next check finds the subject's clock where the mock's will be.
  if (clock_moved_ && !subject_.trouble()) (void)subject_.set_time(sandbox_->wall().now()).wait();
  subject_.set_timeout(stage_.timeout);
  stage_.server.sandboxes().remove(sandbox_name_);
  std::error_code ignored;
  std::filesystem::remove_all(store_dir_, ignored);
}

std::string Trial::base_url() const {
  if (!stage_.world) return stage_.server.url(sandbox_name_);
  const std::string& origin = stage_.world->origin;
  return sandbox_name_ == mock::kDefaultSandbox ? origin : origin + "/s/" + sandbox_name_;
}

mock::wire::Response Trial::answer(const mock::wire::Request& request) {
  return stage_.server.answer(request);
}

std::string Trial::named_url() const {
  const std::string base = base_url();
  const bool by_name = base.starts_with("http://localhost:");
  const std::string origin =
      (by_name ? "http://127.0.0.1:" : "http://localhost:") + std::to_string(stage_.server.port());
  return origin + base.substr(origin_of(base).size());
}

Origin& Trial::evil() {
  if (!evil_) evil_ = std::make_unique<Origin>();
  return *evil_;
}

bool Trial::has(Capability capability) const { return subject_.capabilities().has(capability); }

void Trial::register_client() {
  mock::Client client;
  client.id = setup_.client_id;
  client.redirect_uris = {setup_.redirect_uri};
  client.secret = setup_.client_secret;
  if (!has(Capability::redirect) && !stage_.world) allow_any_loopback(client);
  sandbox_->store().put_client(std::move(client));
  mock::SandboxConfig config = mock::SandboxConfig::defaults();
  config.overrides = setup_.policies;
  if (setup_.issuer) config.issuer = *setup_.issuer;
  sandbox_->configure(std::move(config));
  if (setup_.client_secret) secrets_.add(SecretKind::client_secret, *setup_.client_secret);
}

// Of what a check asks for, a fixed world can be given policies alone.
Setup Trial::furnished(Setup wanted) const {
  const Setup usual;
  if (!stage_.world) {
    if (wanted.redirect_uri == usual.redirect_uri || has(Capability::redirect)) return wanted;
    throw CheckEnded{
        not_applicable("the subject lacks the capability redirect-uri: it listens where it likes")};
  }
  const Setup& fixed = stage_.world->setup;
  const auto demand = [](bool possible, std::string_view what) {
    if (possible) return;
    throw CheckEnded{not_applicable(
        "the subject is configured already: it cannot be given another " + std::string(what))};
  };
  const auto can_be = [](const auto& value, const auto& ordinary, const auto& given) {
    return value == ordinary || value == given;
  };
  demand(can_be(wanted.client_id, usual.client_id, fixed.client_id), "client_id");
  demand(can_be(wanted.client_secret, usual.client_secret, fixed.client_secret), "client_secret");
  demand(can_be(wanted.redirect_uri, usual.redirect_uri, fixed.redirect_uri), "redirect_uri");
  demand(can_be(wanted.authorize_query, usual.authorize_query, fixed.authorize_query),
         "authorize URL");
  demand(can_be(wanted.token_url, usual.token_url, fixed.token_url), "token URL");
  demand(can_be(wanted.issuer, usual.issuer, fixed.issuer), "issuer");
  Setup setup = fixed;
  setup.policies.insert(setup.policies.end(), wanted.policies.begin(), wanted.policies.end());
  return setup;
}

void Trial::set_up(Setup setup) {
  setup_ = furnished(std::move(setup));
  register_client();
  configured_ = false;
}

std::chrono::milliseconds Trial::await_own_timeout() {
  constexpr std::chrono::milliseconds kTold{250};
  constexpr int kTimes = 8;
  std::chrono::milliseconds held = stage_.patience;
  if (has(Capability::timeout)) {
    Setup setup = setup_;
    setup.timeout = kTold;
    set_up(std::move(setup));
    held = kTold * kTimes;
  }
  subject_.set_timeout(held + stage_.timeout);
  deadline_ += 3 * held;
  return held;
}

void Trial::policy(std::string_view name, const mock::PolicyValue& value) {
  mock::SandboxConfig config = sandbox_->settings()->config;
  config.overrides.emplace_back(name, value);
  sandbox_->configure(std::move(config));
}

std::string Trial::arm(const Fault& fault) {
  provoked_ = true;
  const auto id = sandbox_->faults().add(fault.rule(), sandbox_->clock().now());
  if (!id) throw std::logic_error("more faults than a sandbox takes");
  return *id;
}

void Trial::disarm() { sandbox_->faults().clear(); }

void Trial::advance(std::chrono::seconds span) {
  require_configured();
  sandbox_->clock().advance(span);
  if (!has(Capability::clock)) return;
  clock_moved_ = true;
  record_start("set_time", {{"moved by", std::to_string(span.count()) + " s"}});
  const Outcome<Done> moved = note(subject_.set_time(sandbox_->clock().now()).wait());
  if (!moved) give_up("the subject's clock could not be set: " + moved.failure().message);
}

std::vector<mock::TokenView> Trial::tokens(mock::TokenKind kind) {
  auto all = sandbox_->store().tokens(sandbox_->clock().now());
  std::erase_if(all, [kind](const auto& token) { return token.kind != kind; });
  return all;
}

std::size_t Trial::expire_access_tokens() {
  std::size_t expired = 0;
  for (const auto& token : tokens(mock::TokenKind::access)) {
    if (token.state != mock::TokenState::active) continue;
    sandbox_->store().expire_by_id(token.id, sandbox_->clock().now());
    ++expired;
  }
  return expired;
}

void Trial::add_secret(SecretKind kind, std::string_view value) { secrets_.add(kind, value); }

void Trial::give_up(std::string why) { throw CheckEnded{inconclusive(std::move(why))}; }

void Trial::check_still_wanted() {
  if (stage_.stop.stop_requested()) give_up("interrupted");
  if (steady_clock::now() > deadline_) give_up("the check took too long");
}

// Silence proves nothing.
Verdict Trial::nothing_to_compare_with() {
  return not_applicable(
      "nothing wrong was seen; but no login can be begun that would show that a good one succeeds");
}

Verdict Trial::judge() {
  Verdict verdict;
  try {
    verdict = check_.run(*this);
  } catch (CheckEnded& ended) {
    verdict = std::move(ended.verdict);
  } catch (const std::exception& defect) {
    verdict = {Result::error, std::string("the suite failed: ") + defect.what()};
  }
  // Its subject was killed under it.
  if (stage_.stop.stop_requested()) return inconclusive("interrupted");
  verdict = conclude(std::move(verdict));
  // A SHOULD that does not hold is a warning (contract, §4).
  if (verdict.result == Result::fail && check_.level != Level::must) verdict.result = Result::warn;
  verdict.message = secrets().scrub(verdict.message);
  return verdict;
}

// A subject that dies of what the check did, hangs, or answers nonsense fails the check, whatever
// else was seen; one that does so in a good login has not been provoked yet.
Verdict Trial::conclude(Verdict verdict) const {
  if (uncontrolled_ && verdict.result == Result::pass) verdict = nothing_to_compare_with();
  if (!trouble_ || verdict.result == Result::fail || verdict.result == Result::error) {
    return verdict;
  }
  if (trouble_->in_control) {
    return inconclusive("in a good login: " + trouble_->failure.message);
  }
  return failed(trouble_->failure.message);
}

}  // namespace heygen::conformance
