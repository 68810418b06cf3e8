#include "mock_server/server.h"

#include <atomic>
#include <utility>

#include "mock_server/control/control.h"
#include "mock_server/control/problem.h"
#include "mock_server/doors.h"
#include "mock_server/place.h"
#include "mock_server/routes/surface.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/webhooks/delivery/dispatcher.h"
#include "mock_server/wire/listener.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kControlRoot = "/_mock";

bool is_control(std::string_view path) {
  return path.starts_with(kControlRoot) &&
         (path.size() == kControlRoot.size() || path[kControlRoot.size()] == '/');
}

ControlOptions control_options(const ServerOptions& options,
                               std::function<void(Sandbox&, const Entry&)> record) {
  ControlOptions out;
  out.record = std::move(record);
  out.admin_token = options.admin_token;
  out.host = options.host;
  out.host_suffixes = options.host_suffixes;
  out.version = HEYGEN_MOCK_VERSION;
  out.log = options.log;
  return out;
}

// The request as the sandbox sees it: without what names the sandbox. The place's own name of it
// may be a part of what goes.
void descend(wire::Request& request, const Place& place) {
  request.target.erase(place.at, place.prefix);
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options)
      : options_(std::move(options)),
        surface_(options_.fixtures_dir),
        registry_(clock_, options_.blueprint, options_.sandboxes),
        control_(
            registry_,
            with_metrics(control_options(
                options_, [this](Sandbox& sandbox, const Entry& entry) { keep(sandbox, entry); }))),
        doors_(options_, clock_,
               {[this](wire::Request&& request) { return answer_when_started(std::move(request)); },
                [this](const wire::Request& partial, int status, std::string_view reason) {
                  return refuse_when_started(partial, status, reason);
                }}) {}

  std::string start() {
    wire::Listener::Options listen;
    listen.host = options_.host;
    listen.port = options_.port;
    listen.log = options_.log;
    listen.on_bad_request = [this](const wire::Request& partial, int status,
                                   std::string_view reason) {
      return refuse_when_started(partial, status, reason);
    };
    auto started = wire::Listener::start(std::move(listen), [this](wire::Request&& request) {
      return answer_when_started(std::move(request));
    });
    if (!started.listener) return started.error;
    listener_ = std::move(started.listener);
    url_ = url_of("http", options_.host, listener_->port());
    std::string error = doors_.open();
    started_ = true;
    started_.notify_all();  // on an error too: whoever waits must end
    return error;
  }

  wire::Response answer(wire::Request request) {
    Entry entry;
    entry.request = std::move(request);
    const Place place = place_of(entry.request, options_.host_suffixes, url_);
    if (place.at == 0) {
      const std::string_view path = entry.request.path().substr(place.prefix);
      if (is_control(path)) {
        return control_.answer(entry.request, place.sandbox, path.substr(kControlRoot.size()),
                               place.base);
      }
    }
    std::shared_ptr<Sandbox> sandbox;
    try {
      sandbox = registry_.find(place.sandbox);
    } catch (const StoreUnavailable& problem) {
      descend(entry.request, place);
      return no_store(entry, problem.what());
    }
    if (store_lost_.load(std::memory_order_relaxed)) store_lost_ = false;
    if (!sandbox) return unknown_sandbox(place);
    descend(entry.request, place);
    const bool event_expected = answer_in(*sandbox, place.base, entry);
    keep(*sandbox, entry);
    if (event_expected) webhooks_.watch(sandbox);
    return std::move(entry.response);
  }

  // Bytes that are no request, in the format of the endpoint they were for. A fault cannot act on
  // them; the journal shows them.
  wire::Response refuse(const wire::Request& partial, int status, std::string_view reason) {
    const Place place = place_of(partial, options_.host_suffixes, url_);
    if (is_control(partial.path().substr(place.prefix))) {
      return control::to_response({.status = status, .detail = std::string{reason}});
    }
    const auto sandbox = find_or_nothing(place.sandbox);
    Entry entry;
    entry.request = partial;
    descend(entry.request, place);
    const Call call = surface_.read(entry.request);
    Answer answer = surface_.reject(call, status, reason);
    if (!sandbox) return std::move(answer.response);
    entry.endpoint = call.endpoint;
    entry.outcome = std::move(answer.outcome);
    entry.why = std::move(answer.why);
    entry.response = std::move(answer.response);
    stamp(*sandbox, entry);
    keep(*sandbox, entry);
    return std::move(entry.response);
  }

  ~Impl() { stop(); }

  void stop() {
    // Nobody may be held at a barrier while the requests in flight are waited for.
    for (const auto& sandbox : registry_.here()) sandbox->faults().end();
    doors_.stop();
    if (listener_) listener_->stop();
    webhooks_.stop();
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  Registry& registry() { return registry_; }
  Doors& doors() { return doors_; }

 private:
  // A request may be faster than start() is with its own address.
  wire::Response answer_when_started(wire::Request&& request) {
    started_.wait(false);
    return answer(std::move(request));
  }
  wire::Response refuse_when_started(const wire::Request& partial, int status,
                                     std::string_view reason) {
    started_.wait(false);
    return refuse(partial, status, reason);
  }

  ControlOptions with_metrics(ControlOptions options) {
    options.metrics = {&tally_, [this] {
                         return doors_.open_connections() +
                                (listener_ ? listener_->open_connections() : 0);
                       }};
    return options;
  }

  std::shared_ptr<Sandbox> find_or_nothing(std::string_view name) try {
    return registry_.find(name);
  } catch (const StoreUnavailable&) {
    return nullptr;
  }

  // Whether there is such a sandbox is not known: there is no journal to write it into.
  wire::Response no_store(Entry& entry, std::string_view what) {
    // Once, not for each of thousands of requests.
    if (!store_lost_.exchange(true) && options_.log)
      options_.log(std::string{kStoreTrouble}.append(what));
    const Call call = surface_.read(entry.request);
    entry.endpoint = call.endpoint;
    Answer answer = surface_.unavailable(call, what, ErrorsPolicy::vendor);
    entry.outcome = std::move(answer.outcome);
    entry.response = std::move(answer.response);
    tally_.count(entry);
    return std::move(entry.response);
  }

  void keep(Sandbox& sandbox, const Entry& entry) {
    tally_.count(entry);
    if (options_.access_log) options_.access_log(sandbox, entry);
    sandbox.journal().record(entry);
  }

  // Fills the entry: what the request asked for, and what became of it. Returns whether webhook
  // endpoints are to be told of something now or later.
  bool answer_in(Sandbox& sandbox, const std::string& base, Entry& entry) {
    const Call call = surface_.read(entry.request);
    entry.endpoint = call.endpoint;
    entry.client_id = call.client_id;
    entry.grant_type = call.grant_type;
    std::optional<Firing> firing;
    try {
      firing = sandbox.faults().match(
          {call.endpoint, call.grant_type, call.client_id, call.request.path()},
          sandbox.clock().now());
    } catch (const StoreUnavailable& problem) {  // which faults there are, or were, is not known
      stamp(sandbox, entry);
      Answer answer = surface_.unavailable(call, problem.what(), sandbox.settings()->policy.errors);
      entry.response = std::move(answer.response);
      entry.outcome = std::move(answer.outcome);
      entry.why = std::move(answer.why);
      return false;
    }
    if (firing) {
      entry.fault_id = firing->id;
      entry.outcome = "fault";
      entry.why = "the fault " + firing->id + " answered";
      if (auto answer = before(*firing, entry.request, sandbox.random())) {
        stamp(sandbox, entry);
        entry.response = std::move(*answer);
        return false;
      }
    }
    // The time is read after a barrier has let go, and once: it is the answer's.
    stamp(sandbox, entry);
    const auto settings = sandbox.settings();
    const std::string& issuer = settings->config.issuer.empty() ? base : settings->config.issuer;
    Answer answer = surface_.answer(
        call, {{sandbox.store(), sandbox.random(), entry.time, settings->policy, issuer},
               settings->config,
               base,
               &sandbox.webhooks()});
    entry.response = std::move(answer.response);
    entry.tokens_used = std::move(answer.tokens_used);
    entry.tokens_issued = std::move(answer.tokens_issued);
    if (firing) {
      entry.why = "the fault " + firing->id + " spoiled this answer: " + answer.outcome +
                  (answer.why.empty() ? "" : " (" + answer.why + ")");
      after(*firing, entry.request, entry.response, sandbox.random());
    } else {
      entry.outcome = std::move(answer.outcome);
      entry.why = std::move(answer.why);
    }
    return answer.event_expected;
  }

  static void stamp(Sandbox& sandbox, Entry& entry) {
    entry.time = sandbox.clock().now();
    entry.wall = sandbox.wall().now();
  }

  static wire::Response unknown_sandbox(const Place& place) {
    wire::Response response;
    response.status = 404;
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
    response.body = is_sandbox_name(place.sandbox)
                        ? "{\"error\":\"unknown_sandbox\",\"error_description\":\"There is no "
                          "sandbox of this name. Make it with PUT /_mock/sandboxes/" +
                              std::string{place.sandbox} + "\"}"
                        : "{\"error\":\"unknown_sandbox\",\"error_description\":\"A sandbox's "
                          "name is [a-z0-9-]{1,64}\"}";
    return response;
  }

  const ServerOptions options_;
  const SystemClock clock_;
  Surface surface_;
  Registry registry_;
  RequestTally tally_;
  Control control_;
  std::string url_;
  std::atomic<bool> started_ = false;
  std::atomic<bool> store_lost_{false};  // and that was said
  // Last: they are destroyed first, and with them the threads that use all of the above.
  WebhookDispatcher webhooks_{
      [this](Sandbox& sandbox, const Entry& entry) { keep(sandbox, entry); }};
  Doors doors_;
  std::unique_ptr<wire::Listener> listener_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Server::Started Server::start(ServerOptions options) try {
  if (!options.blueprint.stores) options.blueprint.stores = open_stores(options.store);
  for (auto& [name, blueprint] : options.sandboxes) blueprint.stores = options.blueprint.stores;
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto error = impl->start(); !error.empty()) return {nullptr, std::move(error)};
  return {std::unique_ptr<Server>{new Server{std::move(impl)}}, {}};
} catch (const StoreUnavailable& problem) {
  return {nullptr, std::string{"--store: "} + problem.what()};
}

const std::string& Server::url() const noexcept { return impl_->url(); }
std::string Server::url(std::string_view sandbox) const {
  return impl_->url() + "/s/" + std::string{sandbox};
}
std::uint16_t Server::port() const noexcept { return impl_->port(); }
const std::string& Server::https_url() const noexcept { return impl_->doors().https_url(); }
const std::string& Server::proxy_url() const noexcept { return impl_->doors().proxy_url(); }
Server::Opened Server::open_https(const HttpsOptions& options) {
  return impl_->doors().open_https(options);
}
std::string Server::ca_pem() const { return impl_->doors().ca_pem(); }
std::string Server::ca_file() const { return impl_->doors().ca_file(); }
Registry& Server::sandboxes() noexcept { return impl_->registry(); }
wire::Response Server::answer(wire::Request request) { return impl_->answer(std::move(request)); }
void Server::stop() { impl_->stop(); }

}  // namespace heygen::mock
